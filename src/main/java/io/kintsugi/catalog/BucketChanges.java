package io.kintsugi.catalog;

import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.StoreException.Conflict;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import java.util.List;
import java.util.function.UnaryOperator;

/** Changes of buckets, evaluated on a view inside a commit. */
final class BucketChanges {
    private static final int UPLOADS_AT_ONCE = 1000;

    private final View view;
    private final Clock clock;

    BucketChanges(View view, Clock clock) {
        this.view = view;
        this.clock = clock;
    }

    void create(Bucket bucket) {
        BucketName name = bucket.name();
        if (view.bucket(name).isPresent()) {
            throw new Conflict(Conflict.Kind.BUCKET_EXISTS, "The bucket '" + name + "' exists already");
        }
        BucketRow row = new BucketRow(view.order(), false, bucket);
        view.putBucket(row);
        view.put(KvSpace.BUCKETS, Keys.bucketById(row.id()), BucketRow.encodeName(name));
    }

    private BucketRow require(BucketName name) {
        return view.bucket(name)
                .orElseThrow(() -> new StoreException.NotFound(StoreException.NotFound.Kind.BUCKET, name.value()));
    }

    Bucket update(BucketName name, UnaryOperator<Bucket> change) {
        BucketRow row = require(name);
        Bucket wanted = change.apply(row.bucket());
        Bucket changed = new Bucket(name, row.bucket().created(), wanted.versioning());
        view.putBucket(row.with(changed));
        return changed;
    }

    /**
     * Deletes a bucket without objects, and drops its uploads; but no more of those, one at least, than come to so many
     * bytes of rows.
     *
     * @param deletion hears of it when the bucket is not gone yet
     * @return whether the bucket is gone; if not, it is there with the uploads that are left, and to be deleted again
     */
    boolean delete(BucketName name, long enoughBytes, GoingBuckets.Deletion deletion) {
        BucketRow row = require(name);
        byte[] from = Keys.objectPrefix(row.id(), new byte[0]);
        byte[] to = Bytes.behindPrefix(from);
        if (view.first(KvSpace.OBJECTS, from, to).isPresent()
                || view.first(KvSpace.HISTORY, from, to).isPresent()) {
            throw new Conflict(
                    Conflict.Kind.BUCKET_NOT_EMPTY,
                    "The bucket '" + name + "' is not empty: delete its objects, versions and delete markers first");
        }
        view.touch(Stamps.ofBucket(row.id()));
        if (!dropUploads(row, view.bytes() + enoughBytes)) {
            deletion.goesOn(row);
            return false;
        }
        view.deleteBucket(row);
        return true;
    }

    /** Whether all are dropped. */
    private boolean dropUploads(BucketRow row, long full) {
        byte[] from = Keys.objectPrefix(row.id(), new byte[0]);
        byte[] to = Bytes.behindPrefix(from);
        UploadChanges uploads = new UploadChanges(view, clock);
        List<KvRow> found = view.range(KvSpace.UPLOADS, from, to, UPLOADS_AT_ONCE);
        while (!found.isEmpty()) {
            for (KvRow upload : found) {
                if (view.bytes() >= full) {
                    return false;
                }
                ObjectKey key = ObjectKey.ofUtf8(Keys.keyOfEscaped(upload.key(), Id128.BYTES));
                uploads.drop(
                        row, UploadRow.decode(row.bucket().name(), key, Keys.uploadOf(upload.key()), upload.value()));
            }
            found = view.range(KvSpace.UPLOADS, from, to, UPLOADS_AT_ONCE);
        }
        return true;
    }
}
