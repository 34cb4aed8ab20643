package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Clients that write objects of all sizes and read back what was acknowledged. Nothing is tried twice. */
final class LocalLoad {
    /** Inline, packed, files of one stripe and of several. */
    private static final List<Integer> SIZES = List.of(100, 20_000, 300_000, 4_500_000);

    private static final int CLIENTS = 3;

    private final LocalStore store;
    /** Key to size, of every write that was acknowledged. */
    private final Map<String, Integer> acknowledged;

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;
    private volatile CountDownLatch progress = new CountDownLatch(0);

    LocalLoad(LocalStore store) {
        this(store, new ConcurrentHashMap<>());
    }

    private LocalLoad(LocalStore store, Map<String, Integer> acknowledged) {
        this.store = store;
        this.acknowledged = acknowledged;
    }

    /** What was acknowledged here is expected of that store, which was opened on the same drives. */
    LocalLoad on(LocalStore other) {
        return new LocalLoad(other, acknowledged);
    }

    void start(int seed) {
        stopped = false;
        for (int i = 0; i < CLIENTS; i++) {
            Random random = new Random(seed + i);
            String name = seed + "/" + i;
            threads.add(Thread.ofVirtual().start(() -> run(random, name)));
        }
    }

    /** Waits until that many more writes were acknowledged. */
    void await(int writes) throws InterruptedException {
        progress = new CountDownLatch(writes);
        boolean done = progress.await(180, TimeUnit.SECONDS);
        assertNoFailure();
        assertTrue(done, "the load has come to a halt");
    }

    void stop() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
        threads.clear();
        assertNoFailure();
    }

    private void assertNoFailure() {
        failures.forEach(Throwable::printStackTrace);
        assertEquals(List.of(), List.copyOf(failures), "no request may fail");
    }

    void write(int seed, int count) throws InterruptedException {
        start(seed);
        await(count);
        stop();
    }

    void verify() {
        acknowledged.forEach(this::verify);
    }

    static byte[] content(String key, int size) {
        return TestBody.bytes(size, key.hashCode());
    }

    private void verify(String key, int size) {
        assertArrayEquals(content(key, size), store.get(key), key);
    }

    private void run(Random random, String name) {
        try {
            for (int i = 0; !stopped; i++) {
                String key = name + "/" + i;
                int size = SIZES.get(random.nextInt(SIZES.size()));
                store.put(key, content(key, size));
                acknowledged.put(key, size);
                String earlier = name + "/" + random.nextInt(i + 1);
                verify(earlier, acknowledged.get(earlier));
                progress.countDown();
            }
        } catch (RuntimeException | AssertionError e) {
            failures.add(e);
        }
    }
}
