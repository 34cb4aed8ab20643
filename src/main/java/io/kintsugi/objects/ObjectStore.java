package io.kintsugi.objects;

import io.kintsugi.base.AtOnce;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.UploadsPage;
import io.kintsugi.base.UploadsQuery;
import java.util.List;
import java.util.Optional;

/**
 * What the store can do for whoever speaks for it (S3 today). Blocks its virtual thread, but for what ends in
 * {@code AtOnce}; says no with the {@link io.kintsugi.base.StoreException} family and nothing else. Knows nothing of
 * HTTP, and decides nothing about who may.
 */
public interface ObjectStore {
    Bucket createBucket(BucketName name);

    Bucket bucket(BucketName name);

    List<Bucket> listBuckets(String prefix, Optional<BucketName> after, int limit);

    void deleteBucket(BucketName name);

    /** Whether objects of this bucket may have versions: not when it never had, or when there is no such bucket. */
    AtOnce<Boolean> hasVersionsAtOnce(BucketName name);

    Bucket setVersioning(BucketName name, Bucket.Versioning state);

    ObjectVersion put(PutObject request);

    /**
     * Finds a version, checks the conditions, and says what a read of it would give. Bytes that ride in the catalog
     * come along, since they may be gone a moment later; all others are read by {@link ObjectRead#sendTo}.
     */
    ObjectRead get(GetObject request);

    /**
     * As {@link #get}, for callers that must not wait: told when everything that it takes is in memory; else what is
     * left to do. Throws at once what can be told at once, as that there is no such object.
     */
    default AtOnce<ObjectRead> getAtOnce(GetObject request) {
        return AtOnce.later(() -> get(request));
    }

    /** As {@link #get}, for a caller that wants no bytes. */
    default ObjectRead head(GetObject request) {
        return get(request);
    }

    /** As {@link #head}, for callers that must not wait. */
    default AtOnce<ObjectRead> headAtOnce(GetObject request) {
        return AtOnce.later(() -> head(request));
    }

    CopyResult copy(CopyObject request);

    /** Results are in the order of the items. */
    List<DeleteObjects.Result> delete(DeleteObjects request);

    ListPage listObjects(ListQuery query);

    ListPage listVersions(ListQuery query);

    Upload createUpload(CreateUpload request);

    UploadedPart uploadPart(UploadPart request);

    PartCopyResult uploadPartCopy(UploadPartCopy request);

    ObjectVersion completeUpload(CompleteUpload request);

    void abortUpload(UploadName upload);

    UploadsPage listUploads(UploadsQuery query);

    /** The upload and its parts by number, behind {@code afterNumber}. */
    PartsPage listParts(UploadName upload, int afterNumber, int limit);
}
