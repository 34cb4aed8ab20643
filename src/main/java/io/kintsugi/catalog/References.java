package io.kintsugi.catalog;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.VersionId;
import io.kintsugi.drives.KvSpace;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What refers to a blob, and says where it lies. A blob moves from a part to a version to the reclaim queue and never
 * back; asked in this order, it can't slip through between two commits.
 */
final class References {
    private final Reading reading;

    References(Reading reading) {
        this.reading = reading;
    }

    Optional<BlobRef> referred(BlobId blob, BlobOrigin origin) {
        Optional<BucketRow> bucket = reading.bucket(origin.bucket()).orWait();
        return origin.part()
                .flatMap(part -> inPart(blob, part))
                .or(() -> bucket.flatMap(row -> inVersion(blob, origin, row)))
                .or(() -> inQueue(blob));
    }

    private Optional<BlobRef> inPart(BlobId blob, BlobOrigin.Part part) {
        return reading.get(KvSpace.PARTS, Keys.part(part.upload(), part.number()))
                .map(UploadRow::decodePart)
                .map(stored -> stored.part().blob())
                .filter(stored -> stored.id().equals(blob));
    }

    private Optional<BlobRef> inVersion(BlobId blob, BlobOrigin origin, BucketRow bucket) {
        Optional<VersionId> version = origin.part().isEmpty()
                ? Optional.of(origin.version())
                : reading.get(KvSpace.PARTS, Keys.became(origin.part().get().upload()))
                        .map(UploadRow::decodeVersion);
        return version.flatMap(id -> reading.named(bucket, origin.key(), id).orWait())
                .flatMap(row -> Stream.concat(
                                row.version().parts().stream().map(ObjectPart::blob), row.manifest().stream())
                        .filter(stored -> stored.id().equals(blob))
                        .findFirst());
    }

    /** Both rows of an entry come and go in one commit. */
    private Optional<BlobRef> inQueue(BlobId blob) {
        return reading.get(KvSpace.RECLAIM, Keys.reclaimOf(blob))
                .map(SmallRow::decodeNumber)
                .flatMap(sequence -> reading.get(KvSpace.RECLAIM, Keys.reclaim(sequence))
                        .map(row -> SmallRow.decodeReclaim(sequence, row).blob()));
    }

    static boolean consistsOf(VersionRow row, BlobId blob) {
        return row.version().parts().stream().anyMatch(part -> part.blob().id().equals(blob))
                || row.manifest().filter(made -> made.id().equals(blob)).isPresent();
    }
}
