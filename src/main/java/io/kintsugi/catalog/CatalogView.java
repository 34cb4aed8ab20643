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
import java.util.ArrayList;
import java.util.Arrays;
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
                    if (row.isEmpty() || isIntact(row.get())) {
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
            List<KvRow> whole = new ArrayList<>();
            byte[] next = from;
            List<KvRow> page;
            do {
                page = scan(space, next, to, limit);
                for (KvRow row : page) {
                    (isIntact(row.value()) ? Optional.of(row.value()) : get(space, row.key()))
                            .ifPresent(value -> whole.add(new KvRow(row.key(), value)));
                }
                next = page.isEmpty() ? next : Bytes.successor(page.getLast().key());
            } while (whole.isEmpty() && !page.isEmpty());
            return whole;
        }

        private List<KvRow> scan(KvSpace space, byte[] from, byte[] to, int limit) {
            for (ReplicaSource replica : replicas) {
                try {
                    return replica.rows()
                            .scan(space, from, to, new ScanLimit(limit, SCAN_BYTES))
                            .join();
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
        List<KvRow> page = rows.range(space, from, RescueSpace.end(), PAGE.rows());
        while (!page.isEmpty()) {
            page.forEach(visitor);
            from = Bytes.successor(page.getLast().key());
            page = rows.range(space, from, RescueSpace.end(), PAGE.rows());
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
     * @return how many rows differ or are damaged in any of them
     */
    public long differences(Consumer<String> listener) {
        long different = 0;
        for (KvSpace space : ReplicaState.contentSpaces()) {
            for (ReplicaSource replica : replicas) {
                long count = differences(space, replica);
                if (count > 0) {
                    listener.accept(count + " rows of " + space + " in " + replica.where()
                            + " are damaged, or not as in another replica");
                }
                different += count;
            }
        }
        return different;
    }

    /** A replica is compared with the next one around; every pair of neighbours being equal, all are. */
    private long differences(KvSpace space, ReplicaSource replica) {
        ReplicaSource other = replicas.get((replicas.indexOf(replica) + 1) % replicas.size());
        long different = 0;
        byte[] from = {};
        try {
            List<KvRow> page = page(replica, space, from);
            while (!page.isEmpty()) {
                byte[] last = page.getLast().key();
                byte[] behind = Bytes.successor(last);
                different += differences(
                        page,
                        other.rows()
                                .scan(space, from, behind, new ScanLimit(Integer.MAX_VALUE, Long.MAX_VALUE / 2))
                                .join());
                from = behind;
                page = page(replica, space, from);
            }
            return different + (page(other, space, from).isEmpty() ? 0 : 1);
        } catch (CompletionException | DriveException e) {
            return different + 1;
        }
    }

    private static List<KvRow> page(ReplicaSource replica, KvSpace space, byte[] from) {
        return replica.rows().scan(space, from, RescueSpace.end(), PAGE).join();
    }

    private static long differences(List<KvRow> rows, List<KvRow> others) {
        long different = Math.abs(rows.size() - others.size());
        for (int i = 0; i < Math.min(rows.size(), others.size()); i++) {
            byte[] value = rows.get(i).value();
            boolean same = Arrays.equals(rows.get(i).key(), others.get(i).key())
                    && Arrays.equals(value, others.get(i).value());
            different += same && isIntact(value) ? 0 : 1;
        }
        return different;
    }

    private static boolean isIntact(byte[] value) {
        try {
            RowReader.requireIntact(value, "a row");
            return true;
        } catch (RowException e) {
            return false;
        }
    }
}
