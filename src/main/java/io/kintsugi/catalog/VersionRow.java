package io.kintsugi.catalog;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Checksum;
import io.kintsugi.base.ETag;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.VersionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A version as OBJECTS and HISTORY hold it. Bucket and key are in the row's key.
 *
 * @param order the place in the order of commits: the greater is the newer
 * @param upload the upload that it was completed from
 * @param manifest the blob that holds this row for the day on which the catalog is lost
 */
record VersionRow(long order, Optional<UploadId> upload, Optional<BlobRef> manifest, ObjectVersion version) {
    static final int FORMAT = 1;
    private static final String WHAT = "a version";
    private static final int ORDER_AT = 1;
    private static final int MARKER = 1;
    private static final int MULTIPART = 2;
    private static final int UPLOAD = 4;
    private static final int MANIFEST = 8;

    VersionRow(long order, Optional<UploadId> upload, ObjectVersion version) {
        this(order, upload, Optional.empty(), version);
    }

    byte[] encode() {
        return seal(draft(version, upload, manifest), order);
    }

    /** All but the order and the checksum: the expensive part, done before the commit. */
    static byte[] draft(ObjectVersion version, Optional<UploadId> upload, Optional<BlobRef> manifest) {
        RowWriter to = new RowWriter(FORMAT).i64(0);
        int flags = (version.deleteMarker() ? MARKER : 0)
                | (version.multipart() ? MULTIPART : 0)
                | (upload.isPresent() ? UPLOAD : 0)
                | (manifest.isPresent() ? MANIFEST : 0);
        to.u8(flags).id(version.id().value()).instant(version.lastModified());
        upload.ifPresent(id -> to.id(id.value()));
        manifest.ifPresent(blob -> Nouns.writeBlob(to, blob));
        if (!version.deleteMarker()) {
            to.varint(version.size()).text(version.etag().value());
            Nouns.writeMetadata(to, version.metadata());
            Nouns.writeChecksum(to, version.checksum());
            to.varint(version.parts().size());
            version.parts().forEach(part -> Nouns.writePart(to, part));
        }
        return to.draft();
    }

    static byte[] seal(byte[] draft, long order) {
        Bytes.putLong(draft, ORDER_AT, order);
        return RowWriter.seal(draft);
    }

    /** Of a row that is intact, without the rest. */
    static long orderOf(byte[] row) {
        return Bytes.getLong(row, ORDER_AT);
    }

    static VersionRow decode(BucketName bucket, ObjectKey key, byte[] row) {
        RowReader from = new RowReader(row, FORMAT, WHAT);
        long order = from.i64();
        Head head = readHead(from, bucket, key);
        ObjectVersion version = head.isMarker()
                ? head.marker()
                : readObject(from, head, Nouns::readMetadata).with(readParts(from));
        from.end();
        return new VersionRow(order, head.upload(), head.manifest(), version);
    }

    /** The version as {@link ObjectVersion#listed} has it. */
    static ObjectVersion decodeListed(BucketName bucket, ObjectKey key, byte[] row) {
        RowReader from = new RowReader(row, FORMAT, WHAT);
        from.i64();
        Head head = readHead(from, bucket, key);
        return head.isMarker() ? head.marker() : readObject(from, head, Nouns::readStorageClass);
    }

    /** What markers have, too. */
    private record Head(
            BucketName bucket,
            ObjectKey key,
            int flags,
            VersionId id,
            Instant modified,
            Optional<UploadId> upload,
            Optional<BlobRef> manifest) {
        boolean isMarker() {
            return (flags & MARKER) != 0;
        }

        ObjectVersion marker() {
            return ObjectVersion.deleteMarker(bucket, key, id, modified);
        }
    }

    private static Head readHead(RowReader from, BucketName bucket, ObjectKey key) {
        int flags = from.u8();
        VersionId id = new VersionId(from.id());
        Instant modified = from.instant();
        Optional<UploadId> upload = (flags & UPLOAD) == 0 ? Optional.empty() : Optional.of(new UploadId(from.id()));
        Optional<BlobRef> manifest = (flags & MANIFEST) == 0 ? Optional.empty() : Optional.of(Nouns.readBlob(from));
        return new Head(bucket, key, flags, id, modified, upload, manifest);
    }

    /** All that is before the parts. */
    private static ObjectVersion readObject(RowReader from, Head head, Function<RowReader, ObjectMetadata> metadataOf) {
        long size = from.varint();
        ETag etag = new ETag(from.text());
        ObjectMetadata metadata = metadataOf.apply(from);
        Optional<Checksum> checksum = Nouns.readChecksum(from);
        return new ObjectVersion(
                head.bucket,
                head.key,
                head.id,
                false,
                size,
                etag,
                head.modified,
                metadata,
                (head.flags & MULTIPART) != 0,
                List.of(),
                checksum);
    }

    private static List<ObjectPart> readParts(RowReader from) {
        int count = from.count();
        List<ObjectPart> parts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            parts.add(Nouns.readPart(from));
        }
        return parts;
    }

    /** What the manifest was written for. */
    BlobOrigin manifestOrigin() {
        return Manifest.origin(version, upload.orElseThrow());
    }

    /** What a part's blob was written for. */
    BlobOrigin origin(ObjectPart part) {
        Optional<BlobOrigin.Part> of = upload.map(id -> new BlobOrigin.Part(id, part.number()));
        return new BlobOrigin(version.bucket(), version.key(), of.isPresent() ? VersionId.NULL : version.id(), of);
    }
}
