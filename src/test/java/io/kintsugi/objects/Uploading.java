package io.kintsugi.objects;

import static io.kintsugi.objects.TestStore.BUCKET;
import static io.kintsugi.objects.TestStore.KEY;

import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.WriteCondition;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** An upload under way, for tests. */
final class Uploading {
    private final TestStore store;
    private final Upload upload;

    Uploading(TestStore store, Optional<Upload.ChecksumPlan> checksum) {
        this.store = store;
        this.upload = store.objects.createUpload(new CreateUpload(BUCKET, KEY, ObjectMetadata.NONE, checksum));
    }

    UploadName name() {
        return new UploadName(BUCKET, KEY, upload.id());
    }

    /** Uploads a part, and returns it as a completion lists it. */
    CompleteUpload.Part part(int number, byte[] bytes) {
        return listed(upload(number, TestBody.of(bytes)));
    }

    UploadedPart upload(int number, UploadBody body) {
        return store.objects.uploadPart(new UploadPart(name(), number, body));
    }

    UploadedPart copy(int number, RangeSpec range) {
        GetObject source = TestStore.getRequest(range);
        return store.objects
                .uploadPartCopy(new UploadPartCopy(name(), number, source))
                .part();
    }

    ObjectVersion complete(List<CompleteUpload.Part> parts) {
        return store.objects.completeUpload(completion(name(), parts));
    }

    static CompleteUpload.Part listed(UploadedPart part) {
        return new CompleteUpload.Part(part.part().number(), part.part().etag().value(), Optional.empty());
    }

    static CompleteUpload.Part listedWithChecksum(UploadedPart part) {
        return new CompleteUpload.Part(
                part.part().number(), part.part().etag().quoted(), part.part().checksum());
    }

    static CompleteUpload completion(UploadName name, List<CompleteUpload.Part> parts) {
        return new CompleteUpload(
                name, parts, Optional.empty(), Optional.empty(), OptionalLong.empty(), WriteCondition.NONE);
    }
}
