package io.kintsugi.objects;

import static io.kintsugi.objects.TestStore.WHOLE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.WriteCondition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Completions that are asked for once more, by a client that has lost the answer. */
class CompleteAgainTest {
    @AutoClose
    private final TestStore store = new TestStore();

    private final byte[] bytes = TestBody.bytes(20_000, 1);

    private Uploading begin() {
        return new Uploading(store, Optional.empty());
    }

    private CompleteUpload.Part part(Uploading upload) {
        return upload.part(1, bytes);
    }

    /** Uploads these bytes, the same each time, and completes that. */
    private ObjectVersion completed(Uploading upload) {
        return upload.complete(List.of(part(upload)));
    }

    private void refusesUnknown(Uploading upload, CompleteUpload.Part part) {
        assertEquals(
                StoreException.NotFound.Kind.UPLOAD,
                assertThrows(StoreException.NotFound.class, () -> upload.complete(List.of(part)))
                        .kind());
    }

    @ParameterizedTest
    @EnumSource(Versioning.class)
    void theAnswerIsTheSame(Versioning versioning) {
        if (versioning != Versioning.OFF) {
            store.versioning(versioning);
        }
        Uploading upload = begin();
        CompleteUpload.Part part = part(upload);
        ObjectVersion made = upload.complete(List.of(part));
        assertEquals(versioning != Versioning.ENABLED, made.id().isNull());
        assertEquals(made, upload.complete(List.of(part)));
        CompleteUpload.Part other = new CompleteUpload.Part(2, part.etag(), Optional.empty());
        refusesUnknown(upload, other);
        assertThrows(StoreException.NotFound.class, () -> upload.complete(List.of(part, other)));
    }

    /** Names have the time in them: that of the parts may be before that of the upload, or long after it. */
    @ParameterizedTest
    @ValueSource(strings = {"PT-1S", "PT-48H", "PT1S", "PT48H"})
    void theClockMayBeSetMeanwhile(Duration forward) {
        Uploading upload = begin();
        store.clock.set(forward);
        CompleteUpload.Part part = part(upload);
        ObjectVersion made = upload.complete(List.of(part));
        assertEquals(made, upload.complete(List.of(part)));
        store.clock.set(forward.negated());
        assertEquals(made, upload.complete(List.of(part)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-1H", "PT0S", "PT1H"})
    void whatHasTakenThePlaceOfTheObjectIsNotTakenForIt(Duration forward) {
        Uploading upload = begin();
        CompleteUpload.Part part = part(upload);
        upload.complete(List.of(part));
        store.clock.set(forward);
        store.put(TestBody.of(bytes));
        refusesUnknown(upload, part);
    }

    @Test
    void theObjectMayBeGone() {
        Uploading upload = begin();
        CompleteUpload.Part part = part(upload);
        upload.complete(List.of(part));
        store.delete(Optional.empty(), WriteCondition.NONE);
        refusesUnknown(upload, part);
    }

    /** The same bytes in the same parts: each client is told of its own object, as long as that is there. */
    @ParameterizedTest
    @ValueSource(strings = {"PT-1H", "PT0S", "PT1H"})
    void oneOfTwoUploadsOfTheSameBytesIsNotTakenForTheOther(Duration forward) {
        Uploading first = begin();
        CompleteUpload.Part part = part(first);
        store.clock.set(forward);
        Uploading second = begin();
        part(second);
        first.complete(List.of(part));
        ObjectVersion made = second.complete(List.of(part));
        assertEquals(made, second.complete(List.of(part)));
        refusesUnknown(first, part);
        assertArrayEquals(bytes, store.read(WHOLE));
    }

    @Test
    void eachOfTwoUploadsOfTheSameBytesHasItsVersion() {
        store.versioning(Versioning.ENABLED);
        Uploading first = begin();
        Uploading second = begin();
        ObjectVersion older = completed(first);
        ObjectVersion newer = completed(second);
        CompleteUpload.Part part =
                new CompleteUpload.Part(1, older.parts().getFirst().etag().value(), Optional.empty());
        assertEquals(older, first.complete(List.of(part)));
        assertEquals(newer, second.complete(List.of(part)));
    }

    /** The null version is not current any more, but there. */
    @Test
    void anObjectThatIsOlderByNowIsFound() {
        Uploading upload = begin();
        CompleteUpload.Part part = part(upload);
        ObjectVersion made = upload.complete(List.of(part));
        store.versioning(Versioning.ENABLED);
        store.put("newer");
        assertEquals(made, upload.complete(List.of(part)));
        store.delete(Optional.empty(), WriteCondition.NONE);
        assertEquals(made, upload.complete(List.of(part)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-1S", "PT0S", "PT1S"})
    void anAbortedUploadIsNotCompletedByATwin(Duration forward) {
        Uploading aborted = begin();
        CompleteUpload.Part part = part(aborted);
        store.clock.set(forward);
        completed(begin());
        store.objects.abortUpload(aborted.name());
        refusesUnknown(aborted, part);
        store.clock.set(forward);
        completed(begin());
        refusesUnknown(aborted, part);
    }
}
