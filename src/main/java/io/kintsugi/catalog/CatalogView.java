package io.kintsugi.catalog;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.VersionId;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ScanLimit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * The catalog of a store that is stopped, read from its good replicas: what one of them can't tell, the next is asked
 * for. One thread; memory for a few pages.
 */
public final class CatalogView {
    private static final ScanLimit PAGE = new ScanLimit(2_000, 4 << 20);
    private static final int BLOBS = 1000;
    private static final long SCAN_BYTES = 64L << 20;
    private static final long SOME_BYTES = 4L << 20;

    private final List<ReplicaSource> replicas;
    private final Rows rows = new AnyReplica();
    private final Consumer<String> lost;
    /** Rows whose loss was said; bounded by what is lost. */
    private final Set<String> reported = new HashSet<>();

    /**
     * @param good replicas, at least one
     * @param lost hears of rows that none of them has whole; they are left out
     */
    public CatalogView(List<ReplicaSource> good, Consumer<String> lost) {
        this.replicas = List.copyOf(good);
        this.lost = lost;
    }

    private final class AnyReplica implements Rows {
        @Override
        public Optional<byte[]> get(KvSpace space, byte[] key) {
            boolean damaged = false;
            for (ReplicaSource replica : replicas) {
                try {
                    Optional<byte[]> row = replica.rows().get(space, key).join();
                    if (row.isEmpty() || RowReader.isIntact(row.get())) {
                        return row;
                    }
                } catch (CompletionException | DriveException e) {
                    // as a damaged row: the next one may have it
                }
                damaged = true;
            }
            if (damaged && reported.add(space + HexFormat.of().formatHex(key))) {
                lost.accept("a row of " + space + " is damaged in every replica");
            }
            return Optional.empty();
        }

        @Override
        public List<KvRow> range(KvSpace space, byte[] from, byte[] to, int limit) {
            return whole(space, from, to, new ScanLimit(limit, SCAN_BYTES));
        }

        @Override
        public List<KvRow> some(KvSpace space, byte[] from, byte[] to, int limit) {
            return whole(space, from, to, new ScanLimit(limit, SOME_BYTES));
        }

        private List<KvRow> whole(KvSpace space, byte[] from, byte[] to, ScanLimit limit) {
            List<KvRow> whole = new ArrayList<>();
            byte[] next = from;
            List<KvRow> page;
            do {
                page = scan(space, next, to, limit);
                for (KvRow row : page) {
                    (RowReader.isIntact(row.value()) ? Optional.of(row.value()) : get(space, row.key()))
                            .ifPresent(value -> whole.add(new KvRow(row.key(), value)));
                }
                next = page.isEmpty() ? next : Bytes.successor(page.getLast().key());
            } while (whole.isEmpty() && !page.isEmpty());
            return whole;
        }

        private List<KvRow> scan(KvSpace space, byte[] from, byte[] to, ScanLimit limit) {
            for (ReplicaSource replica : replicas) {
                try {
                    return replica.rows().scan(space, from, to, limit).join();
                } catch (CompletionException | DriveException e) {
                    // the next one may do
                }
            }
            if (reported.add(space + HexFormat.of().formatHex(from))) {
                lost.accept("rows of " + space + " can be read in no replica");
            }
            return List.of();
        }
    }

    /** Tells of each replica that a rebuild without it could not see, and whose rows stay for another, what to do. */
    public void unseen(List<ReplicaSource> all, Instant now, Consumer<String> unseen) {
        try {
            rows.get(KvSpace.RECLAIM, Keys.kept())
                    .map(SmallRow::decodeKept)
                    .filter(kept -> kept.isInForce(now))
                    .ifPresent(kept -> all.stream()
                            .filter(source -> source.state().isPresent())
                            .filter(source -> kept.isUnseen(source.drive(), source.epoch()))
                            .forEach(source -> unseen.accept(source.where() + ": " + kept.whyRowsStay())));
        } catch (RowException e) {
            lost.accept("the row of what a rebuild keeps: " + e.getMessage());
        }
    }

    /** Every blob that is not inline and that a version, a manifest or a part refers to. */
    public void eachBlob(Consumer<BlobPage.Entry> visitor) {
        Optional<String> next = Optional.empty();
        do {
            BlobPage page = new BlobPager(rows, BLOBS).page(next);
            page.entries().forEach(visitor);
            next = page.next();
        } while (next.isPresent());
    }

    /** Names each version whose inline bytes are not there. */
    public void eachWithoutBytes(Consumer<String> visitor) {
        each(KvSpace.OBJECTS, row -> look(row, Keys.keyOfObject(row.key()), visitor));
        each(KvSpace.HISTORY, row -> look(row, Keys.keyOfEscaped(row.key(), Long.BYTES), visitor));
    }

    private void look(KvRow row, byte[] utf8, Consumer<String> visitor) {
        Optional<BucketName> bucket = rows.get(KvSpace.BUCKETS, Keys.bucketById(Keys.bucketOf(row.key())))
                .map(BucketRow::decodeName);
        if (bucket.isEmpty()) {
            visitor.accept("a version in a bucket that has no name");
            return;
        }
        ObjectVersion version = VersionRow.decode(bucket.get(), ObjectKey.ofUtf8(utf8), row.value())
                .version();
        for (ObjectPart part : version.parts()) {
            if (part.blob().form() == BlobRef.Form.INLINE
                    && rows.get(KvSpace.INLINE, Keys.inline(part.blob().id())).isEmpty()) {
                visitor.accept(bucket.get().value() + "/" + version.key() + " (version " + version.id()
                        + "): its inline bytes are missing");
            }
        }
    }

    private void each(KvSpace space, Consumer<KvRow> visitor) {
        byte[] from = {};
        List<KvRow> page = rows.some(space, from, RescueSpace.end(), PAGE.rows());
        while (!page.isEmpty()) {
            page.forEach(visitor);
            from = Bytes.successor(page.getLast().key());
            page = rows.some(space, from, RescueSpace.end(), PAGE.rows());
        }
    }

    /** What {@link Catalog#refersTo} would say. */
    public boolean refersTo(BlobId blob, BlobOrigin origin) {
        Optional<BucketRow> bucket = rows.get(KvSpace.BUCKETS, Keys.bucket(origin.bucket()))
                .map(row -> BucketRow.decode(origin.bucket(), row));
        return origin.part().filter(part -> isPart(blob, part)).isPresent()
                || bucket.filter(row -> isVersion(blob, origin, row)).isPresent()
                || rows.get(KvSpace.RECLAIM, Keys.reclaimOf(blob)).isPresent();
    }

    private boolean isPart(BlobId blob, BlobOrigin.Part part) {
        return rows.get(KvSpace.PARTS, Keys.part(part.upload(), part.number()))
                .map(UploadRow::decodePart)
                .filter(stored -> stored.part().blob().id().equals(blob))
                .isPresent();
    }

    private boolean isVersion(BlobId blob, BlobOrigin origin, BucketRow bucket) {
        Optional<VersionId> version = origin.part().isEmpty()
                ? Optional.of(origin.version())
                : rows.get(KvSpace.PARTS, Keys.became(origin.part().get().upload()))
                        .map(UploadRow::decodeVersion);
        return version.flatMap(id -> Versions.named(rows, bucket, origin.key(), id))
                .filter(row -> References.consistsOf(row, blob))
                .isPresent();
    }

    /**
     * Compares the replicas row by row. Each has to have every row, whole, and the same.
     *
     * @param listener gets a line for each replica and space in which something is wrong
     */
    public void differences(Consumer<String> listener) {
        ReplicaComparison.run(replicas, listener);
    }
}
