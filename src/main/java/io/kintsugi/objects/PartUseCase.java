package io.kintsugi.objects;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.StoreException.Invalid.Kind;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.VersionId;
import io.kintsugi.catalog.Catalog;
import java.util.Optional;

/** One part of an upload, from a body or from another object. */
final class PartUseCase {
    static final int MAX_NUMBER = 10_000;

    private final Catalog catalog;
    private final UploadUseCases uploads;
    private final Intake intake;
    private final ReadUseCase reads;
    private final CopyUseCase.Settings settings;

    PartUseCase(
            Catalog catalog, UploadUseCases uploads, Intake intake, ReadUseCase reads, CopyUseCase.Settings settings) {
        this.catalog = catalog;
        this.uploads = uploads;
        this.intake = intake;
        this.reads = reads;
        this.settings = settings;
    }

    UploadedPart upload(UploadPart request) {
        requireNumber(request.number());
        Upload upload = uploads.require(request.upload());
        requireAlgorithm(upload, request.body().checksumAlgorithm());
        return store(upload, request.number(), request.body());
    }

    /** Copies the version that is there now, however often its key is overwritten meanwhile. */
    PartCopyResult copy(UploadPartCopy request) {
        requireNumber(request.number());
        // only who has his turn finds the source: where thousands of parts lie is not kept by all who wait
        try (CopyGate.Permit _ = settings.gate().enter()) {
            return copy(request, uploads.require(request.upload()), reads.source(request.source()));
        }
    }

    private PartCopyResult copy(UploadPartCopy request, Upload upload, ObjectRead read) {
        long length = read.range().length();
        if (length > settings.limits().maxPart()) {
            throw Refusal.tooLarge(length, settings.limits().maxPart());
        }
        try (Pipe pipe = Pipe.of(read)) {
            CopyBody body = new CopyBody(pipe, length, Optional.empty());
            return new PartCopyResult(read.version(), store(upload, request.number(), body));
        }
    }

    private UploadedPart store(Upload upload, int number, UploadBody body) {
        BlobOrigin origin = new BlobOrigin(
                upload.bucket(), upload.key(), VersionId.NULL, Optional.of(new BlobOrigin.Part(upload.id(), number)));
        Optional<ChecksumAlgorithm> agreed = upload.checksum().map(Upload.ChecksumPlan::algorithm);
        try (Undo undo = intake.guard()) {
            Intake.Order order = new Intake.Order(
                    origin, ObjectMetadata.NONE, agreed, settings.limits().maxPart());
            Stored stored = intake.store(order, body, undo);
            UploadedPart part = new UploadedPart(stored.part(number), stored.when());
            undo.commit(() -> catalog.putPart(upload, part, stored.inline()));
            return part;
        }
    }

    private static void requireNumber(int number) {
        if (number < 1 || number > MAX_NUMBER) {
            throw Refusal.invalid(
                    Kind.ARGUMENT, "Part number must be an integer between 1 and " + MAX_NUMBER + ", inclusive");
        }
    }

    /**
     * A part that names a checksum must name the one that was agreed on; for one that names none it is computed. Where
     * nothing was agreed any is taken: SDKs add one to every part by themselves.
     */
    private static void requireAlgorithm(Upload upload, Optional<ChecksumAlgorithm> sent) {
        Optional<ChecksumAlgorithm> agreed = upload.checksum().map(Upload.ChecksumPlan::algorithm);
        if (agreed.isPresent() && sent.isPresent() && !agreed.equals(sent)) {
            throw Refusal.request("Checksum Type mismatch occurred, expected checksum Type: "
                    + agreed.get().wireName() + ", actual checksum Type: "
                    + sent.get().wireName());
        }
    }
}
