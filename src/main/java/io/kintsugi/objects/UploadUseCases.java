package io.kintsugi.objects;

import io.kintsugi.base.Clock;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.UploadsPage;
import io.kintsugi.base.UploadsQuery;
import io.kintsugi.catalog.Catalog;
import java.util.List;

/** The beginning of a multipart upload, its end without an object, and what can be seen of it in between. */
final class UploadUseCases {
    private final Catalog catalog;
    private final Clock clock;
    private final Entropy entropy;
    private final ObjectSettings.Limits limits;

    UploadUseCases(Catalog catalog, Clock clock, Entropy entropy, ObjectSettings.Limits limits) {
        this.catalog = catalog;
        this.clock = clock;
        this.entropy = entropy;
        this.limits = limits;
    }

    Upload create(CreateUpload request) {
        MetadataRule.check(request.metadata(), limits.userMetadata());
        request.checksum().ifPresent(UploadUseCases::requirePossible);
        Upload upload = new Upload(
                request.bucket(),
                request.key(),
                UploadId.next(clock, entropy),
                clock.now(),
                request.metadata(),
                request.checksum());
        catalog.createUpload(upload);
        return upload;
    }

    private static void requirePossible(Upload.ChecksumPlan plan) {
        if (!plan.algorithm().allows(plan.type())) {
            throw Refusal.request("The " + plan.type() + " checksum type cannot be used with the "
                    + plan.algorithm().wireName() + " checksum algorithm");
        }
    }

    /** @throws io.kintsugi.base.StoreException.NotFound {@code UPLOAD} */
    Upload require(UploadName name) {
        return catalog.upload(name.bucket(), name.key(), name.id()).orElseThrow(() -> Refusal.noUpload(name.id()));
    }

    void abort(UploadName name) {
        catalog.abortUpload(require(name));
    }

    UploadsPage list(UploadsQuery query) {
        return catalog.listUploads(query);
    }

    PartsPage listParts(UploadName name, int afterNumber, int limit) {
        Upload upload = require(name);
        if (limit < 1) {
            return new PartsPage(upload, List.of(), false);
        }
        List<UploadedPart> parts = catalog.listParts(upload, afterNumber, limit);
        boolean full = parts.size() == limit;
        boolean more = full
                && !catalog.listParts(upload, parts.getLast().part().number(), 1)
                        .isEmpty();
        return new PartsPage(upload, parts, more);
    }
}
