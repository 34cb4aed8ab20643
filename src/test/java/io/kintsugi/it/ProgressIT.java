package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * What an operator sees while a lost drive is healed and while one is drained, over the wire: figures that go down to
 * exactly nothing, done only when it is, and health that says what is the matter.
 */
class ProgressIT {
    private static final String BUCKET = "progress";
    private static final int DRIVES = 6;
    private static final int OBJECTS = 60;
    private static final int BYTES = 600_000;
    private static final int SHARDS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    @TempDir
    Path dir;

    private StoreProcess store;
    private final AtomicBoolean over = new AtomicBoolean();
    private Thread reader = new Thread(() -> {});

    /** One look at the metrics: what they said of each of some names, of all labels together. */
    private record Look(Map<String, Double> values) {
        double of(String name) {
            return values.getOrDefault(name, 0.0);
        }
    }

    private StoreProcess.Setup setup() {
        return StoreProcess.under(dir)
                .drives(DRIVES)
                .with("KINTSUGI_STORAGE_CLASS_STANDARD", "EC:2+2")
                .with("KINTSUGI_HEAL_AFTER", "2s")
                // slow enough to be looked at while somebody reads
                .with("KINTSUGI_BACKGROUND_SHARE", "5");
    }

    private void fill() {
        try (S3Client client = SharedStore.clientOf(store).build()) {
            client.createBucket(b -> b.bucket(BUCKET));
            for (int i = 0; i < OBJECTS; i++) {
                String key = "key" + i;
                client.putObject(b -> b.bucket(BUCKET).key(key), RequestBody.fromBytes(Bytes.random(i, BYTES)));
            }
        }
    }

    /** A client that background work has to make way for. */
    private void read() {
        S3Client client = SharedStore.clientOf(store).build();
        reader = Thread.ofVirtual().start(() -> {
            try (client) {
                for (int i = 0; !over.get(); i++) {
                    String key = "key" + i % OBJECTS;
                    client.getObjectAsBytes(b -> b.bucket(BUCKET).key(key));
                }
            }
        });
    }

    @AfterEach
    void end() throws InterruptedException {
        over.set(true);
        reader.join();
        store.close();
    }

    private Look look() throws Exception {
        return new Look(store.manage("/q/metrics")
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.toMap(
                        line -> line.split("[{ ]", 2)[0],
                        line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)),
                        Double::sum)));
    }

    /** Looks until it is so; all looks, the last one among them. */
    private List<Look> watch(Predicate<Look> wanted) throws Exception {
        List<Look> looks = new ArrayList<>();
        long end = System.nanoTime() + PATIENCE.toNanos();
        do {
            if (System.nanoTime() - end > 0) {
                fail("it did not come about: " + looks.getLast() + StoreHealth.text(store));
            }
            assertEquals(200, store.manage("/q/health/live").statusCode(), "alive whatever is lost");
            looks.add(look());
            Thread.sleep(20);
        } while (!wanted.test(looks.getLast()));
        return looks;
    }

    /** From its greatest value on it only goes down, in steps that were seen, and ends at exactly nothing. */
    private static void goesDown(List<Look> looks, String name) {
        double[] all = looks.stream().mapToDouble(look -> look.of(name)).toArray();
        int greatest = IntStream.range(0, all.length)
                .reduce((a, b) -> all[b] > all[a] ? b : a)
                .orElseThrow();
        assertTrue(all[greatest] > 0, name + " was never more than nothing");
        double[] down = Arrays.copyOfRange(all, greatest, all.length);
        for (int i = 1; i < down.length; i++) {
            assertTrue(down[i] <= down[i - 1], name + " went up: " + Arrays.toString(down));
        }
        assertTrue(
                Arrays.stream(down).distinct().count() > 3, name + " went down in no steps: " + Arrays.toString(down));
        assertEquals(0.0, down[down.length - 1], name);
    }

    private List<Path> shardsOn(int drive) throws IOException {
        Path folder = store.drive(drive).resolve("shards");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            return tree.filter(Files::isRegularFile).toList();
        }
    }

    /** How many different shards of any blob there are on all drives. */
    private long shards() throws IOException {
        List<Path> all = new ArrayList<>();
        for (int drive = 1; drive <= DRIVES; drive++) {
            all.addAll(shardsOn(drive));
        }
        return all.stream().map(Path::getFileName).distinct().count();
    }

    @Test
    void whatIsLeftOfALostDriveGoesDownToNothingAndIsWholeThen() throws Exception {
        store = setup().start();
        fill();
        StoreHealth.await(store, "\"state\":\"healthy\"", "\"healing\":false");
        assertFalse(StoreHealth.text(store).contains("\"reason\""), StoreHealth.text(store));
        long lost = shardsOn(3).size();
        assertTrue(lost > OBJECTS / 3, lost + " of " + OBJECTS * SHARDS + " shards are on the drive");
        read();
        SharedStore.delete(store.drive(3));
        StoreHealth.await(store, "\"state\":\"degraded\"", "drive3 is OFFLINE");
        assertEquals(200, store.manage("/q/health/ready").statusCode(), "degraded, and ready");
        List<Look> looks = new ArrayList<>(watch(look -> look.of("kintsugi_heal_remaining_bytes") > 0));
        looks.addAll(watch(look -> look.of("kintsugi_heal_remaining_bytes") == 0));
        long whole = shards();
        assertEquals((long) OBJECTS * SHARDS, whole, "nothing is left to be done, so all shards are there");
        goesDown(looks, "kintsugi_heal_remaining_bytes");
        assertTrue(looks.stream().anyMatch(look -> look.of("kintsugi_heal_rate_bytes") > 0), "it had a rate");
        // the walk says that it has ended a moment after its last blob
        Look last = watch(look -> look.of("kintsugi_heal_rate_bytes") == 0).getLast();
        assertEquals(lost, (long) last.of("kintsugi_move_shards_total"), "each lost shard, once");
        assertEquals(0, last.of("kintsugi_heal_remaining_bytes"));
        assertEquals(0, last.of("kintsugi_heal_homeless_blobs"));
        StoreHealth.await(store, "\"healing\":false", "\"healRemainingBytes\":0", "drive3 is OFFLINE");
    }

    /** Who takes the next drive out when health is good must not find it good before. */
    @Test
    void aDriveThatWasReplacedIsNoGoodHealthUntilItIsFilled() throws Exception {
        store = setup().start();
        fill();
        StoreHealth.awaitHealed(store);
        long there = shardsOn(3).size();
        read();
        SharedStore.delete(store.drive(3));
        Files.createDirectories(store.drive(3));
        StoreHealth.await(store, "\"state\":\"degraded\"", "drive3 is back or new: ");
        StoreHealth.await(store, "\"state\":\"healthy\"");
        assertEquals(there, shardsOn(3).size());
        assertTrue(store.log().contains("has all that belongs on it"), store.log());
    }

    @Test
    void moreLostDrivesThanTheCodeCanLoseAreNotReadyAndAlive() throws Exception {
        store = setup().start();
        for (int drive = 1; drive <= 3; drive++) {
            SharedStore.delete(store.drive(drive));
        }
        StoreHealth.await(store, "\"state\":\"down\"", "drive1 is OFFLINE", "drive2 is OFFLINE", "drive3 is OFFLINE");
        assertEquals(503, store.manage("/q/health/ready").statusCode());
        assertEquals(200, store.manage("/q/health/live").statusCode());
    }

    @Test
    void whatIsLeftOfADrainGoesDownToNothingAndDoneIsSaidThen() throws Exception {
        store = setup().start();
        fill();
        store.close();
        store = setup().with("KINTSUGI_DRAIN", dir.resolve("drive2").toString()).start();
        long there = shardsOn(2).size();
        read();
        List<Look> looks = watch(look -> look.of("kintsugi_drain_done") == 1);
        goesDown(looks, "kintsugi_drain_remaining_bytes");
        goesDown(looks, "kintsugi_drain_remaining_shards");
        assertTrue(looks.stream().anyMatch(look -> look.of("kintsugi_balance_bytes_per_second") > 0), "it had a rate");
        Look last = look();
        assertTrue(last.of("kintsugi_move_shards_total") >= there, "each of " + there + ": " + last);
        assertTrue(last.of("kintsugi_balance_moved_bytes_total") >= there * (double) BYTES / 2, last::toString);
        assertEquals(0, last.of("kintsugi_drain_remaining_bytes"));
        StoreHealth.await(store, "drive2 is drained", "\"balanceRemainingBytes\":0");
        assertEquals(200, store.manage("/q/health/ready").statusCode());
    }
}
