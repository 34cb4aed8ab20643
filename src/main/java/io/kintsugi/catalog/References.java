package io.kintsugi.catalog;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.VersionId;
import io.kintsugi.drives.KvSpace;
import java.util.Optional;

/**
 * Whether anything refers to a blob. A blob moves from a part to a version to the reclaim queue and never back; asked
 * in this order, it can't slip through between two commits.
 */
final class References {
    private final Reading reading;

    References(Reading reading) {
        this.reading = reading;
    }

    boolean refersTo(BlobId blob, BlobOrigin origin) {
        Optional<BucketRow> bucket = reading.bucket(origin.bucket());
        return origin.part().filter(part -> isPart(blob, part)).isPresent()
                || bucket.filter(row -> isVersion(blob, origin, row)).isPresent()
                || reading.get(KvSpace.RECLAIM, Keys.reclaimOf(blob)).isPresent();
    }

    private boolean isPart(BlobId blob, BlobOrigin.Part part) {
        return reading.get(KvSpace.PARTS, Keys.part(part.upload(), part.number()))
                .map(UploadRow::decodePart)
                .filter(stored -> stored.part().blob().id().equals(blob))
                .isPresent();
    }

    private boolean isVersion(BlobId blob, BlobOrigin origin, BucketRow bucket) {
        Optional<VersionId> version = origin.part().isEmpty()
                ? Optional.of(origin.version())
                : reading.get(KvSpace.PARTS, Keys.became(origin.part().get().upload()))
                        .map(UploadRow::decodeVersion);
        return version.flatMap(id -> reading.named(bucket, origin.key(), id))
                .filter(row -> row.version().parts().stream()
                                .anyMatch(part -> part.blob().id().equals(blob))
                        || row.manifest().filter(made -> made.id().equals(blob)).isPresent())
                .isPresent();
    }
}
