package io.kintsugi.objects;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import java.util.List;

/** Builds rows of the catalog. */
final class Versions {
    private Versions() {}

    /** A version of one part. */
    static ObjectVersion single(BlobOrigin origin, ObjectMetadata metadata, Stored stored) {
        ObjectPart part = stored.part(1);
        return new ObjectVersion(
                origin.bucket(),
                origin.key(),
                origin.version(),
                false,
                part.size(),
                part.etag(),
                stored.when(),
                metadata,
                false,
                List.of(part),
                part.checksum());
    }
}
