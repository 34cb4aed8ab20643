package io.kintsugi.it;

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
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;

/** Clients that write objects of all sizes, and read back what was acknowledged, until they are stopped. */
final class Load {
    /** Inline, packed, and files of one stripe and of several. */
    private static final List<Integer> SIZES = List.of(100, 20_000, 300_000, 2_000_000);

    private static final int CLIENTS = 4;

    private volatile S3Client client;
    private final String bucket;
    /** Key to seed and size, of every write that was acknowledged. */
    private final Map<String, Integer> acknowledged = new ConcurrentHashMap<>();

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;
    private volatile CountDownLatch progress = new CountDownLatch(0);

    Load(S3Client client, String bucket) {
        this.client = client;
        this.bucket = bucket;
    }

    /** Goes on through another client. */
    void through(S3Client other) {
        client = other;
    }

    void start(long seed) {
        stopped = false;
        for (int i = 0; i < CLIENTS; i++) {
            int number = i;
            threads.add(Thread.ofVirtual().start(() -> run(new Random(seed + number), seed + "/" + number)));
        }
    }

    /** Waits until that many more writes were acknowledged. */
    void await(int writes) throws InterruptedException {
        progress = new CountDownLatch(writes);
        boolean done = progress.await(180, TimeUnit.SECONDS);
        assertEquals(List.of(), List.copyOf(failures), "no request may fail");
        assertTrue(done, "the load has come to a halt: " + progress.getCount() + " of " + writes + " to go");
    }

    void stop() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
        threads.clear();
        assertEquals(List.of(), List.copyOf(failures), "no request may fail");
    }

    /** Everything that was acknowledged is there, byte for byte, and listed. */
    void verify() {
        acknowledged.forEach(this::verify);
        long listed = client.listObjectsV2Paginator(b -> b.bucket(bucket)).contents().stream()
                .count();
        assertEquals(acknowledged.size(), listed);
    }

    int size() {
        return acknowledged.size();
    }

    private void run(Random random, String name) {
        try {
            for (int i = 0; !stopped; i++) {
                String key = name + "/" + i;
                int size = SIZES.get(random.nextInt(SIZES.size()));
                client.putObject(
                        b -> b.bucket(bucket).key(key), RequestBody.fromBytes(Bytes.random(key.hashCode(), size)));
                acknowledged.put(key, size);
                String earlier = name + "/" + random.nextInt(i + 1);
                verify(earlier, acknowledged.get(earlier));
                progress.countDown();
            }
        } catch (RuntimeException | AssertionError e) {
            failures.add(e);
        }
    }

    private void verify(String key, int size) {
        byte[] read = client.getObject(b -> b.bucket(bucket).key(key), ResponseTransformer.toBytes())
                .asByteArray();
        assertArrayEquals(Bytes.random(key.hashCode(), size), read, key);
    }
}
