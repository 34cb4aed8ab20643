package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A drive that is never replaced: what it had is on the others again after a while, with all of its redundancy, and
 * without anybody's doing.
 */
class LostForGoodIT {
    private static final String BUCKET = "survivor";
    private static final int OBJECTS = 12;
    private static final int LARGE = 700_000;
    private static final int SMALL = 90_000;
    private static final Duration REBUILT = Duration.ofSeconds(180);

    @TempDir
    Path dir;

    @Test
    void whatALostDriveHadIsRebuiltOnTheOthers() throws Exception {
        try (StoreProcess store = StoreProcess.under(dir)
                        .drives(6)
                        .with("KINTSUGI_STORAGE_CLASS_STANDARD", "EC:2+2")
                        .with("KINTSUGI_HEAL_AFTER", "2s")
                        .start();
                S3Client client = SharedStore.clientOf(store).build()) {
            client.createBucket(b -> b.bucket(BUCKET));
            for (int i = 0; i < OBJECTS; i++) {
                put(client, "large" + i, LARGE, i);
                put(client, "small" + i, SMALL, i);
            }
            assertEquals(OBJECTS, shards(store).size(), "each large object is one blob in files");
            SharedStore.delete(store.drive(3));
            awaitWhole(store);
            assertTrue(figures(store).contains("kintsugi_move_shards_total"), figures(store));
            readAll(client);
            // the redundancy is all there: half of the shards of any blob may go
            removeShards(store.drive(1));
            removeShards(store.drive(5));
            readAll(client);
            store.stop();
            store.start();
            readAll(client);
        }
    }

    /** Health does not say that all is well while an object is lost, and names what to do; other objects go on. */
    @Test
    void whatNobodyCanRestoreIsTold() throws Exception {
        try (StoreProcess store = StoreProcess.under(dir).drives(4).start();
                S3Client client = SharedStore.clientOf(store).build()) {
            client.createBucket(b -> b.bucket(BUCKET));
            put(client, "lost", LARGE, 1);
            for (int drive = 1; drive <= 3; drive++) {
                removeShards(store.drive(drive));
            }
            put(client, "whole", LARGE, 2);
            assertThrows(S3Exception.class, () -> get(client, "lost"));
            StoreHealth.await(store, "\"state\":\"degraded\"", "1 blobs can't be restored");
            assertEquals(1, StoreHealth.metric(store, "kintsugi_heal_lost_blobs"));
            assertTrue(store.log().contains("Object lost in bucket " + BUCKET), store.log());
            assertArrayEquals(Bytes.random(2, LARGE), get(client, "whole"));
            client.deleteObject(b -> b.bucket(BUCKET).key("lost"));
            StoreHealth.await(store, "\"state\":\"healthy\"", "\"healQueuedBlobs\":0");
            assertEquals(0, StoreHealth.metric(store, "kintsugi_heal_lost_blobs"));
        }
    }

    private static void put(S3Client client, String key, int size, int seed) {
        client.putObject(b -> b.bucket(BUCKET).key(key), RequestBody.fromBytes(Bytes.random(seed, size)));
    }

    private static void readAll(S3Client client) throws IOException {
        for (int i = 0; i < OBJECTS; i++) {
            assertArrayEquals(Bytes.random(i, LARGE), get(client, "large" + i));
            assertArrayEquals(Bytes.random(i, SMALL), get(client, "small" + i));
        }
    }

    private static byte[] get(S3Client client, String key) throws IOException {
        try (ResponseInputStream<GetObjectResponse> body =
                client.getObject(b -> b.bucket(BUCKET).key(key))) {
            return body.readAllBytes();
        }
    }

    /** By the store's own word, and by what lies in the folders. */
    private static void awaitWhole(StoreProcess store) throws Exception {
        long end = System.nanoTime() + REBUILT.toNanos();
        String health = "";
        while (System.nanoTime() - end < 0) {
            health = store.manage("/q/health/ready").body().replace(" ", "");
            boolean done = health.contains("\"healing\":false") && health.contains("\"healRemainingBytes\":0");
            Map<String, Long> shards = shards(store);
            if (done && shards.size() == OBJECTS && shards.values().stream().allMatch(n -> n >= 4)) {
                return;
            }
            Thread.sleep(100);
        }
        fail("it was not rebuilt within " + REBUILT + ": " + shards(store) + " " + health + " " + figures(store));
    }

    private static String figures(StoreProcess store) throws Exception {
        return store.manage("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("kintsugi_heal") || line.startsWith("kintsugi_move"))
                .collect(Collectors.joining("; "));
    }

    /** Of each blob in files, how many of its shards lie on any drive. */
    private static Map<String, Long> shards(StoreProcess store) throws IOException {
        Map<String, Long> count = new TreeMap<>();
        for (int drive = 1; drive <= 6; drive++) {
            Path folder = store.drive(drive).resolve("shards");
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.walk(folder)) {
                    files.filter(Files::isRegularFile)
                            .map(file -> file.getFileName().toString())
                            .map(name -> name.substring(0, name.indexOf('.')))
                            .collect(Collectors.groupingBy(name -> name, Collectors.counting()))
                            .forEach((name, n) -> count.merge(name, n, Long::sum));
                }
            }
        }
        return count;
    }

    private static void removeShards(Path drive) throws IOException {
        try (Stream<Path> files = Files.walk(drive.resolve("shards"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
        assertTrue(Files.exists(drive.resolve("kintsugi.json")));
    }
}
