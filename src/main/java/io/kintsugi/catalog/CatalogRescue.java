package io.kintsugi.catalog;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.drives.KeyValue;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the rows of a catalog again in a work space: {@link #salvage} what replicas still say, hear of every blob that
 * lies on the drives ({@link #found}), then {@link #resolve} what that makes of each key. {@link RescueCopy} puts the
 * result on the drives. One thread; memory does not grow with the store, but for its buckets.
 */
public final class CatalogRescue {
    /** What a rebuild without all drives has left out is kept for so long. */
    public static final Duration KEPT = Duration.ofDays(30);
    /** Between the clock that names a blob and that of a rebuild. */
    private static final Duration MARGIN = Duration.ofHours(1);

    private static final int BLOB_BYTES = 16;

    private final RescueSpace space;
    private final RescueLog log;
    private RescueBuckets buckets = new RescueBuckets(Map.of());
    private Optional<Instant> horizon = Optional.empty();
    /** By an earlier rebuild. */
    private Optional<Kept> kept = Optional.empty();

    private long lastNumber;
    /** Of the blobs that were met. */
    private Instant newest = Instant.EPOCH;

    public CatalogRescue(KeyValue work, RescueLog log) {
        this.space = new RescueSpace(work);
        this.log = log;
    }

    /** The first step: takes rows over from these, which may be none. */
    public void salvage(List<ReplicaSource> sources) {
        Salvage.Result result = new Salvage(space, log, sources).run();
        buckets = new RescueBuckets(result.buckets());
        horizon = result.horizon();
        lastNumber = result.greatestNumber();
        kept = space.get(KvSpace.RECLAIM, Keys.kept()).map(SmallRow::decodeKept);
        kept.ifPresent(doubt -> sources.stream()
                .filter(source -> isUnseen(source, doubt))
                .forEach(unseen -> new UnseenRows(unseen, doubt, space, log).each(this::found, this::found)));
        space.flush();
    }

    /** A drive that has not heard of the rebuild was away then, and since; others may have come to a running store. */
    private static boolean isUnseen(ReplicaSource source, Kept doubt) {
        return source.state().isPresent()
                && (source.identityEpoch() < doubt.epoch() || doubt.isUnseen(source.drive(), source.epoch()));
    }

    private void found(Bucket bucket) {
        if (!buckets.knows(bucket.name())) {
            buckets.add(nextNumber(), bucket);
        }
    }

    private void found(VersionRow row) {
        found(UnseenRows.nameOf(row), row);
    }

    /**
     * Up to when the rows are known to be all that there were, but for what an earlier rebuild has left in doubt. Empty
     * when that is not known.
     */
    public Optional<Instant> horizon() {
        return horizon;
    }

    /** Whether a row would name a blob of that date. One that none names was deleted then, or never became anything. */
    public boolean wouldBeNamed(Instant when) {
        return horizon.filter(when::isBefore).isPresent()
                && kept.filter(doubt -> doubt.isInDoubt(when)).isEmpty();
    }

    /** What rows say of a blob. */
    public enum Claim {
        /** A version or part consists of it: only that it is there is of interest. */
        REFERRED,
        /** It is to be removed. */
        DROPPED,
        /** Nothing: what its shards say is all that there is. */
        UNKNOWN
    }

    public Claim claim(BlobId blob) {
        return space.claimOf(blob);
    }

    /** A blob whose shards say that they are its own, of whatever rows say of it. */
    public void met(BlobId blob) {
        Instant made = Instant.ofEpochMilli(blob.value().millis());
        newest = made.isAfter(newest) ? made : newest;
    }

    /** A blob of which enough shards are there. @param places where each lies; empty for one that was not found */
    public void seen(BlobId blob, List<Optional<DriveId>> places) {
        space.seen(blob, places);
    }

    /** An unknown blob that is no part, with all that its shards say; etag and checksum included. */
    public void found(BlobRef blob, BlobOrigin origin, BlobFacts facts) {
        ObjectPart part = new ObjectPart(1, blob.size(), facts.etag().orElseThrow(), facts.checksum(), blob);
        ObjectVersion version = new ObjectVersion(
                origin.bucket(),
                origin.key(),
                origin.version(),
                false,
                blob.size(),
                part.etag(),
                facts.when(),
                facts.metadata(),
                false,
                List.of(part),
                part.checksum());
        found(blob.id(), new VersionRow(0, Optional.empty(), version));
    }

    /** An unknown manifest with its content; returns whether that makes sense. */
    public boolean foundManifest(BlobRef blob, BlobOrigin origin, byte[] content) {
        try {
            VersionRow row = Manifest.decode(origin.bucket(), origin.key(), content);
            if (row.version().deleteMarker()
                    || !row.upload().equals(origin.part().map(BlobOrigin.Part::upload))) {
                return false;
            }
            found(blob.id(), new VersionRow(0, row.upload(), Optional.of(blob), row.version()));
            return true;
        } catch (RowException e) {
            return false;
        }
    }

    private void found(BlobId blob, VersionRow row) {
        BucketName bucket = row.version().bucket();
        if (!buckets.knows(bucket)) {
            buckets.add(nextNumber(), bucket);
        }
        byte[] key = lookKey(buckets.row(bucket).id(), row.version().key(), blob);
        // what an older replica has told says more than the shards: it may have been changed since they were written
        boolean told = kept.isPresent() && space.get(KvSpace.PACKED, key).isPresent();
        if (!told) {
            space.put(KvSpace.PACKED, key, row.encode());
        }
    }

    private static byte[] lookKey(long bucket, ObjectKey key, BlobId blob) {
        byte[] prefix = Keys.ofKey(bucket, key.utf8());
        byte[] row = Arrays.copyOf(prefix, prefix.length + BLOB_BYTES);
        System.arraycopy(Keys.inline(blob), 0, row, prefix.length, BLOB_BYTES);
        return row;
    }

    private long nextNumber() {
        return ++lastNumber;
    }

    /** The last step: what each key has. @return the number that the next commit may use */
    public long resolve(Instant now) {
        space.flush();
        space.each(KvSpace.OBJECTS, row -> check(row, Keys.keyOfObject(row.key())));
        space.each(KvSpace.HISTORY, row -> {
            byte[] utf8 = Keys.keyOfEscaped(row.key(), Long.BYTES);
            check(row, utf8);
            checkOrder(row, ObjectKey.ofUtf8(utf8));
            buckets.hasHistory(buckets.name(Keys.bucketOf(row.key())));
        });
        // parts of versions are none of an upload any more, and must not be written again as such
        space.each(KvSpace.UPLOADS, row -> space.underWay(Keys.uploadOf(row.key())));
        space.flush();
        space.each(KvSpace.PARTS, this::checkPart);
        space.flush();
        new Groups(new RescueKeys(space, buckets, log, this::nextNumber)).run();
        space.each(KvSpace.RECLAIM, this::checkQueued);
        buckets.write(space, now);
        space.flush();
        return nextNumber();
    }

    /**
     * After that: blobs to which nothing refers stay on the drives for a while, since not everything could be seen. The
     * clock may be behind those that named them, as on a machine that has just been switched on: that while begins when
     * the youngest of them was made.
     *
     * @param epoch that is begun
     * @param unseen drives whose rows could not be seen
     * @return until when
     */
    public Instant keepUnreferred(Instant now, long epoch, Set<DriveId> unseen) {
        Instant from = newest.isAfter(now) ? newest : now;
        Instant until = from.plus(KEPT);
        Optional<Instant> named = kept.isPresent() ? kept.flatMap(Kept::namedBefore) : horizon;
        Kept left = new Kept(epoch, from.plus(MARGIN), until, named, unseen);
        space.put(KvSpace.RECLAIM, Keys.kept(), SmallRow.encodeKept(left));
        space.flush();
        return until;
    }

    /** After that, when all was seen and nothing lost: whatever nothing refers to may go. */
    public void keepNothing() {
        space.delete(KvSpace.RECLAIM, Keys.kept());
        space.flush();
    }

    /** A salvaged version stays when shards are missing, for they may come back; without its inline bytes it goes. */
    private void check(KvRow row, byte[] utf8) {
        BucketName bucket = buckets.name(Keys.bucketOf(row.key()));
        ObjectKey key = ObjectKey.ofUtf8(utf8);
        VersionRow decoded = VersionRow.decode(bucket, key, row.value());
        ObjectVersion version = decoded.version();
        buckets.holds(bucket, version.id());
        RescueKeys.finishUpload(space, Keys.bucketOf(row.key()), decoded);
        decoded.manifest()
                .filter(blob -> !space.located(blob).equals(blob))
                .ifPresent(blob ->
                        space.put(KvSpace.PACKED, lookKey(Keys.bucketOf(row.key()), key, blob.id()), new byte[0]));
        for (ObjectPart part : version.parts()) {
            boolean there = space.isThere(part.blob());
            boolean inline = part.blob().form() == BlobRef.Form.INLINE;
            if (inline && !there || !space.located(part.blob()).equals(part.blob())) {
                space.put(
                        KvSpace.PACKED,
                        lookKey(Keys.bucketOf(row.key()), key, part.blob().id()),
                        new byte[0]);
            }
            if (!inline && !there) {
                log.lost(bucket.value() + "/" + key + " (version " + version.id() + "): too few shards of part "
                        + part.number() + " are here");
            }
        }
    }

    /** Where rows of two ages came together, a version may be current as well as of the past, or hidden meanwhile. */
    private void checkOrder(KvRow row, ObjectKey key) {
        long bucket = Keys.bucketOf(row.key());
        Optional<VersionRow> current = space.get(KvSpace.OBJECTS, Keys.object(bucket, key))
                .map(object -> VersionRow.decode(buckets.name(bucket), key, object));
        VersionRow past = VersionRow.decode(buckets.name(bucket), key, row.value());
        if (current.filter(object -> object.order() <= past.order()).isPresent()) {
            BlobId noBlob = new BlobId(new Id128(-1, -1));
            space.put(KvSpace.PACKED, lookKey(bucket, key, noBlob), new byte[0]);
        }
    }

    /**
     * Each commit puts into the queue what nothing refers to any more. Where rows of two ages came together this is to
     * be made true again: the reclaimer does not ask.
     */
    private void checkQueued(KvRow row) {
        if (row.key()[0] != Keys.QUEUE) {
            return;
        }
        Reclaim entry = SmallRow.decodeReclaim(Keys.sequenceOf(row.key()), row.value());
        if (claim(entry.blob().id()) == Claim.REFERRED) {
            space.delete(KvSpace.RECLAIM, row.key());
            space.delete(KvSpace.RECLAIM, Keys.reclaimOf(entry.blob().id()));
        }
    }

    /**
     * A part of an upload under way may have been moved since the row was written. Where rows of two ages came
     * together, or that of the upload is lost, nobody could ever abort it: the part goes, its blob to the orphan sweep.
     */
    private void checkPart(KvRow row) {
        if (row.key()[0] == Keys.PART) {
            UploadedPart stored = UploadRow.decodePart(row.value());
            if (!space.isUnderWay(Keys.uploadOfPart(row.key()))) {
                space.delete(KvSpace.PARTS, row.key());
                space.delete(KvSpace.INLINE, Keys.inline(stored.part().blob().id()));
                return;
            }
            ObjectPart part = RescueKeys.located(space, stored.part());
            if (!part.equals(stored.part())) {
                space.put(
                        KvSpace.PARTS, row.key(), UploadRow.encodePart(new UploadedPart(part, stored.lastModified())));
            }
        }
    }

    /** Gathers what was found of each key. */
    private final class Groups {
        private final RescueKeys keys;
        private byte[] prefix = {};
        private final List<VersionRow> found = new ArrayList<>();

        Groups(RescueKeys keys) {
            this.keys = keys;
        }

        void run() {
            space.each(KvSpace.PACKED, this::add);
            end();
        }

        private void add(KvRow row) {
            byte[] of = Arrays.copyOf(row.key(), row.key().length - BLOB_BYTES);
            if (!Arrays.equals(of, prefix)) {
                end();
                prefix = of;
            }
            if (row.value().length > 0) {
                found.add(VersionRow.decode(bucket(), key(), row.value()));
            }
        }

        private BucketName bucket() {
            return buckets.name(Keys.bucketOf(prefix));
        }

        private ObjectKey key() {
            return ObjectKey.ofUtf8(Keys.keyOfEscaped(prefix, 0));
        }

        private void end() {
            if (prefix.length > 0) {
                keys.resolve(new RescueKeys.Group(bucket(), key(), List.copyOf(found)));
            }
            found.clear();
        }
    }
}
