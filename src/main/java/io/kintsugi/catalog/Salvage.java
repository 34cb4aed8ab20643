package io.kintsugi.catalog;

import io.kintsugi.base.BucketName;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.catalog.CatalogRescue.Claim;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ScanLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * Takes over what replicas still say, the newest first. A replica with a state row is believed for the whole range of
 * keys that it can be read for; the next one is asked only behind that. Stores without a state row, as replicas have
 * that were being made, only add what no better one has. A damaged row is looked for in the others.
 */
final class Salvage {
    private static final ScanLimit PAGE = new ScanLimit(2_000, 4 << 20);
    /** VERSIONS is made anew of HISTORY. */
    private static final List<KvSpace> SPACES = List.of(
            KvSpace.BUCKETS,
            KvSpace.OBJECTS,
            KvSpace.HISTORY,
            KvSpace.INLINE,
            KvSpace.UPLOADS,
            KvSpace.PARTS,
            KvSpace.RECLAIM);

    /** Between the date of a blob, or of a commit, and the commit's end, clocks that are set included. */
    private static final Duration MARGIN = Duration.ofHours(1);

    private final RescueSpace space;
    private final RescueLog log;
    private final List<ReplicaSource> sources;
    private final Map<Long, BucketName> names = new HashMap<>();
    private boolean whole = true;
    /** Of the last commit that is known, by its number. */
    private Instant newest = Instant.MIN;

    private long ofNumber;
    private long greatest;

    Salvage(RescueSpace space, RescueLog log, List<ReplicaSource> sources) {
        this.space = space;
        this.log = log;
        this.sources = sources.stream()
                .sorted(Comparator.comparingLong(ReplicaSource::epoch)
                        .thenComparingLong(ReplicaSource::sequence)
                        .reversed())
                .toList();
    }

    /** What is known when it is done. */
    record Result(Optional<Instant> horizon, long greatestNumber, Map<BucketName, BucketRow> buckets) {}

    Result run() {
        whole = !sources.isEmpty() && sources.getFirst().state().isPresent();
        SPACES.forEach(this::copy);
        space.flush();
        Map<BucketName, BucketRow> buckets = buckets();
        index();
        space.flush();
        sources.forEach(source -> source.state().ifPresent(state -> greatest = Math.max(greatest, state.nextOrder())));
        Optional<Instant> horizon = whole && newest.isAfter(Instant.MIN) && newest.isAfter(Instant.EPOCH)
                ? Optional.of(newest.minus(MARGIN))
                : Optional.empty();
        return new Result(horizon, greatest, buckets);
    }

    // ---- copying

    private void copy(KvSpace from) {
        byte[] next = {};
        boolean covered = false;
        boolean cutShort = false;
        for (int i = 0; i < sources.size() && !covered; i++) {
            boolean trusted = sources.get(i).state().isPresent();
            byte[] end = copy(from, i, next);
            covered = trusted && end == RescueSpace.end();
            cutShort |= end != RescueSpace.end();
            whole &= i > 0 || covered;
            if (covered && isOlder(i, 0)) {
                log.damaged("the end of " + from + " is known only as it was in "
                        + sources.get(i).where());
            }
            if (trusted) {
                next = end;
            }
            space.flush();
        }
        if (!covered) {
            incomplete(from, cutShort);
        }
    }

    /**
     * Where a replica breaks off, there were rows behind it; what an older one has of them may have been removed since.
     */
    private void incomplete(KvSpace space, boolean cutShort) {
        String what =
                "no replica with a state has all of " + space + "; what only its rows told of can't even be named";
        if (cutShort) {
            log.damaged("the end of " + space + ": " + what + ", and what is there may be older than the rest");
        } else {
            log.say("incomplete: " + what);
        }
    }

    private boolean isOlder(int source, int other) {
        return sources.get(source).epoch() < sources.get(other).epoch()
                || sources.get(source).epoch() == sources.get(other).epoch()
                        && sources.get(source).sequence() < sources.get(other).sequence();
    }

    /** Returns how far it could be read. */
    private byte[] copy(KvSpace from, int source, byte[] start) {
        byte[] next = start;
        try {
            List<KvRow> page = page(source, from, next);
            while (!page.isEmpty()) {
                for (KvRow row : page) {
                    take(from, source, row);
                }
                next = Bytes.successor(page.getLast().key());
                page = page(source, from, next);
            }
            return RescueSpace.end();
        } catch (CompletionException | DriveException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            log.say("unreadable: " + from + " of " + sources.get(source).where() + ": " + cause.getMessage());
            return next;
        }
    }

    private List<KvRow> page(int source, KvSpace from, byte[] start) {
        return sources.get(source)
                .rows()
                .scan(from, start, RescueSpace.end(), PAGE)
                .join();
    }

    private void take(KvSpace from, int source, KvRow row) {
        boolean first = sources.get(source).state().isPresent()
                || space.get(from, row.key()).isEmpty();
        if (!first) {
            return;
        }
        if (RowReader.isIntact(row.value())) {
            keep(from, row.key(), row.value());
        } else {
            takeFromAnother(from, source, row.key());
        }
    }

    private void keep(KvSpace to, byte[] key, byte[] value) {
        log.row();
        space.put(to, key, value);
    }

    /** One that is older may have what was replaced since, and then nobody knows by what. */
    private void takeFromAnother(KvSpace from, int not, byte[] key) {
        String what = "a row of " + from + " in " + sources.get(not).where();
        for (int i = 0; i < sources.size(); i++) {
            Optional<byte[]> found = i == not ? Optional.empty() : intactAt(i, from, key);
            if (found.isPresent()) {
                keep(from, key, found.get());
                if (isOlder(i, not)) {
                    whole = false;
                    log.damaged(what + ": it is known only as it was in "
                            + sources.get(i).where());
                }
                return;
            }
        }
        whole = false;
        log.damaged(what);
    }

    private Optional<byte[]> intactAt(int source, KvSpace from, byte[] key) {
        try {
            return sources.get(source).rows().get(from, key).join().filter(RowReader::isIntact);
        } catch (CompletionException | DriveException e) {
            return Optional.empty();
        }
    }

    // ---- what the rows say

    /** Buckets by name; one whose own row is lost is known by the row of its number. */
    private Map<BucketName, BucketRow> buckets() {
        Map<BucketName, BucketRow> found = new HashMap<>();
        space.each(KvSpace.BUCKETS, row -> {
            try {
                if (row.key()[0] == Keys.NAME) {
                    BucketName name = Keys.nameOf(row.key());
                    BucketRow bucket = BucketRow.decode(name, row.value());
                    found.put(name, bucket);
                    names.put(bucket.id(), name);
                } else {
                    names.putIfAbsent(Bytes.getLong(row.key(), 1), BucketRow.decodeName(row.value()));
                }
            } catch (RowException | IllegalArgumentException e) {
                unreadable(KvSpace.BUCKETS, row, e);
            }
        });
        names.forEach((id, name) -> {
            greatest = Math.max(greatest, id);
            if (!found.containsKey(name)) {
                guess(id, name, found);
            }
        });
        return found;
    }

    /** Both rows of a bucket come and go together: where one is lost without a trace, others may be as well. */
    private void guess(long id, BucketName name, Map<BucketName, BucketRow> found) {
        whole = false;
        log.damaged("the row of bucket " + name.value() + ": since when it is there, and whether it keeps versions, is"
                + " guessed from what is in it");
        found.put(name, RescueBuckets.guessed(id, name));
    }

    /** Reads every row once: which blobs it speaks of, how new it is, whether it makes sense. */
    private void index() {
        space.each(
                KvSpace.RECLAIM,
                row -> look(KvSpace.RECLAIM, row, () -> {
                    if (row.key()[0] == Keys.QUEUE) {
                        Reclaim entry = SmallRow.decodeReclaim(Keys.sequenceOf(row.key()), row.value());
                        space.claim(entry.blob(), Claim.DROPPED);
                        saw(entry.sequence(), entry.dropped());
                    } else if (row.key()[0] == Keys.KEPT) {
                        SmallRow.decodeKept(row.value());
                    }
                }));
        space.each(
                KvSpace.PARTS,
                row -> look(KvSpace.PARTS, row, () -> {
                    if (row.key()[0] == Keys.PART) {
                        var part = UploadRow.decodePart(row.value());
                        space.claim(part.part().blob(), Claim.REFERRED);
                        saw(0, part.lastModified());
                    }
                }));
        space.each(KvSpace.OBJECTS, row -> look(KvSpace.OBJECTS, row, () -> version(row, Keys.keyOfObject(row.key()))));
        space.each(
                KvSpace.HISTORY,
                row -> look(KvSpace.HISTORY, row, () -> {
                    byte[] key = Keys.keyOfEscaped(row.key(), Long.BYTES);
                    VersionRow version = version(row, key);
                    long bucket = Keys.bucketOf(row.key());
                    space.put(
                            KvSpace.VERSIONS,
                            Keys.version(
                                    bucket,
                                    ObjectKey.ofUtf8(key),
                                    version.version().id()),
                            SmallRow.encodeNumber(version.order()));
                }));
    }

    private VersionRow version(KvRow row, byte[] key) {
        BucketName name = names.get(Keys.bucketOf(row.key()));
        if (name == null) {
            throw new IllegalArgumentException("nobody knows its bucket's name");
        }
        VersionRow version = VersionRow.decode(name, ObjectKey.ofUtf8(key), row.value());
        version.version().parts().forEach(part -> space.claim(part.blob(), Claim.REFERRED));
        version.manifest().ifPresent(blob -> space.claim(blob, Claim.REFERRED));
        saw(version.order(), version.version().lastModified());
        log.salvagedVersion();
        return version;
    }

    private void saw(long number, Instant when) {
        greatest = Math.max(greatest, number);
        // the greatest date may be of a clock that was set back since: what came later would all seem to be known
        if (number > ofNumber) {
            ofNumber = number;
            newest = when;
        }
    }

    private void look(KvSpace of, KvRow row, Runnable reading) {
        try {
            reading.run();
        } catch (RowException | IllegalArgumentException e) {
            unreadable(of, row, e);
        }
    }

    private void unreadable(KvSpace of, KvRow row, RuntimeException e) {
        whole = false;
        log.damaged("a row of " + of + ": " + e.getMessage());
        space.delete(of, row.key());
    }
}
