package io.kintsugi.base;

import java.time.Instant;
import java.util.Optional;

/**
 * A multipart upload that is under way.
 *
 * @param metadata of the object that it will become
 * @param checksum the algorithm that was named when it was created, and how parts are to be combined
 */
public record Upload(
        BucketName bucket,
        ObjectKey key,
        UploadId id,
        Instant initiated,
        ObjectMetadata metadata,
        Optional<ChecksumPlan> checksum) {
    /** The same upload as a listing of many has it: of the metadata the storage class alone. */
    public Upload listed() {
        return new Upload(bucket, key, id, initiated, ObjectMetadata.ofStorageClass(metadata.storageClass()), checksum);
    }

    /** What was agreed at the creation of the upload. */
    public record ChecksumPlan(ChecksumAlgorithm algorithm, ChecksumType type) {}
}
