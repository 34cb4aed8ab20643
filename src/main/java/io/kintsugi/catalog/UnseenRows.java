package io.kintsugi.catalog;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.catalog.CatalogRescue.Claim;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ScanLimit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * What a replica tells that was away when the catalog was made again. Its rows can't stand beside those of now, which
 * have numbers of their own: its versions are finds, as those of shards are, and only where the rebuild has left in
 * doubt whether there were others. Damaged rows are left out, and said. One thread.
 */
final class UnseenRows {
    private static final ScanLimit PAGE = new ScanLimit(2_000, 4 << 20);

    private final ReplicaSource source;
    private final Kept kept;
    private final RescueSpace space;
    private final RescueLog log;
    private final Map<Long, BucketName> names = new HashMap<>();

    UnseenRows(ReplicaSource source, Kept kept, RescueSpace space, RescueLog log) {
        this.source = source;
        this.kept = kept;
        this.space = space;
        this.log = log;
    }

    void each(Consumer<Bucket> buckets, Consumer<VersionRow> versions) {
        each(KvSpace.BUCKETS, row -> bucket(row, buckets));
        each(KvSpace.OBJECTS, row -> version(row, Keys.keyOfObject(row.key()), versions));
        each(KvSpace.HISTORY, row -> version(row, Keys.keyOfEscaped(row.key(), Long.BYTES), versions));
    }

    private void each(KvSpace of, Consumer<KvRow> visitor) {
        byte[] next = {};
        try {
            List<KvRow> page = page(of, next);
            while (!page.isEmpty()) {
                page.forEach(row -> look(of, row, visitor));
                next = Bytes.successor(page.getLast().key());
                page = page(of, next);
            }
        } catch (CompletionException | DriveException e) {
            log.damaged("the end of " + of + " of " + source.where() + ": " + e.getMessage());
        }
    }

    private List<KvRow> page(KvSpace of, byte[] from) {
        return source.rows().scan(of, from, RescueSpace.end(), PAGE).join();
    }

    private void look(KvSpace of, KvRow row, Consumer<KvRow> visitor) {
        try {
            visitor.accept(row);
        } catch (RowException | IllegalArgumentException e) {
            log.damaged("a row of " + of + " in " + source.where() + ": " + e.getMessage());
        }
    }

    private void bucket(KvRow row, Consumer<Bucket> visitor) {
        if (row.key()[0] != Keys.NAME) {
            return;
        }
        BucketName name = Keys.nameOf(row.key());
        BucketRow found = BucketRow.decode(name, row.value());
        names.put(found.id(), name);
        if (kept.isInDoubt(found.bucket().created())) {
            visitor.accept(found.bucket());
        }
    }

    private void version(KvRow row, byte[] key, Consumer<VersionRow> visitor) {
        BucketName bucket = names.get(Keys.bucketOf(row.key()));
        if (bucket == null) {
            throw new IllegalArgumentException("nobody knows its bucket's name");
        }
        VersionRow version = VersionRow.decode(bucket, ObjectKey.ofUtf8(key), row.value());
        boolean inDoubt = kept.isInDoubt(version.version().lastModified());
        if (inDoubt && blobs(version).stream().noneMatch(this::isDropped)) {
            blobs(version).forEach(this::keepBytes);
            visitor.accept(version);
        }
    }

    private static List<BlobRef> blobs(VersionRow version) {
        return version.version().parts().stream().map(ObjectPart::blob).toList();
    }

    /** Since the rebuild: the version is known to be gone. */
    private boolean isDropped(BlobRef blob) {
        return blob.form() != BlobRef.Form.INLINE && space.claimOf(blob.id()) == Claim.DROPPED;
    }

    private void keepBytes(BlobRef blob) {
        byte[] key = Keys.inline(blob.id());
        if (blob.form() != BlobRef.Form.INLINE || space.get(KvSpace.INLINE, key).isPresent()) {
            return;
        }
        Optional<byte[]> bytes = source.rows().get(KvSpace.INLINE, key).join().filter(RowReader::isIntact);
        bytes.ifPresent(found -> space.put(KvSpace.INLINE, key, found));
    }

    /** What names a find among those of its key. */
    static BlobId nameOf(VersionRow version) {
        return version.manifest()
                .map(BlobRef::id)
                .or(() -> blobs(version).stream().map(BlobRef::id).findFirst())
                .orElseGet(() -> new BlobId(version.version().id().value()));
    }
}
