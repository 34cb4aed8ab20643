package io.kintsugi.catalog;

import io.kintsugi.base.AtOnce;
import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Deletion;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.UploadsPage;
import io.kintsugi.base.UploadsQuery;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * What exists. Every method but those that end in {@code AtOnce} blocks its (virtual) thread, within a deadline; every
 * change is durable and visible to all when its method returns, and has no effect when it throws, except
 * {@link StoreException.Unavailable} with {@code TIMEOUT}: then it may have taken effect or not.
 *
 * <p>The order of versions of a key is the order of their commits. Every method that names a bucket throws
 * {@link StoreException.NotFound} ({@code BUCKET}) when there is none, inside the commit.
 */
public interface Catalog extends AutoCloseable {
    /** @throws StoreException.Conflict {@code BUCKET_EXISTS} */
    void createBucket(Bucket bucket);

    default Optional<Bucket> bucket(BucketName name) {
        return bucketAtOnce(name).orWait();
    }

    /** As {@link #bucket}, for callers that must not wait: told from memory, or what is left to do for it. */
    AtOnce<Optional<Bucket>> bucketAtOnce(BucketName name);

    /** Buckets with this prefix behind {@code after}, by name. */
    List<Bucket> listBuckets(String prefix, Optional<BucketName> after, int limit);

    /**
     * Applies a pure function to the bucket's row; it may run more than once. The name and the date of creation stay.
     */
    Bucket updateBucket(BucketName name, UnaryOperator<Bucket> change);

    /**
     * Removes an empty bucket. Uploads under way are dropped with it, where they have very many parts in commits before
     * the last: from the first of them on nothing comes into the bucket.
     *
     * @throws StoreException.Conflict {@code BUCKET_NOT_EMPTY} when a version or a delete marker is left
     */
    void deleteBucket(BucketName name);

    /**
     * Makes a version the current one. With {@link VersionId#NULL} it replaces the null version, whose blobs go to the
     * reclaim queue.
     *
     * @param inline the bytes of the version's only part when its blob is inline
     * @throws StoreException.Conflict {@code CONCURRENT_CHANGE} when it would replace the null version of a bucket that
     *     keeps versions by now, or has a name of its own in a bucket that never kept any
     */
    void put(ObjectVersion version, Optional<byte[]> inline, WriteCondition condition);

    /**
     * Replaces the metadata, checksum or dates of a version that exists, in place: its parts and its place in the order
     * of versions stay.
     *
     * @throws StoreException.NotFound {@code VERSION}
     */
    ObjectVersion update(BucketName bucket, ObjectKey key, VersionId version, UnaryOperator<ObjectVersion> change);

    /** The current version (which may be a delete marker), or the one that is named. */
    default Optional<ObjectVersion> find(BucketName bucket, ObjectKey key, Optional<VersionId> version) {
        return findAtOnce(bucket, key, version).orWait();
    }

    /**
     * As {@link #find}, for callers that must not wait: told when bucket and row are in memory, no commit under way
     * touches the key, and no history has to be asked for; else what is left to do.
     */
    AtOnce<Optional<ObjectVersion>> findAtOnce(BucketName bucket, ObjectKey key, Optional<VersionId> version);

    /** The bytes of an inline blob; empty when its version is gone. Told from memory, or what is left to do for it. */
    AtOnce<Optional<byte[]>> inlineAtOnce(BlobId blob);

    /**
     * Deletes up to 1,000 keys, in one commit or, where that would be too large, in several: their objects may have
     * 10,000 parts each. Each deletion succeeds or is refused for itself; when a later commit fails, those that it
     * would have done are refused with its reason. Outcomes are in the order of the deletions.
     */
    List<Deletion.Outcome> delete(BucketName bucket, List<Deletion> deletions);

    /** Current versions that are objects. */
    ListPage listObjects(ListQuery query);

    /** All versions and delete markers; of one key the newest first. */
    ListPage listVersions(ListQuery query);

    void createUpload(Upload upload);

    Optional<Upload> upload(BucketName bucket, ObjectKey key, UploadId id);

    UploadsPage listUploads(UploadsQuery query);

    /**
     * Stores a part; a part of the same number is replaced, its blob goes to the reclaim queue.
     *
     * @throws StoreException.NotFound {@code UPLOAD}
     */
    void putPart(Upload upload, UploadedPart part, Optional<byte[]> inline);

    /** Parts by number, behind {@code afterNumber} (0 for the first page). */
    List<UploadedPart> listParts(Upload upload, int afterNumber, int limit);

    /**
     * Turns parts of an upload into a version, and drops the upload; parts that the version does not name go to the
     * reclaim queue.
     *
     * @param manifest the blob that holds what {@link Manifest} made of the version; it lives and goes with it
     * @throws StoreException.NotFound {@code UPLOAD}
     * @throws StoreException.Conflict {@code CONCURRENT_CHANGE} when a part that the version names was replaced
     *     meanwhile, and as {@link #put}
     */
    void completeUpload(Upload upload, ObjectVersion version, Optional<BlobRef> manifest, WriteCondition condition);

    /**
     * The version that a completed upload became, as long as that is there; empty when it is under way, was aborted, or
     * never was.
     */
    Optional<ObjectVersion> completed(BucketName bucket, ObjectKey key, UploadId upload);

    /** @throws StoreException.NotFound {@code UPLOAD} */
    void abortUpload(Upload upload);

    /** The oldest entries of the reclaim queue, as {@link #reclaimable(Duration, long, int)}. */
    default List<Reclaim> reclaimable(Duration age, int limit) {
        return reclaimable(age, -1, limit);
    }

    /**
     * The oldest entries of the reclaim queue that are behind one, those of them that were dropped so long ago,
     * whatever the clock was set to meanwhile, or before this process. Inline blobs never appear: their bytes go with
     * the commit.
     *
     * @param behind the sequence of that entry; -1 for all
     */
    List<Reclaim> reclaimable(Duration age, long behind, int limit);

    /** The blob of an entry of the reclaim queue as it lies now; empty when the entry is gone. */
    Optional<BlobRef> reclaimable(Reclaim entry);

    /** Removes entries whose blobs were removed from the drives. */
    void reclaimed(List<Reclaim> entries);

    /**
     * The blob as the version, the part or the entry of the reclaim queue has it that refers to it; empty when nothing
     * does.
     *
     * @param origin what the blob was written for
     */
    Optional<BlobRef> referred(BlobId blob, BlobOrigin origin);

    /** Whether a version, a part or the reclaim queue refers to this blob, which was written for that origin. */
    default boolean refersTo(BlobId blob, BlobOrigin origin) {
        return referred(blob, origin).isPresent();
    }

    /**
     * Blobs that were made before this stay on the drives though nothing refers to them: the catalog was made again
     * with losses, or without some drives, and a later rebuild may find what they belong to. Empty when there is no
     * such time, or it has been long enough.
     */
    Optional<Instant> keptBefore();

    /**
     * Records that the shards of a blob lie elsewhere from now on, wherever it is referred to: in a version, a part or
     * the reclaim queue. Nothing else of that row changes.
     *
     * @param from the blob as it was recorded when its shards were moved; not inline
     * @param placement drive i for shard i, each drive once
     * @return false, and nothing is changed, when nothing refers to the blob any more, or its placement is not that of
     *     {@code from}
     */
    boolean relocate(BlobRef from, List<DriveId> placement, BlobOrigin origin);

    /**
     * All blobs that are not inline and are referred to, each with its origin, in an order of the catalog's own: for
     * healing and checks. What is referred to all the while is met, also when its upload is completed, its version is
     * overwritten, or becomes current again since a newer one is removed, between two pages.
     *
     * @param after the cursor of the previous page; empty for the first
     */
    BlobPage blobs(Optional<String> after, int limit);

    /**
     * Reads the next rows in every replica, verifies them, and compares the replicas. A replica that is found damaged
     * is made anew from the others, as soon as it is known that they have every row.
     *
     * @param after the cursor of the previous page; empty for the first
     * @throws StoreException.Unavailable when a replica could not be asked; the same page may be asked for again
     * @throws StoreException.Invalid when this is no cursor
     */
    RowCheck checkRows(Optional<String> after);

    /**
     * Has the key-value store of one drive set aside, and another begun, where a file of that store is damaged, which
     * would lie on below what was written anew. A replica that is in the store goes with it, once the others were found
     * to have every row; and all shards that are. Reads all rows then, which takes its time: what comes to a drive
     * meanwhile ends the attempt. It is not done at the first call after that, but at one some seconds later.
     *
     * @param whole whether no blob is known to lack a shard; asked before each page of rows and once more at the end,
     *     and may wait, as for a share of the time
     * @param settled whether all shards that were acknowledged without, because they were late, are where they belong
     *     or known to be missing; asked before the rows are read, and at the end, before {@code whole}
     * @return the drive, which goes and comes back; empty when there is none, or it can't be now
     * @throws StoreException.Unavailable when the others have not, or could not be asked
     */
    Optional<DriveId> setAsideRotten(BooleanSupplier whole, BooleanSupplier settled);

    CatalogStatus status();

    /** Drains and closes. Idempotent. */
    @Override
    void close();
}
