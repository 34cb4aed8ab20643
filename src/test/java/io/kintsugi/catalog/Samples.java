package io.kintsugi.catalog;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Checksum;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ETag;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.VersionId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Buckets, versions and uploads to test with. */
final class Samples {
    static final BucketName BUCKET = new BucketName("bucket-one");
    static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final ErasureCode CODE = new ErasureCode(2, 1);
    private static final List<DriveId> DRIVES = List.of(drive(1), drive(2), drive(3));

    private Samples() {}

    private static DriveId drive(int number) {
        return new DriveId(new Id128(9, number));
    }

    static Bucket bucket(Bucket.Versioning versioning) {
        return new Bucket(BUCKET, NOON, versioning);
    }

    static ObjectKey key(String text) {
        return ObjectKey.of(text);
    }

    static VersionId newVersion() {
        return VersionId.next(Clock.SYSTEM, Entropy.FAST);
    }

    static BlobRef blob(BlobRef.Form form, long size) {
        BlobId id = BlobId.next(Clock.SYSTEM, Entropy.FAST);
        return form == BlobRef.Form.INLINE
                ? BlobRef.inline(id, size)
                : new BlobRef(id, form, size, CODE, 1 << 20, DRIVES);
    }

    static ObjectPart part(int number, BlobRef blob) {
        Checksum checksum = Checksum.fullObject(ChecksumAlgorithm.CRC32C, new byte[] {1, 2, 3, (byte) number});
        return new ObjectPart(number, blob.size(), new ETag("etag-" + blob.id()), Optional.of(checksum), blob);
    }

    /** An object of one part. */
    static ObjectVersion object(String key, VersionId id, BlobRef blob) {
        ObjectPart part = part(1, blob);
        return new ObjectVersion(
                BUCKET,
                key(key),
                id,
                false,
                blob.size(),
                part.etag(),
                NOON,
                new ObjectMetadata(Map.of("content-type", "text/plain"), Map.of("who", key), Map.of("tag", "1")),
                false,
                List.of(part),
                part.checksum());
    }

    static ObjectVersion object(String key, VersionId id) {
        return object(key, id, blob(BlobRef.Form.FILES, 1000));
    }

    static ObjectVersion multipart(Upload upload, VersionId id, List<UploadedPart> parts) {
        return new ObjectVersion(
                upload.bucket(),
                upload.key(),
                id,
                false,
                parts.stream().mapToLong(p -> p.part().size()).sum(),
                new ETag("whole-" + parts.size()),
                NOON,
                upload.metadata(),
                true,
                parts.stream().map(UploadedPart::part).toList(),
                Optional.empty());
    }

    static Upload upload(String key) {
        return new Upload(
                BUCKET,
                key(key),
                UploadId.next(Clock.SYSTEM, Entropy.FAST),
                NOON,
                ObjectMetadata.NONE,
                Optional.empty());
    }

    static UploadedPart uploaded(int number, BlobRef.Form form) {
        return new UploadedPart(part(number, blob(form, 5_000 + number)), NOON);
    }

    static BlobRef blobOf(ObjectVersion version) {
        return version.parts().getFirst().blob();
    }
}
