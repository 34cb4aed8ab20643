package io.kintsugi.base;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One row of the catalog: what S3 calls an object version or a delete marker.
 *
 * @param deleteMarker whether this is a delete marker: then size is 0, and etag, parts and metadata are empty
 * @param size bytes of the whole object
 * @param multipart whether it was uploaded in parts (then its etag ends in a hyphen and their number)
 * @param checksum the whole object's additional checksum
 */
public record ObjectVersion(
        BucketName bucket,
        ObjectKey key,
        VersionId id,
        boolean deleteMarker,
        long size,
        ETag etag,
        Instant lastModified,
        ObjectMetadata metadata,
        boolean multipart,
        List<ObjectPart> parts,
        Optional<Checksum> checksum) {
    private static final ETag NO_ETAG = new ETag("");

    public ObjectVersion {
        parts = List.copyOf(parts);
    }

    /** The same version, with these parts. */
    public ObjectVersion with(List<ObjectPart> otherParts) {
        return new ObjectVersion(
                bucket, key, id, deleteMarker, size, etag, lastModified, metadata, multipart, otherParts, checksum);
    }

    /**
     * The same version as a listing of many has it: without parts, and of the metadata the storage class alone. Of
     * 1,000 objects of 10,000 parts each, or with 16 KiB of headers each, all of it would be more than memory holds.
     */
    public ObjectVersion listed() {
        return new ObjectVersion(
                bucket,
                key,
                id,
                deleteMarker,
                size,
                etag,
                lastModified,
                ObjectMetadata.ofStorageClass(metadata.storageClass()),
                multipart,
                List.of(),
                checksum);
    }

    public static ObjectVersion deleteMarker(BucketName bucket, ObjectKey key, VersionId id, Instant lastModified) {
        return new ObjectVersion(
                bucket,
                key,
                id,
                true,
                0,
                NO_ETAG,
                lastModified,
                ObjectMetadata.NONE,
                false,
                List.of(),
                Optional.empty());
    }
}
