package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.AtOnce;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.NoWait;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.catalog.Catalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What of a read takes no waiting, and that it gives the same as one that waits. */
class ReadAtOnceTest {
    private static final byte[] NO_MATCH = {'n', 'o'};
    private static final int PART = 5 << 20;
    private static final int WRITES = 300;
    private static final int READERS = 4;

    @AutoClose
    private final TestStore store = new TestStore();

    private void inMemory(BooleanSupplier rows) {
        store.drives.sims().forEach(drive -> drive.remember(rows));
    }

    private AtOnce<ObjectRead> get(RangeSpec range) {
        return NoWait.run(() -> store.objects.getAtOnce(TestStore.getRequest(range)));
    }

    private AtOnce<ObjectRead> head() {
        return NoWait.run(() -> store.objects.headAtOnce(TestStore.getRequest(TestStore.WHOLE)));
    }

    private static ObjectRead told(AtOnce<ObjectRead> answer) {
        assertInstanceOf(AtOnce.Told.class, answer);
        return answer.orWait();
    }

    @Test
    void aSmallObjectInMemoryIsTold() {
        inMemory(() -> true);
        store.put("hello");
        assertEquals(5, told(head()).version().size());
        ObjectRead read = told(get(TestStore.WHOLE));
        assertTrue(read.isInMemory());
        store.put("another");
        assertArrayEquals("hello".getBytes(), NoWait.run(() -> TestStore.bytes(read)), "its bytes came along");
        assertArrayEquals("oth".getBytes(), TestStore.bytes(told(get(new RangeSpec.FromTo(2, 4)))));
        store.put("");
        assertTrue(told(get(TestStore.WHOLE)).isInMemory());
    }

    @Test
    void bytesThatAreNotInMemoryAreReadLater() {
        store.put("hello");
        AtomicInteger looks = new AtomicInteger();
        inMemory(() -> looks.getAndIncrement() == 0);
        AtOnce<ObjectRead> read = get(TestStore.WHOLE);
        assertInstanceOf(AtOnce.Later.class, read);
        assertEquals(2, looks.get(), "row and bytes");
        assertArrayEquals("hello".getBytes(), TestStore.bytes(read.orWait()));
        assertEquals(2, looks.get(), "the row is not looked for again");
    }

    @Test
    void whatLiesOnDrivesIsFoundButNotSentAtOnce() {
        inMemory(() -> true);
        store.put(TestBody.of(60_000, 3));
        assertEquals(60_000, told(head()).version().size());
        ObjectRead read = told(get(TestStore.WHOLE));
        assertFalse(read.isInMemory());
        assertArrayEquals(TestBody.bytes(60_000, 3), TestStore.bytes(read));
    }

    @Test
    void severalPiecesTakeTheirTime() {
        inMemory(() -> true);
        Uploading upload = new Uploading(store, Optional.empty());
        byte[] last = {1, 2, 3};
        upload.complete(List.of(upload.part(1, TestBody.bytes(PART, 1)), upload.part(2, last)));
        AtOnce<ObjectRead> whole = get(TestStore.WHOLE);
        assertInstanceOf(AtOnce.Later.class, whole);
        assertEquals(PART + 3, TestStore.bytes(whole.orWait()).length);
        assertTrue(told(get(new RangeSpec.Part(2))).isInMemory());
        assertArrayEquals(last, TestStore.bytes(told(get(new RangeSpec.FromTo(PART, PART + 2)))));
        assertFalse(told(get(new RangeSpec.FromTo(0, 2))).isInMemory());
    }

    @Test
    void refusalsAreToldToo() {
        inMemory(() -> true);
        store.objects.hasVersionsAtOnce(TestStore.BUCKET).orWait();
        assertThrows(StoreException.NotFound.class, () -> get(TestStore.WHOLE));
        assertThrows(StoreException.NotFound.class, this::head);
        store.put("hello");
        assertThrows(StoreException.Invalid.class, () -> get(new RangeSpec.From(5)));
        ReadCondition never = new ReadCondition(
                Optional.of(new String(NO_MATCH)), Optional.empty(), Optional.empty(), Optional.empty());
        GetObject request = new GetObject(TestStore.BUCKET, TestStore.KEY, Optional.empty(), TestStore.WHOLE, never);
        assertThrows(StoreException.PreconditionFailed.class, () -> NoWait.run(() -> store.objects.getAtOnce(request)));
    }

    @Test
    void anOverwriteBetweenRowAndBytesIsReadAnew() {
        inMemory(() -> true);
        store.put("before");
        Catalog racing = RacingCatalog.behind(store.catalog, "findAtOnce", () -> store.put("after"));
        Objects objects = new Objects(racing, store.blobs, store.clock, Entropy.FAST, store.settings);
        ObjectRead read = told(objects.getAtOnce(TestStore.getRequest(TestStore.WHOLE)));
        assertArrayEquals("after".getBytes(), TestStore.bytes(read));
    }

    /** Whoever was told that a write is done reads that or a later one, and nobody goes back. */
    @Test
    void readsAmidWritesNeverGoBack() throws Exception {
        inMemory(() -> ThreadLocalRandom.current().nextInt(8) > 0);
        store.put(TestBody.of(1_000, 0));
        AtomicInteger written = new AtomicInteger();
        AtomicInteger toldAtOnce = new AtomicInteger();
        AtomicBoolean writing = new AtomicBoolean(true);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                readers.add(threads.submit(() -> {
                    int seen = 0;
                    while (writing.get()) {
                        int least = Math.max(seen, written.get());
                        AtOnce<ObjectRead> answer = get(TestStore.WHOLE);
                        toldAtOnce.addAndGet(answer instanceof AtOnce.Told ? 1 : 0);
                        ObjectRead read = answer.orWait();
                        seen = (int) read.version().size() - 1_000;
                        assertTrue(seen >= least, "read " + seen + " when " + least + " was written or read");
                        assertArrayEquals(TestBody.bytes(1_000 + seen, seen), TestStore.bytes(read));
                    }
                }));
            }
            // readers that begin late have what they came for, too
            for (int i = 1; i <= WRITES || toldAtOnce.get() == 0 && goOn(readers); i++) {
                store.put(TestBody.of(1_000 + i, i));
                written.set(i);
                ObjectVersion version = get(TestStore.WHOLE).orWait().version();
                assertEquals(1_000 + i, version.size(), "the writer reads its own");
            }
            writing.set(false);
            for (Future<?> reader : readers) {
                reader.get();
            }
        }
        assertTrue(toldAtOnce.get() > 0);
        store.delete(Optional.empty(), WriteCondition.NONE);
        assertThrows(StoreException.NotFound.class, () -> get(TestStore.WHOLE).orWait());
    }

    private static boolean goOn(List<Future<?>> readers) {
        return readers.stream().noneMatch(Future::isDone);
    }
}
