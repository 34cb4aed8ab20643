package io.kintsugi.objects;

import static io.kintsugi.objects.TestStore.BUCKET;
import static io.kintsugi.objects.TestStore.KEY;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Bucket;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.catalog.CatalogSettings;
import io.kintsugi.catalog.Reclaim;
import io.kintsugi.drives.DriveException;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimOp;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever fails in the course of a put, and wherever: no version, no shard and no memory is left of it. */
class UndoTest {
    private static final int INLINE = 10_000;
    private static final int PACKED = 100_000;
    private static final int FILES = 2_500_000;

    @AutoClose
    private final TestStore store = new TestStore();

    @AfterEach
    void nothingIsLeft() {
        assertEquals(Optional.empty(), store.catalog.find(BUCKET, KEY, Optional.empty()));
        assertEquals(0, store.blobCount(), "blobs left on the drives");
        assertEquals(0, store.slabs.statistics().inUseBytes(), "memory still lent");
        assertEquals(0, store.objects.pins().size(), "blobs still pinned");
    }

    /** A body that does something before it hands out its byte at {@code offset}. */
    private static TestBody at(long offset, int size, Runnable event) {
        TestBody body = TestBody.of(size, 1);
        long[] count = new long[1];
        boolean[] done = new boolean[1];
        return new TestBody(
                target -> {
                    if (count[0] >= offset && !done[0]) {
                        done[0] = true;
                        event.run();
                    }
                    int read = body.read(target);
                    count[0] += Math.max(0, read);
                    return read;
                },
                OptionalLong.of(size),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static Runnable failing(RuntimeException e) {
        return () -> {
            throw e;
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {INLINE, PACKED, FILES})
    void theClientGoesAway(int size) {
        for (double where : new double[] {0, 0.01, 0.5, 0.99, 1}) {
            UploadBody body = at((long) (where * size), size, failing(new StoreException.ClientGone("gone")));
            assertThrows(StoreException.ClientGone.class, () -> store.put(body));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {INLINE, PACKED, FILES})
    void aFaultThatNobodyForesaw(int size) {
        for (double where : new double[] {0, 0.5, 1}) {
            UploadBody body = at((long) (where * size), size, failing(new IllegalStateException("a bug")));
            assertThrows(IllegalStateException.class, () -> store.put(body));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "100000,0,WRITE_PACKED",
        "2500000,-1,CREATE",
        "2500000,0,APPEND",
        "2500000,0.5,APPEND",
        "2500000,1,PUBLISH"
    })
    void tooManyDrivesFail(int size, double where, SimOp op) {
        Runnable fault = () ->
                store.drives.sims().subList(0, 2).forEach(drive -> drive.failNext(1000, DriveException.Kind.IO, op));
        UploadBody body = where < 0 ? TestBody.of(size, 1) : at((long) (where * size), size, fault);
        if (where < 0) {
            fault.run();
        }
        assertThrows(StoreException.Unavailable.class, () -> store.put(body));
        assertTrue(store.drives.sim(0).count(op) > 0, "the fault was met");
    }

    @ParameterizedTest
    @ValueSource(ints = {INLINE, PACKED, FILES})
    void theConditionFailsAtTheCommit(int size) {
        UploadBody body = at(size / 2, size, () -> store.put("another"));
        PutObject request = TestStore.putRequest(KEY, TestStore.ifAbsent(), body);
        assertThrows(StoreException.PreconditionFailed.class, () -> store.objects.put(request));
        assertEquals("another", store.text());
        store.delete(Optional.empty(), WriteCondition.NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {INLINE, PACKED, FILES})
    void theBucketGoesAway(int size) {
        UploadBody body = at(size / 2, size, () -> store.objects.deleteBucket(BUCKET));
        StoreException.NotFound refused = assertThrows(StoreException.NotFound.class, () -> store.put(body));
        assertEquals(StoreException.NotFound.Kind.BUCKET, refused.kind());
        store.objects.createBucket(BUCKET);
    }

    @ParameterizedTest
    @ValueSource(ints = {PACKED, FILES})
    void theUploadGoesAway(int size) {
        Uploading uploading = new Uploading(store, Optional.empty());
        UploadBody body = at(size / 2, size, () -> store.objects.abortUpload(uploading.name()));
        StoreException.NotFound refused = assertThrows(StoreException.NotFound.class, () -> uploading.upload(1, body));
        assertEquals(StoreException.NotFound.Kind.UPLOAD, refused.kind());
    }

    /**
     * When the interrupt comes after the commit was asked for, it is not known whether it takes effect: then the blob
     * stays.
     */
    @ParameterizedTest
    @ValueSource(ints = {INLINE, PACKED, FILES})
    void anInterruptLeavesAllOrNothing(int size) {
        for (double where : new double[] {0, 0.5, 1}) {
            UploadBody body = at((long) (where * size), size, Thread.currentThread()::interrupt);
            Optional<StoreException.Unavailable.Kind> failure = Optional.empty();
            try {
                store.put(body);
            } catch (StoreException.Unavailable e) {
                failure = Optional.of(e.kind());
            }
            assertTrue(Thread.interrupted(), "the interrupt stays pending");
            boolean uncertain = failure.equals(Optional.of(StoreException.Unavailable.Kind.TIMEOUT));
            if (failure.isEmpty() || uncertain && isThere()) {
                assertArrayEquals(TestBody.bytes(size, 1), store.read(TestStore.WHOLE));
                discardAll();
            } else if (uncertain) {
                IntStream.range(0, 4).forEach(store::loseShards);
            }
        }
    }

    private boolean isThere() {
        // a change that is behind ours in the order of commits: when it is through, ours is too, or never will be
        store.versioning(Bucket.Versioning.SUSPENDED);
        return store.catalog.find(BUCKET, KEY, Optional.empty()).isPresent();
    }

    private void discardAll() {
        store.delete(Optional.of(VersionId.NULL), WriteCondition.NONE);
        List<Reclaim> queue = store.catalog.reclaimable(Duration.ZERO, 100);
        queue.forEach(entry -> store.blobs.discard(entry.blob()));
        store.catalog.reclaimed(queue);
    }

    @Test
    void aCommitThatDoesNotAnswerKeepsTheBlob() {
        try (TestStore silent = new TestStore(
                ObjectSettings.DEFAULTS,
                CatalogSettings.DEFAULT.withDeadlines(
                        Duration.ofMillis(200), Duration.ofMillis(200), Duration.ofMillis(50)))) {
            UploadBody body = at(0, PACKED, () -> silent.drives.sims().forEach(d -> d.holdAnswers(SimOp.COMMIT)));
            StoreException.Unavailable unknown = assertThrows(StoreException.Unavailable.class, () -> silent.put(body));
            assertEquals(StoreException.Unavailable.Kind.TIMEOUT, unknown.kind());
            assertEquals(1, silent.blobCount(), "the commit may have taken effect");
            silent.drives.sims().forEach(SimDrive::release);
        }
    }

    @Test
    void theSourceOfACopyFails() {
        store.put(TestBody.of(FILES, 1));
        store.drives.sims().subList(0, 3).forEach(drive -> drive.failNext(1000, DriveException.Kind.IO, SimOp.READ));
        CopyObject copy = new CopyObject(
                TestStore.getRequest(TestStore.WHOLE),
                new CopyObject.Target(BUCKET, ObjectKey.of("copy"), WriteCondition.NONE),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        assertThrows(StoreException.Unavailable.class, () -> store.objects.copy(copy));
        assertEquals(1, store.blobCount());
        store.drives.sims().forEach(SimDrive::comeOnline);
        discardAll();
    }
}
