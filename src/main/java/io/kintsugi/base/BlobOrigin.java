package io.kintsugi.base;

import java.util.Optional;

/**
 * What a blob was written for. Kept in the header of each of its shards, so that a lost catalog can be rebuilt and an
 * orphan be told from a blob in use.
 *
 * @param version the version that the blob is to become, {@link VersionId#NULL} also for parts
 * @param part the upload and part number, for blobs that were uploaded as parts
 */
public record BlobOrigin(BucketName bucket, ObjectKey key, VersionId version, Optional<Part> part) {
    /** @param number 1 to 10,000 */
    public record Part(UploadId upload, int number) {}
}
