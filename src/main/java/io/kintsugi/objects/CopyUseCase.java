package io.kintsugi.objects;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.Checksum;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.VersionId;
import io.kintsugi.catalog.Catalog;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads one version and puts its bytes as another, without holding more than a few buffers of them. Whatever the source
 * was, the copy is of one part: its tag is the MD5 of all bytes, its checksum that of the whole object.
 */
final class CopyUseCase {
    /** Belongs to its object and is never copied. */
    private static final String REDIRECT = "x-amz-website-redirect-location";

    private final Catalog catalog;
    private final Buckets buckets;
    private final Intake intake;
    private final ReadUseCase reads;
    private final Settings settings;

    CopyUseCase(Catalog catalog, Buckets buckets, Intake intake, ReadUseCase reads, Settings settings) {
        this.catalog = catalog;
        this.buckets = buckets;
        this.intake = intake;
        this.reads = reads;
        this.settings = settings;
    }

    /** What copies of objects and of parts have in common. */
    record Settings(ObjectSettings.Limits limits, CopyGate gate) {}

    CopyResult copy(CopyObject request) {
        request.metadata()
                .ifPresent(m -> MetadataRule.check(m, settings.limits().userMetadata()));
        // only who has his turn finds the source: where thousands of parts lie is not kept by all who wait
        try (CopyGate.Permit _ = settings.gate().enter()) {
            return copy(request, reads.source(request.source()));
        }
    }

    private CopyResult copy(CopyObject request, ObjectRead read) {
        CopyObject.Target target = request.target();
        Bucket bucket = buckets.require(target.bucket());
        ObjectVersion source = read.version();
        requireSize(read.range().length());
        requireChange(request, source);
        buckets.checkEarly(target.bucket(), target.key(), target.condition());
        VersionId id = buckets.nextVersion(bucket);
        BlobOrigin origin = new BlobOrigin(target.bucket(), target.key(), id, Optional.empty());
        try (Undo undo = intake.guard();
                Pipe pipe = Pipe.of(read)) {
            CopyBody body = new CopyBody(pipe, read.range().length(), algorithm(request, source));
            ObjectMetadata metadata = metadata(request, source);
            Intake.Order order = new Intake.Order(
                    origin, metadata, Optional.empty(), settings.limits().copySource());
            Stored stored = intake.store(order, body, undo);
            ObjectVersion copy = Versions.single(origin, metadata, stored);
            undo.commit(() -> catalog.put(copy, stored.inline(), target.condition()));
            return new CopyResult(source, copy);
        }
    }

    private void requireSize(long size) {
        long limit = settings.limits().copySource();
        if (size > limit) {
            throw Refusal.request(
                    "The specified copy source is larger than the maximum allowable size for a copy source: " + limit);
        }
    }

    /**
     * A current version that is copied onto itself must come out different; an older one may be brought back as it was.
     */
    private void requireChange(CopyObject request, ObjectVersion source) {
        boolean onto = request.source().bucket().equals(request.target().bucket())
                && request.source().key().equals(request.target().key());
        boolean changes = request.metadata().isPresent()
                || request.tags().isPresent()
                || request.storageClass().isPresent()
                || request.checksum().isPresent();
        if (onto && !changes && isCurrent(source)) {
            throw Refusal.request(
                    "This copy request is illegal because it is trying to copy an object to itself without changing "
                            + "the object's metadata, storage class, website redirect location or encryption "
                            + "attributes.");
        }
    }

    private boolean isCurrent(ObjectVersion source) {
        return buckets.current(source.bucket(), source.key())
                .filter(current -> current.id().equals(source.id()))
                .isPresent();
    }

    private static Optional<ChecksumAlgorithm> algorithm(CopyObject request, ObjectVersion source) {
        return request.checksum().or(() -> source.checksum().map(Checksum::algorithm));
    }

    private static ObjectMetadata metadata(CopyObject request, ObjectVersion source) {
        ObjectMetadata from = request.metadata().orElseGet(() -> withoutRedirect(source.metadata()));
        SortedMap<String, String> tags =
                new TreeMap<>(request.tags().orElseGet(() -> source.metadata().tags()));
        String storageClass = request.storageClass().orElse(ObjectMetadata.STANDARD);
        return new ObjectMetadata(from.headers(), from.user(), tags, storageClass);
    }

    private static ObjectMetadata withoutRedirect(ObjectMetadata metadata) {
        SortedMap<String, String> headers = new TreeMap<>(metadata.headers());
        headers.remove(REDIRECT);
        return new ObjectMetadata(headers, metadata.user(), metadata.tags(), metadata.storageClass());
    }
}
