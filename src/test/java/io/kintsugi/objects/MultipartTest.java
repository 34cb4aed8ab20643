package io.kintsugi.objects;

import static io.kintsugi.objects.TestStore.BUCKET;
import static io.kintsugi.objects.TestStore.KEY;
import static io.kintsugi.objects.TestStore.WHOLE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ChecksumType;
import io.kintsugi.base.ETag;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.StoreException.Invalid.Kind;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.catalog.CatalogSettings;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimOp;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MultipartTest {
    private static final int MIN = 20_000;
    private static final ObjectSettings SMALL_PARTS = new ObjectSettings(
            new ObjectSettings.Limits(1024, 2048, 200_000, 100_000, 200_000, MIN, 60_000),
            Optional.of(ChecksumAlgorithm.CRC64NVME),
            ObjectSettings.Upkeep.DEFAULTS);

    @AutoClose
    private final TestStore store = new TestStore(SMALL_PARTS);

    private final byte[] bytes = TestBody.bytes(3 * MIN, 1);
    private final Uploading uploading = new Uploading(store, Optional.empty());

    private static void refuses(Kind kind, Runnable request) {
        assertEquals(
                kind, assertThrows(StoreException.Invalid.class, request::run).kind(), "wrong kind of refusal");
    }

    private static void refusesUnknown(Runnable request) {
        assertEquals(
                StoreException.NotFound.Kind.UPLOAD,
                assertThrows(StoreException.NotFound.class, request::run).kind());
    }

    /** An upload of {@code bytes} in two parts, the second being short. */
    private List<CompleteUpload.Part> twoParts() {
        return List.of(
                uploading.part(1, Arrays.copyOf(bytes, MIN)),
                uploading.part(2, Arrays.copyOfRange(bytes, MIN, MIN + 500)));
    }

    // ---- create and part

    @Test
    void metadataIsThatOfTheCreation() {
        ObjectMetadata said = new ObjectMetadata(Map.of("content-type", "text/x"), Map.of("a", "b"), Map.of("t", "u"));
        Upload upload = store.objects.createUpload(new CreateUpload(BUCKET, KEY, said, Optional.empty()));
        UploadName name = new UploadName(BUCKET, KEY, upload.id());
        UploadedPart part = store.objects.uploadPart(new UploadPart(name, 1, TestBody.of(10, 1)));
        ObjectVersion made = store.objects.completeUpload(Uploading.completion(name, List.of(Uploading.listed(part))));
        assertEquals(said, made.metadata());
        assertTrue(made.multipart());
    }

    @Test
    void aTypeThatTheAlgorithmCannotHaveIsRefused() {
        Upload.ChecksumPlan impossible = new Upload.ChecksumPlan(ChecksumAlgorithm.SHA1, ChecksumType.FULL_OBJECT);
        refuses(
                Kind.REQUEST,
                () -> store.objects.createUpload(
                        new CreateUpload(BUCKET, KEY, ObjectMetadata.NONE, Optional.of(impossible))));
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 10_001})
    void partsHaveNumbersFromOneToTenThousand(int number) {
        refuses(Kind.ARGUMENT, () -> uploading.part(number, bytes));
        uploading.part(1, new byte[1]);
        uploading.part(10_000, new byte[1]);
    }

    @Test
    void partsHaveAGreatestSize() {
        uploading.part(1, new byte[60_000]);
        refuses(Kind.ENTITY_TOO_LARGE, () -> uploading.part(1, new byte[60_001]));
    }

    @Test
    void aPartOfAnUnknownUploadIsRefusedBeforeItIsRead() {
        store.objects.abortUpload(uploading.name());
        refusesUnknown(() -> uploading.part(1, bytes));
        UploadName elsewhere = new UploadName(
                BUCKET, ObjectKey.of("elsewhere"), uploading.name().id());
        refusesUnknown(() -> store.objects.uploadPart(new UploadPart(elsewhere, 1, TestBody.of(1, 1))));
        assertEquals(0, store.blobCount());
    }

    @Test
    void partsAreListedInPages() {
        for (int number : new int[] {7, 1, 3}) {
            uploading.part(number, new byte[] {(byte) number});
        }
        PartsPage first = store.objects.listParts(uploading.name(), 0, 2);
        assertEquals(List.of(1, 3), numbers(first));
        assertTrue(first.truncated());
        PartsPage second = store.objects.listParts(uploading.name(), 3, 2);
        assertEquals(List.of(7), numbers(second));
        assertTrue(!second.truncated());
        assertTrue(!store.objects.listParts(uploading.name(), 0, 3).truncated());
        assertEquals(List.of(), numbers(store.objects.listParts(uploading.name(), 0, 0)));
    }

    private static List<Integer> numbers(PartsPage page) {
        return page.parts().stream().map(p -> p.part().number()).toList();
    }

    // ---- complete

    @Test
    void theObjectIsItsPartsInOrder() {
        List<CompleteUpload.Part> parts = List.of(
                uploading.part(2, Arrays.copyOf(bytes, MIN)),
                uploading.part(5, Arrays.copyOfRange(bytes, MIN, 2 * MIN)),
                uploading.part(9, Arrays.copyOfRange(bytes, 2 * MIN, 2 * MIN + 300)));
        ObjectVersion made = uploading.complete(parts);
        byte[] all = Arrays.copyOf(bytes, 2 * MIN + 300);
        assertEquals(all.length, made.size());
        assertArrayEquals(all, store.read(WHOLE));
        assertArrayEquals(
                Arrays.copyOfRange(all, MIN - 10, 2 * MIN + 10),
                store.read(new RangeSpec.FromTo(MIN - 10, 2 * MIN + 9)));
        assertArrayEquals(Arrays.copyOfRange(all, MIN, 2 * MIN), store.read(new RangeSpec.Part(5)));
        assertArrayEquals(Arrays.copyOfRange(all, 2 * MIN, all.length), store.read(new RangeSpec.Part(9)));
        refuses(Kind.PART_NUMBER, () -> store.read(new RangeSpec.Part(1)));
        assertEquals(3, store.blobCount(), "two parts and the manifest; the short last part is inline");
    }

    @Test
    void theTagIsMadeOfThePartsTags() {
        // printf 'a' | md5sum, printf 'b' | md5sum; the two binary values together | md5sum
        ETag tag = PartSums.etag(
                List.of(new ETag("0cc175b9c0f1b6a831c399e269772661"), new ETag("92eb5ffee6ae2fec3ad71c777531578f")));
        assertEquals("96e024ba2074fe77e8e965ba43a704be-2", tag.value());
    }

    @Test
    void partsThatAreNotListedAreDropped() {
        List<CompleteUpload.Part> parts = twoParts();
        uploading.part(3, Arrays.copyOf(bytes, MIN));
        uploading.complete(parts);
        assertEquals(1, store.catalog.reclaimable(Duration.ZERO, 10).size());
    }

    @Test
    void partsAreListedInAscendingOrder() {
        List<CompleteUpload.Part> parts = twoParts();
        refuses(Kind.PART_ORDER, () -> uploading.complete(parts.reversed()));
        refuses(Kind.PART_ORDER, () -> uploading.complete(List.of(parts.getFirst(), parts.getFirst())));
        refuses(Kind.REQUEST, () -> uploading.complete(List.of()));
    }

    @Test
    void everyListedPartIsOneThatWasUploaded() {
        List<CompleteUpload.Part> parts = twoParts();
        CompleteUpload.Part unknown = new CompleteUpload.Part(3, parts.getLast().etag(), Optional.empty());
        refuses(Kind.PART, () -> uploading.complete(List.of(parts.getFirst(), parts.getLast(), unknown)));
        CompleteUpload.Part wrong = new CompleteUpload.Part(1, parts.getLast().etag(), Optional.empty());
        refuses(Kind.PART, () -> uploading.complete(List.of(wrong, parts.getLast())));
        CompleteUpload.Part any = new CompleteUpload.Part(1, "*", Optional.empty());
        refuses(Kind.PART, () -> uploading.complete(List.of(any)));
        CompleteUpload.Part quoted =
                new CompleteUpload.Part(1, '"' + parts.getFirst().etag() + '"', Optional.empty());
        uploading.complete(List.of(quoted, parts.getLast()));
    }

    @Test
    void onlyTheLastPartMayBeSmall() {
        CompleteUpload.Part small = uploading.part(1, new byte[MIN - 1]);
        CompleteUpload.Part last = uploading.part(2, new byte[1]);
        refuses(Kind.ENTITY_TOO_SMALL, () -> uploading.complete(List.of(small, last)));
        assertEquals(MIN - 1, uploading.complete(List.of(small)).size());
    }

    @Test
    void theObjectHasAGreatestSize() {
        CompleteUpload.Part one = uploading.part(1, new byte[60_000]);
        CompleteUpload.Part two = uploading.part(2, new byte[40_001]);
        refuses(Kind.ENTITY_TOO_LARGE, () -> uploading.complete(List.of(one, two)));
    }

    @Test
    void theClaimedSizeIsCompared() {
        List<CompleteUpload.Part> parts = twoParts();
        CompleteUpload plain = Uploading.completion(uploading.name(), parts);
        CompleteUpload wrong = new CompleteUpload(
                plain.upload(), parts, Optional.empty(), Optional.empty(), OptionalLong.of(1), WriteCondition.NONE);
        refuses(Kind.REQUEST, () -> store.objects.completeUpload(wrong));
        store.objects.completeUpload(new CompleteUpload(
                plain.upload(),
                parts,
                Optional.empty(),
                Optional.empty(),
                OptionalLong.of(MIN + 500),
                WriteCondition.NONE));
    }

    @Test
    void aPartThatIsUploadedAgainReplacesTheFirst() {
        CompleteUpload.Part first = uploading.part(1, Arrays.copyOf(bytes, MIN));
        CompleteUpload.Part again = uploading.part(1, Arrays.copyOfRange(bytes, MIN, 2 * MIN));
        refuses(Kind.PART, () -> uploading.complete(List.of(first)));
        uploading.complete(List.of(again));
        assertArrayEquals(Arrays.copyOfRange(bytes, MIN, 2 * MIN), store.read(WHOLE));
    }

    @Test
    void conditionsHoldForTheCompletion() {
        store.put("there");
        List<CompleteUpload.Part> parts = twoParts();
        CompleteUpload absent = new CompleteUpload(
                uploading.name(),
                parts,
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                TestStore.ifAbsent());
        assertThrows(StoreException.PreconditionFailed.class, () -> store.objects.completeUpload(absent));
        store.delete(Optional.empty(), WriteCondition.NONE);
        ObjectVersion made = store.objects.completeUpload(absent);
        assertEquals(made, store.objects.completeUpload(absent), "asked again, its own object is no obstacle");
    }

    @Test
    void anAbortedUploadIsGone() {
        List<CompleteUpload.Part> parts = twoParts();
        store.objects.abortUpload(uploading.name());
        refusesUnknown(() -> uploading.complete(parts));
        refusesUnknown(() -> store.objects.abortUpload(uploading.name()));
        refusesUnknown(() -> store.objects.listParts(uploading.name(), 0, 10));
    }

    @Test
    void thatItIsNotKnownIsSaidAlsoWhenTheCatalogCannotBeAskedAgain() {
        Duration soon = Duration.ofMillis(200);
        CatalogSettings hasty = CatalogSettings.DEFAULT.withDeadlines(soon, soon, soon);
        try (TestStore other = new TestStore(ObjectSettings.DEFAULTS, hasty)) {
            Uploading uploading = new Uploading(other, Optional.empty());
            CompleteUpload.Part part = uploading.part(1, TestBody.bytes(100, 1));
            other.drives.sims().forEach(drive -> drive.holdAnswers(SimOp.COMMIT));
            StoreException.Unavailable unknown =
                    assertThrows(StoreException.Unavailable.class, () -> uploading.complete(List.of(part)));
            assertEquals(StoreException.Unavailable.Kind.TIMEOUT, unknown.kind(), unknown.getMessage());
            other.drives.sims().forEach(SimDrive::release);
        }
    }
}
