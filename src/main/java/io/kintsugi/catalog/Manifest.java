package io.kintsugi.catalog;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.UploadId;
import java.util.Optional;

/**
 * The content of a manifest: a blob that holds the row of a version made of an upload's parts. It is durable before the
 * version is committed, so that parts of a finished upload can be told from others when no catalog is left.
 */
public final class Manifest {
    /** The number under which a manifest is written, as if it were a part of the upload: parts begin with 1. */
    public static final int NUMBER = 0;

    private Manifest() {}

    /** Whether any byte of the version is in a shard; of one that is all inline nothing could be restored. */
    public static boolean isWanted(ObjectVersion version) {
        return version.parts().stream().anyMatch(part -> part.blob().form() != BlobRef.Form.INLINE);
    }

    public static BlobOrigin origin(ObjectVersion version, UploadId upload) {
        Optional<BlobOrigin.Part> part = Optional.of(new BlobOrigin.Part(upload, NUMBER));
        return new BlobOrigin(version.bucket(), version.key(), version.id(), part);
    }

    public static byte[] encode(ObjectVersion version, UploadId upload) {
        return new VersionRow(0, Optional.of(upload), version).encode();
    }

    /** @throws RowException when these bytes are damaged, or of a later release */
    static VersionRow decode(BucketName bucket, ObjectKey key, byte[] content) {
        return VersionRow.decode(bucket, key, content);
    }
}
