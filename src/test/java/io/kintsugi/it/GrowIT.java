package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A store of four drives becomes one of six and its data spreads; two drives are drained and taken away; the process is
 * killed again and again meanwhile. Every object is read back bit for bit at each stage.
 */
class GrowIT {
    private static final String BUCKET = "grow";
    private static final int[] SIZES = {100, 20_000, 150_000, 600_000, 3_000_000};
    private static final int OBJECTS = 120;
    private static final int KILLS = 2;
    /** What has not begun again by then, after a kill, is done already. */
    private static final Duration AT_ONCE = Duration.ofSeconds(20);

    private static final Duration PATIENCE = Duration.ofSeconds(180);

    @TempDir
    Path dir;

    private final Map<String, Long> seeds = new HashMap<>();
    private final Random random = new Random(Long.getLong("kintsugi.seed", 18));

    @Test
    void drivesComeAndGoAndNothingIsLost() throws Exception {
        StoreProcess.Setup four = StoreProcess.under(dir).drives(4);
        try (StoreProcess store = four.start()) {
            try (S3Client client = client(store)) {
                client.createBucket(b -> b.bucket(BUCKET));
                put(client, OBJECTS);
            }
            store.stop();
        }
        StoreProcess.Setup six = four.drives(6);
        Files.createDirectories(dir.resolve("drive5"));
        Files.createDirectories(dir.resolve("drive6"));
        spread(six);
        StoreProcess.Setup draining = six.with("KINTSUGI_DRAIN", dir.resolve("drive") + "{2...3}");
        drain(draining);
        StoreProcess.Setup left = four.volumes(String.join(
                " ",
                dir.resolve("drive1").toString(),
                dir.resolve("drive4").toString(),
                dir.resolve("drive5").toString(),
                dir.resolve("drive6").toString()));
        leaveOut(left);
    }

    private void spread(StoreProcess.Setup six) throws Exception {
        try (StoreProcess store = six.start()) {
            killAndStart(store, "\"balancing\":\"moving\"");
            try (S3Client client = client(store)) {
                put(client, 20);
            }
            await(store, "\"balancing\":\"idle\"", "\"balanceRemainingBytes\":0");
            verify(store);
            long mean = (bytes(1) + bytes(2) + bytes(3) + bytes(4)) / 4;
            assertTrue(
                    bytes(5) > mean / 3 && bytes(6) > mean / 3,
                    "the new drives have " + bytes(5) + " and " + bytes(6) + ", the others " + mean);
            store.stop();
        }
    }

    private void drain(StoreProcess.Setup draining) throws Exception {
        try (StoreProcess store = draining.start()) {
            killAndStart(store, "shardsof");
            await(store, "drive2isdrained", "drive3isdrained", "\"catalogReplicas\":3");
            verify(store);
            assertTrue(store.manage("/q/metrics").body().contains("kintsugi_drain_done"), "the metrics tell of it");
            store.kill();
            store.start();
            verify(store);
            store.stop();
        }
    }

    private void leaveOut(StoreProcess.Setup left) throws Exception {
        SharedStore.delete(dir.resolve("drive2"));
        SharedStore.delete(dir.resolve("drive3"));
        try (StoreProcess store = left.start()) {
            verify(store);
            store.kill();
            store.start();
            verify(store);
            try (S3Client client = client(store)) {
                put(client, 10);
            }
            assertEquals(200, store.manage("/q/health/ready").statusCode());
            SharedStore.delete(dir.resolve("drive1"));
            SharedStore.delete(dir.resolve("drive5"));
            verify(store);
        }
    }

    /** Kills it in the middle of what it is doing, a few times, unless it is faster. */
    private void killAndStart(StoreProcess store, String during) throws Exception {
        int kills = 0;
        while (kills < KILLS && isSeen(store, during, kills == 0 ? PATIENCE : AT_ONCE)) {
            Thread.sleep(random.nextInt(200));
            store.kill();
            kills++;
            store.start();
            verify(store);
        }
        assertTrue(kills > 0, "it was never killed in the middle");
    }

    private static boolean isSeen(StoreProcess store, String sign, Duration within) throws Exception {
        long end = System.nanoTime() + within.toNanos();
        while (!health(store).contains(sign)) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            Thread.sleep(5);
        }
        return true;
    }

    private static String health(StoreProcess store) throws Exception {
        return store.manage("/q/health/ready").body().replace(" ", "").replace("\n", "");
    }

    /**
     * By a name of the host that no connection of an earlier store is kept for. A connection to a process that died is
     * noticed by a read, which is sent again, not by a write: so something is read after each start.
     */
    private static S3Client client(StoreProcess store) {
        URI endpoint = URI.create("http://localhost:" + store.endpoint().getPort());
        return SharedStore.clientOf(store).endpointOverride(endpoint).build();
    }

    private void put(S3Client client, int count) {
        for (int i = 0; i < count; i++) {
            String key = "k" + seeds.size();
            int size = SIZES[seeds.size() % SIZES.length];
            seeds.put(key, random.nextLong());
            client.putObject(b -> b.bucket(BUCKET).key(key), RequestBody.fromBytes(Bytes.random(seeds.get(key), size)));
        }
    }

    private void verify(StoreProcess store) {
        try (S3Client client = client(store)) {
            seeds.forEach((key, seed) -> {
                int size = SIZES[Integer.parseInt(key.substring(1)) % SIZES.length];
                byte[] found = KillWriter.patiently(() ->
                        client.getObjectAsBytes(b -> b.bucket(BUCKET).key(key)).asByteArray());
                assertArrayEquals(Bytes.random(seed, size), found, key);
            });
        }
    }

    private long bytes(int drive) {
        try (Stream<Path> files = Files.walk(dir.resolve("drive" + drive).resolve("shards"))) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(StoreProcess store, String... signs) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        String health = "";
        while (System.nanoTime() - end < 0) {
            health = health(store);
            if (Stream.of(signs).allMatch(health::contains)) {
                return;
            }
            Thread.sleep(20);
        }
        fail("it did not come about: " + String.join(", ", signs) + " in " + health);
    }
}
