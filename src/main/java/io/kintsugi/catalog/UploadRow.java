package io.kintsugi.catalog;

import io.kintsugi.base.BucketName;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.VersionId;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/** Rows of uploads under way, of their parts, and of what a finished upload became. */
final class UploadRow {
    static final int FORMAT = 1;
    private static final String UPLOAD = "an upload";
    private static final String PART = "a part";
    private static final String BECAME = "what an upload became";

    private UploadRow() {}

    static byte[] encode(Upload upload) {
        RowWriter to = new RowWriter(FORMAT).instant(upload.initiated());
        Nouns.writeMetadata(to, upload.metadata());
        to.u8(upload.checksum().isPresent() ? 1 : 0);
        upload.checksum().ifPresent(plan -> Nouns.writePlan(to, plan.algorithm(), plan.type()));
        return to.finish();
    }

    static Upload decode(BucketName bucket, ObjectKey key, UploadId id, byte[] row) {
        return decode(bucket, key, id, new RowReader(row, FORMAT, UPLOAD), Nouns::readMetadata);
    }

    /** The upload as {@link Upload#listed} has it. */
    static Upload decodeListed(BucketName bucket, ObjectKey key, UploadId id, byte[] row) {
        return decode(bucket, key, id, new RowReader(row, FORMAT, UPLOAD), Nouns::readStorageClass);
    }

    private static Upload decode(
            BucketName bucket,
            ObjectKey key,
            UploadId id,
            RowReader from,
            Function<RowReader, ObjectMetadata> metadataOf) {
        Instant initiated = from.instant();
        ObjectMetadata metadata = metadataOf.apply(from);
        Optional<Upload.ChecksumPlan> plan = from.u8() == 0
                ? Optional.empty()
                : Optional.of(new Upload.ChecksumPlan(Nouns.readAlgorithm(from), Nouns.readType(from)));
        from.end();
        return new Upload(bucket, key, id, initiated, metadata, plan);
    }

    static byte[] encodePart(UploadedPart part) {
        RowWriter to = new RowWriter(FORMAT).instant(part.lastModified());
        Nouns.writePart(to, part.part());
        return to.finish();
    }

    static UploadedPart decodePart(byte[] row) {
        RowReader from = new RowReader(row, FORMAT, PART);
        Instant modified = from.instant();
        UploadedPart part = new UploadedPart(Nouns.readPart(from), modified);
        from.end();
        return part;
    }

    static byte[] encodeVersion(VersionId version) {
        return new RowWriter(FORMAT).id(version.value()).finish();
    }

    static VersionId decodeVersion(byte[] row) {
        RowReader from = new RowReader(row, FORMAT, BECAME);
        VersionId version = new VersionId(from.id());
        from.end();
        return version;
    }
}
