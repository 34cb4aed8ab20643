package io.kintsugi.objects;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.catalog.Catalog;
import java.util.Optional;

/** One object in one piece: refuse early, take the bytes in, commit. */
final class PutUseCase {
    private final Catalog catalog;
    private final Buckets buckets;
    private final Intake intake;
    private final ObjectSettings.Limits limits;

    PutUseCase(Catalog catalog, Buckets buckets, Intake intake, ObjectSettings.Limits limits) {
        this.catalog = catalog;
        this.buckets = buckets;
        this.intake = intake;
        this.limits = limits;
    }

    ObjectVersion put(PutObject request) {
        MetadataRule.check(request.metadata(), limits.userMetadata());
        Bucket bucket = buckets.require(request.bucket());
        buckets.checkEarly(request.bucket(), request.key(), request.condition());
        BlobOrigin origin =
                new BlobOrigin(request.bucket(), request.key(), buckets.nextVersion(bucket), Optional.empty());
        try (Undo undo = intake.guard()) {
            Intake.Order order = new Intake.Order(origin, request.metadata(), Optional.empty(), limits.put());
            Stored stored = intake.store(order, request.body(), undo);
            ObjectVersion version = Versions.single(origin, request.metadata(), stored);
            undo.commit(() -> catalog.put(version, stored.inline(), request.condition()));
            return version;
        }
    }
}
