package io.kintsugi.objects;

import static io.kintsugi.objects.TestStore.BUCKET;
import static io.kintsugi.objects.TestStore.KEY;
import static io.kintsugi.objects.TestStore.WHOLE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.Bucket;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.StoreException.Invalid.Kind;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CopyUseCaseTest {
    private static final ObjectKey OTHER = ObjectKey.of("other");
    private static final ObjectMetadata SAID = new ObjectMetadata(
            Map.of("content-type", "text/plain", "x-amz-website-redirect-location", "/there"),
            Map.of("colour", "blue"),
            Map.of("team", "one"));

    @AutoClose
    private final TestStore store = new TestStore();

    private static GetObject source(Optional<VersionId> version, ReadCondition condition) {
        return new GetObject(BUCKET, KEY, version, WHOLE, condition);
    }

    private static CopyObject plain(GetObject source, ObjectKey target) {
        return new CopyObject(
                source,
                new CopyObject.Target(BUCKET, target, WriteCondition.NONE),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static CopyObject saying(
            ObjectKey target, Optional<ObjectMetadata> metadata, Optional<Map<String, String>> tags) {
        CopyObject plain = plain(target);
        return new CopyObject(plain.source(), plain.target(), metadata, tags, Optional.empty(), Optional.empty());
    }

    /** Onto itself. */
    private static CopyObject again(Optional<String> storageClass, Optional<ChecksumAlgorithm> checksum) {
        CopyObject plain = plain(KEY);
        return new CopyObject(
                plain.source(), plain.target(), Optional.empty(), Optional.empty(), storageClass, checksum);
    }

    private static CopyObject plain(ObjectKey target) {
        return plain(source(Optional.empty(), ReadCondition.NONE), target);
    }

    private void put(byte[] bytes) {
        store.objects.put(new PutObject(BUCKET, KEY, SAID, WriteCondition.NONE, TestBody.of(bytes)));
    }

    private byte[] read(ObjectKey key) {
        return TestStore.bytes(
                store.objects.get(new GetObject(BUCKET, key, Optional.empty(), WHOLE, ReadCondition.NONE)));
    }

    private void refuses(CopyObject request) {
        assertEquals(
                Kind.REQUEST,
                assertThrows(StoreException.Invalid.class, () -> store.objects.copy(request))
                        .kind());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16_384, 16_385, 1_000_000})
    void copiesBytesAndWhatWasSaidAboutThem(int size) {
        byte[] bytes = TestBody.bytes(size, 1);
        put(bytes);
        CopyResult result = store.objects.copy(plain(OTHER));
        assertArrayEquals(bytes, read(OTHER));
        assertEquals(result.source().etag(), result.target().etag());
        assertEquals(result.source().checksum(), result.target().checksum());
        assertEquals("text/plain", result.target().metadata().headers().get("content-type"));
        assertEquals("blue", result.target().metadata().user().get("colour"));
        assertEquals("one", result.target().metadata().tags().get("team"));
        assertFalse(result.target().metadata().headers().containsKey("x-amz-website-redirect-location"));
    }

    @Test
    void aCopyHasBlobsOfItsOwn() {
        put(TestBody.bytes(100_000, 1));
        CopyResult result = store.objects.copy(plain(OTHER));
        assertEquals(2, store.blobCount());
        assertFalse(result.source()
                .parts()
                .getFirst()
                .blob()
                .equals(result.target().parts().getFirst().blob()));
    }

    @Test
    void metadataAndTagsAreReplacedEachForItself() {
        put("x".getBytes(UTF_8));
        ObjectMetadata fresh = new ObjectMetadata(Map.of("content-type", "image/png"), Map.of("k", "v"), Map.of());
        ObjectMetadata replaced = store.objects
                .copy(saying(OTHER, Optional.of(fresh), Optional.empty()))
                .target()
                .metadata();
        assertEquals(Map.of("content-type", "image/png"), replaced.headers());
        assertEquals(Map.of("k", "v"), replaced.user());
        assertEquals(Map.of("team", "one"), replaced.tags());
        ObjectMetadata retagged = store.objects
                .copy(saying(OTHER, Optional.empty(), Optional.of(Map.of("a", "b"))))
                .target()
                .metadata();
        assertEquals(Map.of("colour", "blue"), retagged.user());
        assertEquals(Map.of("a", "b"), retagged.tags());
    }

    @Test
    void ontoItselfSomethingMustChange() {
        put("x".getBytes(UTF_8));
        refuses(plain(KEY));
        ObjectVersion changed = store.objects
                .copy(saying(KEY, Optional.of(ObjectMetadata.NONE), Optional.empty()))
                .target();
        assertEquals(Map.of(), changed.metadata().user());
        ObjectVersion tagged = store.objects
                .copy(saying(KEY, Optional.empty(), Optional.of(Map.of("a", "b"))))
                .target();
        assertEquals(Map.of("a", "b"), tagged.metadata().tags());
        ObjectVersion summed = store.objects
                .copy(again(Optional.empty(), Optional.of(ChecksumAlgorithm.SHA256)))
                .target();
        assertEquals(ChecksumAlgorithm.SHA256, summed.checksum().orElseThrow().algorithm());
        ObjectVersion classed = store.objects
                .copy(again(Optional.of(ObjectMetadata.STANDARD), Optional.empty()))
                .target();
        assertEquals(summed.checksum(), classed.checksum());
        assertEquals("x", store.text());
    }

    @Test
    void anOlderVersionMayBeBroughtBackAsItWas() {
        store.versioning(Bucket.Versioning.ENABLED);
        ObjectVersion old = store.put("old");
        ObjectVersion current = store.put("new");
        refuses(plain(source(Optional.of(current.id()), ReadCondition.NONE), KEY));
        store.objects.copy(plain(source(Optional.of(old.id()), ReadCondition.NONE), KEY));
        assertEquals("old", store.text());
    }

    @Test
    void conditionsOfTheSourceFailTheRequest() {
        put("x".getBytes(UTF_8));
        String tag =
                store.objects.head(TestStore.getRequest(WHOLE)).version().etag().quoted();
        ReadCondition none = new ReadCondition(Optional.empty(), Optional.of(tag), Optional.empty(), Optional.empty());
        ReadCondition future = new ReadCondition(
                Optional.empty(),
                Optional.empty(),
                Optional.of(Instant.parse("2036-01-01T00:00:00Z")),
                Optional.empty());
        ReadCondition match =
                new ReadCondition(Optional.of("\"no\""), Optional.empty(), Optional.empty(), Optional.empty());
        for (ReadCondition condition : new ReadCondition[] {none, future, match}) {
            assertThrows(
                    StoreException.PreconditionFailed.class,
                    () -> store.objects.copy(plain(source(Optional.empty(), condition), OTHER)));
        }
    }

    @Test
    void theConditionOfTheTargetIsItsOwn() {
        put("x".getBytes(UTF_8));
        CopyObject.Target absent = new CopyObject.Target(BUCKET, OTHER, TestStore.ifAbsent());
        CopyObject request = new CopyObject(
                source(Optional.empty(), ReadCondition.NONE),
                absent,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        store.objects.copy(request);
        assertThrows(StoreException.PreconditionFailed.class, () -> store.objects.copy(request));
    }

    @Test
    void markersAreNoSources() {
        store.versioning(Bucket.Versioning.ENABLED);
        store.put("x");
        DeleteObjects.Deleted marked = (DeleteObjects.Deleted) store.delete(Optional.empty(), WriteCondition.NONE);
        refuses(plain(source(marked.marker(), ReadCondition.NONE), OTHER));
        StoreException.NotFound absent =
                assertThrows(StoreException.NotFound.class, () -> store.objects.copy(plain(OTHER)));
        assertEquals(StoreException.NotFound.Kind.KEY, absent.kind());
    }

    @Test
    void aSourceHasAGreatestSize() {
        try (TestStore tight = new TestStore(new ObjectSettings(
                new ObjectSettings.Limits(1024, 2048, 50_000, 50_000, 20_000, 2000, 50_000),
                Optional.empty(),
                ObjectSettings.Upkeep.DEFAULTS))) {
            tight.put(TestBody.of(20_000, 1));
            tight.objects.copy(plain(OTHER));
            tight.put(TestBody.of(20_001, 1));
            StoreException.Invalid refused =
                    assertThrows(StoreException.Invalid.class, () -> tight.objects.copy(plain(OTHER)));
            assertEquals(Kind.REQUEST, refused.kind());
        }
    }
}
