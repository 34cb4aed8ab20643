package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * {@code kill -9} at any moment loses no acknowledged write and shows no unacknowledged one as anything but whole or
 * absent: the process is killed over and over under a mixed load, and after each restart every key is what one of its
 * possible histories says.
 */
class KillIT {
    private static final int WRITERS = 6;
    private static final int KEYS_PER_WRITER = 12;
    private static final String BUCKET = "kill";

    /** The native image starts in a moment, so it is killed often; {@code -Dkintsugi.kills=N} chooses. */
    private static final int KILLS =
            Integer.getInteger("kintsugi.kills", StoreProcess.binary().isPresent() ? 200 : 20);

    /** A run of many that is cut off has shown something too. */
    private static final int TOLD_EVERY = 25;

    /** Until a kill; a JVM that has just started answers slowly at first. */
    private static final int MAX_MILLIS = StoreProcess.binary().isPresent() ? 400 : 1500;

    @TempDir
    Path dir;

    @Test
    void whatWasAcknowledgedSurvivesAndTheRestIsWholeOrAbsent() throws InterruptedException {
        long seed = Long.getLong("kintsugi.seed", System.nanoTime());
        System.out.println("KillIT: " + KILLS + " kills, -Dkintsugi.seed=" + seed);
        Random random = new Random(seed);
        try (StoreProcess store = StoreProcess.under(dir).start();
                S3Client client = SharedStore.clientOf(store).build()) {
            client.createBucket(b -> b.bucket(BUCKET));
            List<KillWriter> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                writers.add(new KillWriter(client, BUCKET, i, KEYS_PER_WRITER, random.nextLong()));
            }
            long acknowledged = 0;
            for (int kill = 1; kill <= KILLS; kill++) {
                acknowledged += killUnderLoad(store, writers, random.nextInt(20, MAX_MILLIS));
                store.start();
                verify(client, writers);
                if (kill % TOLD_EVERY == 0 || kill == KILLS) {
                    System.out.println("KillIT: " + acknowledged + " acknowledged changes survived " + kill + " kills");
                }
            }
            assertTrue(acknowledged > KILLS, "the load was too light to prove anything: " + acknowledged);
        }
    }

    private static long killUnderLoad(StoreProcess store, List<KillWriter> writers, int millis)
            throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> threads = writers.stream()
                .map(writer -> Thread.ofPlatform().start(() -> writer.run(stop)))
                .toList();
        Thread.sleep(millis);
        store.kill();
        stop.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        return writers.stream().mapToLong(KillWriter::takeAcknowledged).sum();
    }

    private static void verify(S3Client client, List<KillWriter> writers) {
        Set<String> expected = new TreeSet<>();
        writers.forEach(writer -> expected.addAll(writer.verify()));
        Set<String> listed = new TreeSet<>();
        listed.addAll(
                KillWriter.patiently(() -> client.listObjectsV2Paginator(b -> b.bucket(BUCKET)).contents().stream()
                        .map(S3Object::key)
                        .toList()));
        assertEquals(expected, listed, "the listing names just what can be read");
    }
}
