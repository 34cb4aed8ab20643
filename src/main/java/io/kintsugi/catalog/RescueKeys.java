package io.kintsugi.catalog;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.VersionId;
import io.kintsugi.drives.KvSpace;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Decides what the versions of a key are, from the rows that were salvaged and the blobs that were found, and writes
 * them. Salvaged versions keep their order; one that was found goes by its date, behind those that are not younger. Of
 * several null versions the youngest is; a version whose bytes are not all there was never finished, or is lost. One
 * thread; the versions of one key are in memory.
 */
final class RescueKeys {
    private final RescueSpace space;
    private final RescueBuckets buckets;
    private final RescueLog log;
    private final LongSupplier orders;

    RescueKeys(RescueSpace space, RescueBuckets buckets, RescueLog log, LongSupplier orders) {
        this.space = space;
        this.buckets = buckets;
        this.log = log;
        this.orders = orders;
    }

    /** A key, and the versions of it that were found. */
    record Group(BucketName bucket, ObjectKey key, List<VersionRow> found) {}

    void resolve(Group group) {
        BucketRow bucket = buckets.row(group.bucket());
        List<VersionRow> salvaged = salvaged(bucket, group.key());
        List<VersionRow> kept = new ArrayList<>();
        for (VersionRow row : salvaged) {
            if (inlineIsThere(row)) {
                kept.add(row);
            } else {
                log.lost(name(row) + ": its bytes were in the catalog only");
                forget(row);
            }
        }
        group.found().stream()
                .sorted(Comparator.comparing(RescueKeys::when).thenComparing(RescueKeys::firstBlob))
                .filter(row -> kept.stream().noneMatch(known -> isSame(known, row)))
                .filter(this::isWhole)
                .forEach(row -> insert(kept, row));
        List<VersionRow> versions = withoutReplaced(kept);
        tellIfHidden(bucket, group.key(), versions);
        erase(bucket, group.key(), salvaged);
        write(bucket, group.key(), versions);
        versions.stream().filter(group.found()::contains).forEach(this::became);
    }

    /**
     * A delete marker of an older replica may have been removed since, and nobody can know that. One that belongs there
     * hides it as it should.
     */
    private void tellIfHidden(BucketRow bucket, ObjectKey key, List<VersionRow> versions) {
        boolean wasCurrent = space.get(KvSpace.OBJECTS, Keys.object(bucket.id(), key))
                .map(VersionRow::orderOf)
                .filter(order -> versions.stream().anyMatch(row -> row.order() == order))
                .isPresent();
        if (wasCurrent && versions.getLast().version().deleteMarker()) {
            log.hidden(name(versions.getLast()) + " is a delete marker of "
                    + when(versions.getLast()) + ", and other rows have an object as the current version: if that is"
                    + " right, delete the marker by its version");
        }
    }

    /** A version and its find, which an older replica has told of. */
    private static boolean isSame(VersionRow known, VersionRow found) {
        return known.version().id().equals(found.version().id())
                && firstBlob(known).equals(firstBlob(found));
    }

    private static Instant when(VersionRow row) {
        return row.version().lastModified();
    }

    private static String firstBlob(VersionRow row) {
        List<ObjectPart> parts = row.version().parts();
        return parts.isEmpty() ? "" : parts.getFirst().blob().id().toString();
    }

    private static String name(VersionRow row) {
        ObjectVersion version = row.version();
        return version.bucket().value() + "/" + version.key() + " (version " + version.id() + ")";
    }

    /** Oldest first; each once, also one of which there are rows of two ages. */
    private List<VersionRow> salvaged(BucketRow bucket, ObjectKey key) {
        List<VersionRow> rows = new ArrayList<>();
        byte[] utf8 = key.utf8();
        BucketName name = bucket.bucket().name();
        space.each(
                KvSpace.HISTORY,
                Keys.ofKey(bucket.id(), utf8),
                Keys.behindKey(bucket.id(), utf8),
                row -> rows.add(VersionRow.decode(name, key, row.value())));
        space.get(KvSpace.OBJECTS, Keys.object(bucket.id(), key))
                .map(row -> VersionRow.decode(name, key, row))
                .filter(current -> rows.stream().noneMatch(past -> past.order() == current.order()))
                .ifPresent(rows::add);
        rows.sort(Comparator.comparingLong(VersionRow::order));
        return rows;
    }

    private boolean inlineIsThere(VersionRow row) {
        return row.version().parts().stream()
                .map(ObjectPart::blob)
                .filter(blob -> blob.form() == BlobRef.Form.INLINE)
                .allMatch(space::isThere);
    }

    private boolean isWhole(VersionRow row) {
        for (ObjectPart part : row.version().parts()) {
            if (!space.isThere(part.blob())) {
                log.lost(name(row) + ": part " + part.number() + " is not there");
                return false;
            }
        }
        return true;
    }

    private static void insert(List<VersionRow> rows, VersionRow found) {
        int at = rows.size();
        while (at > 0 && when(rows.get(at - 1)).isAfter(when(found))) {
            at--;
        }
        rows.add(at, found);
    }

    /** The last of each id. */
    private List<VersionRow> withoutReplaced(List<VersionRow> rows) {
        Map<VersionId, VersionRow> last = new HashMap<>();
        for (VersionRow row : rows) {
            Optional<VersionRow> replaced =
                    Optional.ofNullable(last.put(row.version().id(), row));
            replaced.ifPresent(old -> {
                log.leftOut();
                forget(old);
            });
        }
        return rows.stream().filter(row -> last.get(row.version().id()) == row).toList();
    }

    /** What goes with a version that is none any more. Its blobs are left to the orphan sweep. */
    private void forget(VersionRow row) {
        row.upload().ifPresent(upload -> space.delete(KvSpace.PARTS, Keys.became(upload)));
        for (ObjectPart part : row.version().parts()) {
            if (part.blob().form() == BlobRef.Form.INLINE) {
                space.delete(KvSpace.INLINE, Keys.inline(part.blob().id()));
            }
        }
    }

    private void erase(BucketRow bucket, ObjectKey key, List<VersionRow> salvaged) {
        space.delete(KvSpace.OBJECTS, Keys.object(bucket.id(), key));
        for (VersionRow row : salvaged) {
            space.delete(KvSpace.HISTORY, Keys.history(bucket.id(), key, row.order()));
            space.delete(
                    KvSpace.VERSIONS,
                    Keys.version(bucket.id(), key, row.version().id()));
        }
    }

    private void write(BucketRow bucket, ObjectKey key, List<VersionRow> versions) {
        for (int i = 0; i < versions.size(); i++) {
            VersionRow old = versions.get(i);
            long order = orders.getAsLong();
            Optional<BlobRef> manifest = old.manifest().map(space::located);
            byte[] row = new VersionRow(order, old.upload(), manifest, located(old.version())).encode();
            boolean current = i == versions.size() - 1 && !old.version().deleteMarker();
            if (current) {
                space.put(KvSpace.OBJECTS, Keys.object(bucket.id(), key), row);
            } else {
                space.put(KvSpace.HISTORY, Keys.history(bucket.id(), key, order), row);
                space.put(
                        KvSpace.VERSIONS,
                        Keys.version(bucket.id(), key, old.version().id()),
                        SmallRow.encodeNumber(order));
                buckets.hasHistory(bucket.bucket().name());
            }
        }
    }

    private ObjectVersion located(ObjectVersion version) {
        return new ObjectVersion(
                version.bucket(),
                version.key(),
                version.id(),
                version.deleteMarker(),
                version.size(),
                version.etag(),
                version.lastModified(),
                version.metadata(),
                version.multipart(),
                version.parts().stream().map(part -> located(space, part)).toList(),
                version.checksum());
    }

    /** The same part, where its shards were found. */
    static ObjectPart located(RescueSpace space, ObjectPart part) {
        return new ObjectPart(part.number(), part.size(), part.etag(), part.checksum(), space.located(part.blob()));
    }

    /** A version that was found is visible: its upload, if it was one, is finished. */
    private void became(VersionRow row) {
        log.foundVersion();
        buckets.holds(row.version().bucket(), row.version().id(), when(row));
        finishUpload(space, buckets.row(row.version().bucket()).id(), row);
    }

    /**
     * The upload that a version was is no upload any more, whatever rows of it are left or missing: by what it became
     * its parts are known to belong to the version, and must not go with an upload that somebody aborts.
     */
    static void finishUpload(RescueSpace space, long bucket, VersionRow row) {
        row.upload().ifPresent(upload -> {
            space.put(
                    KvSpace.PARTS,
                    Keys.became(upload),
                    UploadRow.encodeVersion(row.version().id()));
            space.delete(KvSpace.UPLOADS, Keys.upload(bucket, row.version().key(), upload));
            space.each(
                    KvSpace.PARTS,
                    Keys.part(upload, 0),
                    Keys.part(upload, UploadChanges.MAX_PARTS + 1),
                    part -> space.delete(KvSpace.PARTS, part.key()));
        });
    }
}
