package io.kintsugi.objects;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.Checksum;
import io.kintsugi.base.ChecksumType;
import io.kintsugi.base.Clock;
import io.kintsugi.base.ETag;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.StoreException.Invalid.Kind;
import io.kintsugi.base.Upload;
import io.kintsugi.base.VersionId;
import io.kintsugi.catalog.Catalog;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * Makes an object of an upload's parts. No byte of theirs moves: the version refers to their blobs, and a small blob of
 * its own, the manifest, says so once more for the day on which the catalog is lost.
 *
 * <p>The catalog knows, as long as the version is there, which upload it was. So a client that has lost our answer and
 * asks again can be told exactly what it made, whatever else was made of the same bytes, or at whatever time.
 */
final class CompleteUseCase {
    private final Catalog catalog;
    private final Buckets buckets;
    private final Intake intake;
    private final Clock clock;
    private final ObjectSettings.Limits limits;

    CompleteUseCase(Catalog catalog, Buckets buckets, Intake intake, Clock clock, ObjectSettings.Limits limits) {
        this.catalog = catalog;
        this.buckets = buckets;
        this.intake = intake;
        this.clock = clock;
        this.limits = limits;
    }

    ObjectVersion complete(CompleteUpload request) {
        PartSelection.requireOrder(request.parts());
        UploadName name = request.upload();
        Bucket bucket = buckets.require(name.bucket());
        Optional<Upload> found = catalog.upload(name.bucket(), name.key(), name.id());
        if (found.isEmpty()) {
            return madeBefore(request);
        }
        try {
            return commit(request, found.get(), bucket);
        } catch (StoreException e) {
            // another request for the same may have been faster; whatever that made us stumble over, its answer is ours
            if (isGone(name)) {
                return madeBefore(request);
            }
            throw e;
        }
    }

    /** When it can't be known, what was known before is the better answer: that a commit may have taken effect. */
    private boolean isGone(UploadName name) {
        try {
            return catalog.upload(name.bucket(), name.key(), name.id()).isEmpty();
        } catch (StoreException.Unavailable e) {
            return false;
        }
    }

    private ObjectVersion commit(CompleteUpload request, Upload upload, Bucket bucket) {
        List<ObjectPart> parts = PartSelection.of(catalog, upload, request.parts());
        ObjectVersion version = version(request, upload, parts, bucket);
        buckets.checkEarly(upload.bucket(), upload.key(), request.condition());
        try (Undo undo = intake.guard()) {
            Optional<BlobRef> manifest = intake.manifest(version, upload.id(), undo);
            undo.commit(() -> catalog.completeUpload(upload, version, manifest, request.condition()));
            return version;
        }
    }

    private ObjectVersion version(CompleteUpload request, Upload upload, List<ObjectPart> parts, Bucket bucket) {
        long size = requireSizes(request, parts);
        Optional<Checksum> checksum = PartSums.checksum(upload.checksum(), parts);
        requireChecksum(request, upload, checksum);
        return new ObjectVersion(
                upload.bucket(),
                upload.key(),
                versionId(bucket, upload),
                false,
                size,
                PartSums.etag(parts.stream().map(ObjectPart::etag).toList()),
                clock.now(),
                upload.metadata(),
                true,
                parts,
                checksum);
    }

    private static VersionId versionId(Bucket bucket, Upload upload) {
        boolean versioned = bucket.versioning() == Bucket.Versioning.ENABLED;
        return versioned ? new VersionId(upload.id().value()) : VersionId.NULL;
    }

    private long requireSizes(CompleteUpload request, List<ObjectPart> parts) {
        long size = parts.getLast().size();
        for (ObjectPart part : parts.subList(0, parts.size() - 1)) {
            if (part.size() < limits.minPart()) {
                throw Refusal.invalid(
                        Kind.ENTITY_TOO_SMALL,
                        "Your proposed upload is smaller than the minimum allowed object size: part " + part.number()
                                + " has " + part.size() + " bytes; every part but the last has at least "
                                + limits.minPart());
            }
            size += part.size();
        }
        if (size > limits.object()) {
            throw Refusal.tooLarge(size, limits.object());
        }
        if (request.objectSize().isPresent() && request.objectSize().getAsLong() != size) {
            throw Refusal.request("The provided 'x-amz-mp-object-size' header value "
                    + request.objectSize().getAsLong() + " does not match what was computed: " + size);
        }
        return size;
    }

    private static void requireChecksum(CompleteUpload request, Upload upload, Optional<Checksum> computed) {
        Optional<ChecksumType> agreed = upload.checksum().map(Upload.ChecksumPlan::type);
        if (request.checksumType().isPresent()
                && agreed.isPresent()
                && !request.checksumType().equals(agreed)) {
            throw Refusal.request("The upload was created using the " + agreed.get()
                    + " checksum mode. The complete request must use the same checksum mode.");
        }
        request.checksum().ifPresent(claimed -> requireClaim(claimed, upload, computed));
        if (agreed.equals(Optional.of(ChecksumType.COMPOSITE))) {
            requirePartClaims(request, upload.checksum().get());
        }
    }

    private static void requireClaim(Checksum claimed, Upload upload, Optional<Checksum> computed) {
        Optional<Checksum> ours = computed.filter(sum -> sum.algorithm() == claimed.algorithm());
        if (ours.isEmpty()) {
            String agreed =
                    upload.checksum().map(plan -> plan.algorithm().wireName()).orElse("none");
            throw Refusal.request("Checksum Type mismatch occurred, expected checksum Type: " + agreed
                    + ", actual checksum Type: " + claimed.algorithm().wireName());
        }
        boolean sameCount =
                claimed.parts() == 0 || claimed.parts() == ours.get().parts();
        if (!sameCount || !MessageDigest.isEqual(claimed.value(), ours.get().value())) {
            throw Refusal.invalid(
                    Kind.BAD_DIGEST,
                    "The " + claimed.algorithm().wireName() + " you specified did not match the calculated checksum");
        }
    }

    private static void requirePartClaims(CompleteUpload request, Upload.ChecksumPlan plan) {
        for (CompleteUpload.Part part : request.parts()) {
            if (part.checksum().isEmpty()) {
                throw Refusal.request(
                        "The upload was created using a " + plan.algorithm().wireName()
                                + " checksum. The complete request must include the checksum for each part. "
                                + "It was missing for part " + part.number() + " in the request.");
            }
        }
    }

    /** The object that this upload became, when a client asks for it again: its row says which upload that was. */
    private ObjectVersion madeBefore(CompleteUpload request) {
        UploadName name = request.upload();
        return catalog.completed(name.bucket(), name.key(), name.id())
                .filter(version -> madeOf(version, request.parts()))
                .orElseThrow(() -> Refusal.noUpload(name.id()));
    }

    private static boolean madeOf(ObjectVersion version, List<CompleteUpload.Part> listed) {
        if (version.parts().size() != listed.size()) {
            return false;
        }
        for (int i = 0; i < listed.size(); i++) {
            ObjectPart part = version.parts().get(i);
            ETag tag = part.etag();
            if (part.number() != listed.get(i).number()
                    || !tag.matches(listed.get(i).etag())) {
                return false;
            }
        }
        return true;
    }
}
