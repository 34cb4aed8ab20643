package io.kintsugi.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.StoreException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SlabPoolTest {
    private static final Duration LONG = Duration.ofSeconds(120);

    @Test
    void slabsAreAlignedAndLargeEnough() {
        SlabPool pool = new SlabPool(64 << 20);
        for (int bytes : new int[] {0, 1, 4096, 4097, 5000, 5121, 100_000, 1 << 20, (1 << 20) + 1, 1_398_101}) {
            try (Slab slab = pool.take(bytes, Duration.ZERO)) {
                assertTrue(slab.capacity() >= bytes && slab.capacity() <= Math.max(4096, bytes * 5L / 4), "" + bytes);
                assertEquals(0, slab.buffer().alignmentOffset(0, 4096));
                assertEquals(slab.capacity(), slab.buffer().remaining());
                if (Kernels.AVAILABLE) {
                    assertEquals(0, slab.address() % 4096);
                }
            }
        }
    }

    @Test
    void memoryIsTakenAgain() {
        SlabPool pool = new SlabPool(1 << 20);
        try (Slab a = pool.take(9000, Duration.ZERO)) {
            a.buffer().putLong(0, 0x1234_5678_9abc_def0L);
        }
        assertEquals(9216, pool.statistics().freeBytes());
        try (Slab b = pool.take(9100, Duration.ZERO)) {
            assertEquals(0x1234_5678_9abc_def0L, b.buffer().getLong(0));
            assertEquals(0, pool.statistics().freeBytes());
            assertEquals(9216, pool.statistics().inUseBytes());
        }
    }

    @Test
    void atOnceThereIsWhatFits() {
        SlabPool pool = new SlabPool(1 << 20);
        Slab half = pool.takeAtOnce(1 << 19).orElseThrow();
        assertEquals(Optional.empty(), pool.takeAtOnce((1 << 19) + 1));
        pool.takeAtOnce(1 << 19).orElseThrow().close();
        half.close();
        assertEquals(0, pool.statistics().inUseBytes());
        assertEquals(0, pool.statistics().refused());
    }

    @Test
    void aSecondCloseAndUseAfterCloseAreNoticed() {
        SlabPool pool = new SlabPool(1 << 20);
        Slab slab = pool.take(1, Duration.ZERO);
        slab.close();
        assertThrows(IllegalStateException.class, slab::close);
        assertThrows(IllegalStateException.class, slab::buffer);
        assertThrows(IllegalStateException.class, () -> slab.slice(0, 1));
        assertThrows(IllegalStateException.class, slab::address);
        assertEquals(0, pool.statistics().inUseSlabs());
        assertEquals(4096, pool.statistics().freeBytes());
    }

    @Test
    void viewsAreIndependent() {
        SlabPool pool = new SlabPool(1 << 20);
        try (Slab slab = pool.take(100, Duration.ZERO)) {
            ByteBuffer first = slab.buffer().position(7);
            assertEquals(0, slab.buffer().position());
            first.put((byte) 42);
            assertEquals(42, slab.slice(7, 1).get(0));
        }
    }

    @Test
    void anEmptyPoolRefusesAsSlowDown() {
        SlabPool pool = new SlabPool(8192);
        try (Slab a = pool.take(5000, Duration.ZERO)) {
            assertEquals(5120, a.capacity());
            var e = assertThrows(StoreException.Unavailable.class, () -> pool.take(4000, Duration.ofMillis(1)));
            assertEquals(StoreException.Unavailable.Kind.SLOW_DOWN, e.kind());
            assertEquals(1, pool.statistics().refused());
            assertEquals(0, pool.statistics().waiting());
        }
    }

    @Test
    void whatNeverFitsIsAnErrorOfTheCaller() {
        SlabPool pool = new SlabPool(8192);
        assertThrows(IllegalArgumentException.class, () -> pool.take(8193, LONG));
        assertThrows(IllegalArgumentException.class, () -> pool.take(-1, LONG));
        assertThrows(IllegalArgumentException.class, () -> new SlabPool(1));
    }

    @Test
    void freeSlabsOfOtherSizesMakeRoom() {
        SlabPool pool = new SlabPool(16384);
        pool.take(8192, Duration.ZERO).close();
        pool.take(5000, Duration.ZERO).close();
        try (Slab large = pool.take(16384, Duration.ZERO)) {
            assertEquals(16384, large.capacity());
            assertEquals(0, pool.statistics().freeBytes());
        }
    }

    @Test
    void aSomewhatLargerFreeSlabIsTakenBeforeOneIsDropped() {
        SlabPool pool = new SlabPool(16384);
        try (Slab held = pool.take(8192, Duration.ZERO)) {
            pool.take(8192, Duration.ZERO).close();
            try (Slab small = pool.take(5000, Duration.ZERO)) {
                assertEquals(8192, small.capacity());
                assertEquals(held.capacity() + 8192, pool.statistics().inUseBytes());
            }
            assertEquals(8192, pool.statistics().freeBytes());
        }
    }

    @Test
    void whatTheSystemRefusesIsSaid() {
        SlabPool pool = new SlabPool(1L << 50);
        List<Slab> held = new ArrayList<>();
        try {
            var e = assertThrows(StoreException.Unavailable.class, () -> {
                while (true) {
                    held.add(pool.take(1 << 30, Duration.ZERO)); // all that the tests' JVM may have
                }
            });
            assertTrue(e.getMessage().contains("-XX:MaxDirectMemorySize"), e::getMessage);
        } finally {
            held.forEach(Slab::close);
        }
        assertEquals(0, pool.statistics().inUseBytes());
    }

    @Test
    void whoWaitsIsServedWhenASlabComesBack() throws Exception {
        SlabPool pool = new SlabPool(8192);
        Slab held = pool.take(8192, Duration.ZERO);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> waiting = threads.submit(() -> {
                try (Slab s = pool.take(8192, LONG)) {
                    return s.capacity();
                }
            });
            awaitWaiting(pool, 1);
            held.close();
            assertEquals(8192, waiting.get(120, TimeUnit.SECONDS));
        }
        assertEquals(0, pool.statistics().inUseBytes());
    }

    @Test
    void aLargeWishIsNotOvertakenForever() throws Exception {
        SlabPool pool = new SlabPool(16384);
        Slab held = pool.take(8192, Duration.ZERO);
        CountDownLatch served = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> large = threads.submit(() -> {
                try (Slab s = pool.take(16384, LONG)) {
                    assertEquals(16384, s.capacity());
                    served.countDown();
                }
            });
            awaitWaiting(pool, 1);
            assertThrows(StoreException.Unavailable.class, () -> pool.take(4096, Duration.ZERO));
            held.close();
            large.get(120, TimeUnit.SECONDS);
        }
        assertEquals(0, served.getCount());
    }

    @Test
    void anInterruptedWaiterLeavesTheQueue() throws Exception {
        SlabPool pool = new SlabPool(4096);
        try (Slab held = pool.take(1, Duration.ZERO)) {
            CountDownLatch refused = new CountDownLatch(1);
            Thread t = Thread.ofVirtual().start(() -> {
                assertThrows(StoreException.Unavailable.class, () -> pool.take(1, LONG));
                refused.countDown();
            });
            awaitWaiting(pool, 1);
            t.interrupt();
            assertTrue(refused.await(120, TimeUnit.SECONDS));
            assertEquals(0, pool.statistics().waiting());
            assertEquals(4096, held.capacity());
        }
    }

    @Test
    void theBoundHoldsUnderManyTakers() throws Exception {
        SlabPool pool = new SlabPool(256 * 1024);
        AtomicLong lent = new AtomicLong();
        AtomicLong most = new AtomicLong();
        List<Future<?>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 64; i++) {
                Random random = new Random(i);
                all.add(threads.submit(() -> takeMany(pool, random, lent, most)));
            }
            for (Future<?> f : all) {
                f.get(300, TimeUnit.SECONDS);
            }
        }
        assertTrue(most.get() <= 256 * 1024, () -> "" + most);
        SlabPool.Statistics s = pool.statistics();
        assertEquals(0, s.inUseBytes() + s.inUseSlabs() + s.waiting());
        assertEquals(64 * 50, s.taken());
        assertTrue(s.freeBytes() <= s.maxBytes(), s::toString);
    }

    private static void takeMany(SlabPool pool, Random random, AtomicLong lent, AtomicLong most) {
        for (int n = 0; n < 50; n++) {
            try (Slab s = pool.take(random.nextInt(100_000), LONG)) {
                long now = lent.addAndGet(s.capacity());
                most.accumulateAndGet(now, Math::max);
                long mark = random.nextLong();
                s.buffer().putLong(0, mark);
                Thread.yield();
                assertEquals(mark, s.buffer().getLong(0));
                lent.addAndGet(-s.capacity());
            }
        }
    }

    private static void awaitWaiting(SlabPool pool, int count) throws InterruptedException {
        while (pool.statistics().waiting() < count) {
            Thread.sleep(1);
        }
    }
}
