package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Drives vanish while clients write and read, and try nothing twice: none of them notices, and everything is read back,
 * also after a restart.
 */
class DrivesLostIT {
    private static final String BUCKET = "survivor";
    private static final int WRITES = 60;
    private static final Duration HEALED = Duration.ofSeconds(180);

    @TempDir
    Path dir;

    @Test
    void asManyDrivesAsThereIsParityMayVanishUnderLoad() throws Exception {
        try (StoreProcess store = StoreProcess.under(dir).start();
                S3Client client = SharedStore.clientOf(store).build()) {
            client.createBucket(b -> b.bucket(BUCKET));
            Load load = new Load(client, BUCKET);
            load.start(1);
            load.await(WRITES);
            SharedStore.delete(store.drive(1));
            load.await(WRITES);
            SharedStore.delete(store.drive(2));
            load.await(WRITES);
            load.stop();
            load.verify();
            assertEquals(200, store.manage("/q/health/ready").statusCode());

            store.stop();
            SharedStore.delete(store.drive(1));
            SharedStore.delete(store.drive(2));
            Files.createDirectories(store.drive(1));
            Files.createDirectories(store.drive(2));
            store.start();
            load.verify();
            load.through(afterRestart(store));
            load.start(1000);
            load.await(WRITES);
            load.stop();
            load.verify();
            assertTrue(load.size() >= 4 * WRITES);

            awaitHealed(store);
            SharedStore.delete(store.drive(3));
            SharedStore.delete(store.drive(4));
            load.verify();
        }
    }

    /**
     * The JDK keeps connections by host, also those that died with the store, and can't repeat an upload on another: by
     * another name of the same host there are none yet.
     */
    private static S3Client afterRestart(StoreProcess store) {
        URI endpoint = URI.create("http://localhost:" + store.endpoint().getPort());
        return SharedStore.clientOf(store).endpointOverride(endpoint).build();
    }

    /** Waits until the replaced drives hold all that they should, by what the store says of itself. */
    private static void awaitHealed(StoreProcess store) throws Exception {
        long end = System.nanoTime() + HEALED.toNanos();
        String health = "";
        while (System.nanoTime() - end < 0) {
            health = store.manage("/q/health/ready").body().replace(" ", "");
            if (health.contains("\"state\":\"healthy\"") && health.contains("\"healing\":false")) {
                return;
            }
            Thread.sleep(100);
        }
        fail("the replaced drives were not filled within " + HEALED + ": " + health);
    }

    @Test
    void oneMoreIsToldAndNothingIsHalfWritten() throws Exception {
        try (StoreProcess store = StoreProcess.under(dir).start();
                S3Client client = SharedStore.clientOf(store).build()) {
            client.createBucket(b -> b.bucket(BUCKET));
            for (int drive = 1; drive <= 3; drive++) {
                SharedStore.delete(store.drive(drive));
            }
            S3Exception refusal = assertThrows(
                    S3Exception.class,
                    () -> client.putObject(
                            b -> b.bucket(BUCKET).key("k"), RequestBody.fromBytes(Bytes.random(1, 500_000))));
            assertEquals(503, refusal.statusCode());
            assertThrows(
                    S3Exception.class,
                    () -> client.headObject(b -> b.bucket(BUCKET).key("k")));
        }
    }
}
