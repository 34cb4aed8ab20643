package io.kintsugi.objects;

import static io.kintsugi.objects.TestStore.BUCKET;
import static io.kintsugi.objects.TestStore.KEY;
import static io.kintsugi.objects.TestStore.WHOLE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.ByteSource;
import io.kintsugi.base.Checksum;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.StoreException.Invalid.Kind;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.codec.Digest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PutUseCaseTest {
    private static final int INLINE = 16 * 1024;

    @AutoClose
    private final TestStore store = new TestStore();

    private static byte[] digest(ChecksumAlgorithm algorithm, byte[] bytes) {
        Digest digest = Digest.of(algorithm);
        digest.update(bytes, 0, bytes.length);
        return digest.finish();
    }

    private void refuses(Kind kind, UploadBody body) {
        assertEquals(
                kind,
                assertThrows(StoreException.Invalid.class, () -> store.put(body))
                        .kind());
        assertEquals(0, store.blobCount());
        assertEquals(Optional.empty(), store.catalog.find(BUCKET, KEY, Optional.empty()));
    }

    @Test
    void tagIsTheMd5OfTheBytes() {
        ObjectVersion version = store.put("hello");
        assertEquals("5d41402abc4b2a76b9719d911017c592", version.etag().value());
        assertEquals(5, version.size());
        assertEquals(VersionId.NULL, version.id());
        assertEquals(store.clock.now(), version.lastModified());
        assertEquals("hello", store.text());
    }

    @ParameterizedTest
    @CsvSource({"0,INLINE", "1,INLINE", "16384,INLINE", "16385,PACKED", "262144,PACKED", "262145,FILES"})
    void bytesUpToTheLimitRideInTheCommit(int size, BlobRef.Form form) {
        byte[] bytes = TestBody.bytes(size, 1);
        ObjectVersion known = store.put(TestBody.of(bytes));
        ObjectVersion unknown = store.put(TestBody.of(bytes).withLength(OptionalLong.empty()));
        for (ObjectVersion version : new ObjectVersion[] {known, unknown}) {
            assertEquals(form, version.parts().getFirst().blob().form());
            assertEquals(size, version.size());
            assertEquals(
                    HexFormat.of().formatHex(digest(ChecksumAlgorithm.MD5, bytes)),
                    version.etag().value());
        }
        assertArrayEquals(bytes, store.read(WHOLE));
    }

    @ParameterizedTest
    @EnumSource(ChecksumAlgorithm.class)
    void everyAlgorithmIsComputedAndCompared(ChecksumAlgorithm algorithm) {
        byte[] bytes = TestBody.bytes(40_000, 2);
        byte[] value = digest(algorithm, bytes);
        ObjectVersion version = store.put(TestBody.of(bytes).withChecksum(algorithm, value));
        assertEquals(Optional.of(Checksum.fullObject(algorithm, value)), version.checksum());
        ObjectVersion computed = store.put(TestBody.of(bytes).withAlgorithm(algorithm));
        assertEquals(version.checksum(), computed.checksum());
        value[0] ^= 1;
        StoreException.Invalid refused = assertThrows(
                StoreException.Invalid.class, () -> store.put(TestBody.of(bytes).withChecksum(algorithm, value)));
        assertEquals(Kind.BAD_DIGEST, refused.kind());
    }

    @Test
    void withoutAnAlgorithmItIsCrc64Nvme() {
        byte[] bytes = "hello".getBytes(UTF_8);
        assertEquals(
                Optional.of(
                        Checksum.fullObject(ChecksumAlgorithm.CRC64NVME, digest(ChecksumAlgorithm.CRC64NVME, bytes))),
                store.put(TestBody.of(bytes)).checksum());
    }

    @ParameterizedTest
    @ValueSource(ints = {5, INLINE, INLINE + 1, 100_000})
    void contentMd5IsCompared(int size) {
        byte[] bytes = TestBody.bytes(size, 3);
        refuses(Kind.BAD_DIGEST, TestBody.of(bytes).withMd5(new byte[16]));
        store.put(TestBody.of(bytes).withMd5(digest(ChecksumAlgorithm.MD5, bytes)));
        assertArrayEquals(bytes, store.read(WHOLE));
    }

    @ParameterizedTest
    @CsvSource({"5,6", "6,5", "0,1", "1,0", "16384,16385", "16385,16384", "100000,99999", "99999,100000", "3,200000"})
    void aLengthThatLiesIsRefused(int size, int said) {
        refuses(Kind.INCOMPLETE_BODY, TestBody.of(size, 4).withLength(OptionalLong.of(said)));
    }

    @Test
    void tooLargeIsRefusedBeforeReading() {
        UploadBody body = TestBody.failing(new byte[0], new BodyWasRead(), OptionalLong.of(6L << 30));
        refuses(Kind.ENTITY_TOO_LARGE, body);
    }

    @Test
    void tooLargeIsNoticedWhileReading() {
        ObjectSettings small = new ObjectSettings(
                new ObjectSettings.Limits(1024, 2048, 50_000, 50_000, 50_000, 2000, 50_000),
                Optional.empty(),
                ObjectSettings.Upkeep.DEFAULTS);
        try (TestStore tight = new TestStore(small)) {
            tight.put(TestBody.of(50_000, 5).withLength(OptionalLong.empty()));
            StoreException.Invalid refused = assertThrows(
                    StoreException.Invalid.class,
                    () -> tight.put(TestBody.of(50_001, 5).withLength(OptionalLong.empty())));
            assertEquals(Kind.ENTITY_TOO_LARGE, refused.kind());
            assertEquals(1, tight.blobCount());
        }
    }

    @Test
    void aSettingLiftsTheGreatestSize() {
        ObjectSettings.Limits lifted = ObjectSettings.Limits.DEFAULTS.withMaxObject(100L << 40);
        assertEquals(100L << 40, lifted.object());
        assertEquals(100L << 40, lifted.put());
        assertEquals(5L << 30, lifted.maxPart());
    }

    @Test
    void userMetadataHasALimitOfBytes() {
        ObjectMetadata fits = new ObjectMetadata(Map.of(), Map.of("k", "é".repeat(1023) + "x"), Map.of());
        store.objects.put(new PutObject(BUCKET, KEY, fits, WriteCondition.NONE, TestBody.of(1, 1)));
        ObjectMetadata over = new ObjectMetadata(Map.of(), Map.of("k", "é".repeat(1024)), Map.of());
        StoreException.Invalid refused = assertThrows(
                StoreException.Invalid.class,
                () -> store.objects.put(new PutObject(BUCKET, KEY, over, WriteCondition.NONE, TestBody.of(1, 1))));
        assertEquals(Kind.METADATA_TOO_LARGE, refused.kind());
    }

    @Test
    void aConditionThatFailsRefusesBeforeTheBodyIsRead() {
        ObjectVersion first = store.put("one");
        UploadBody unread = TestBody.failing(new byte[0], new BodyWasRead(), OptionalLong.of(9));
        assertThrows(
                StoreException.PreconditionFailed.class,
                () -> store.objects.put(TestStore.putRequest(KEY, TestStore.ifAbsent(), unread)));
        assertThrows(
                StoreException.PreconditionFailed.class,
                () -> store.objects.put(TestStore.putRequest(KEY, TestStore.ifMatch("\"no\""), unread)));
        store.objects.put(TestStore.putRequest(
                KEY, TestStore.ifMatch(first.etag().quoted()), TestBody.of("two".getBytes(UTF_8))));
        assertEquals("two", store.text());
    }

    @Test
    void ifMatchWithoutAnObjectIsNotFound() {
        StoreException.NotFound refused = assertThrows(
                StoreException.NotFound.class,
                () -> store.objects.put(TestStore.putRequest(KEY, TestStore.ifMatch("*"), TestBody.of(1, 1))));
        assertEquals(StoreException.NotFound.Kind.KEY, refused.kind());
    }

    @Test
    void aDeleteMarkerCountsAsNoObject() {
        store.versioning(Bucket.Versioning.ENABLED);
        store.put("one");
        store.delete(Optional.empty(), WriteCondition.NONE);
        store.objects.put(TestStore.putRequest(KEY, TestStore.ifAbsent(), TestBody.of("two".getBytes(UTF_8))));
        assertEquals("two", store.text());
    }

    @Test
    void withoutItsBucketNothingIsRead() {
        BucketName other = new BucketName("other");
        UploadBody unread = TestBody.failing(new byte[0], new BodyWasRead(), OptionalLong.of(9));
        StoreException.NotFound refused = assertThrows(
                StoreException.NotFound.class,
                () -> store.objects.put(new PutObject(other, KEY, ObjectMetadata.NONE, WriteCondition.NONE, unread)));
        assertEquals(StoreException.NotFound.Kind.BUCKET, refused.kind());
    }

    /** Says that a body was read that must not be. */
    private static final class BodyWasRead extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BodyWasRead() {
            super("the body was read");
        }
    }

    /** A body, before the first byte of which something else happens. */
    private static TestBody racing(Runnable race) {
        TestBody body = TestBody.of(100_000, 1);
        boolean[] over = {false};
        ByteSource slow = target -> {
            if (!over[0]) {
                over[0] = true;
                race.run();
            }
            return body.read(target);
        };
        return new TestBody(slow, body.length(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Whoever was told that versions are kept from now on counts on the one that is there. */
    @Test
    void aWriteThatBeganBeforeVersioningReplacesNothingAfterIt() {
        store.put("old");
        TestBody late = racing(() -> store.versioning(Bucket.Versioning.ENABLED));
        assertThrows(StoreException.Conflict.class, () -> store.put(late));
        assertEquals("old", store.text());
        assertEquals(0, store.blobCount());
    }

    /** It would have the name of a version where there are none, and a deletion would say that it is gone. */
    @Test
    void aWriteThatOutlivesItsBucketIsNoVersionOfAnotherWithoutVersions() {
        store.versioning(Bucket.Versioning.ENABLED);
        assertThrows(
                StoreException.Conflict.class,
                () -> store.put(racing(() -> {
                    store.objects.deleteBucket(TestStore.BUCKET);
                    store.objects.createBucket(TestStore.BUCKET);
                })));
        assertEquals(0, store.blobCount());
        store.put("new");
        store.delete(Optional.empty(), WriteCondition.NONE);
        assertThrows(StoreException.NotFound.class, store::text);
        store.objects.deleteBucket(TestStore.BUCKET);
    }
}
