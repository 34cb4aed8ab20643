package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** The process stands still for longer than a drive may, as when its machine is paused: nothing is given up for it. */
class StandstillIT {
    private static final String BUCKET = "standstill";
    /** Twice what a drive may take to answer. */
    private static final Duration STANDSTILL = Duration.ofSeconds(20);

    @TempDir
    Path dir;

    @Test
    void drivesAndReplicasStay() throws Exception {
        try (StoreProcess store = StoreProcess.under(dir).drives(6).start();
                S3Client s3 = SharedStore.clientOf(store).build();
                ExecutorService threads = Executors.newCachedThreadPool()) {
            s3.createBucket(b -> b.bucket(BUCKET));
            AtomicBoolean over = new AtomicBoolean();
            Future<?> writer = threads.submit(() -> write(s3, over));
            try {
                for (int i = 0; i < 2; i++) {
                    Thread.sleep(1_000);
                    signal("-STOP", store);
                    Thread.sleep(STANDSTILL);
                    signal("-CONT", store);
                }
                s3.putObject(b -> b.bucket(BUCKET).key("after"), RequestBody.fromString("after"));
            } finally {
                over.set(true);
            }
            writer.get();
            String log = store.log();
            assertTrue(log.contains("This process stood still"), log);
            assertFalse(log.contains("is gone:"), log);
            assertFalse(log.contains("Catalog gave up"), log);
            assertFalse(log.contains("Catalog lost"), log);
        }
    }

    /** What is amid a write then may fail. */
    private static void write(S3Client s3, AtomicBoolean over) {
        for (int i = 0; !over.get(); i++) {
            String key = "key" + i % 100;
            try {
                s3.putObject(b -> b.bucket(BUCKET).key(key), RequestBody.fromString(key));
            } catch (SdkException e) {
                // it goes on
            }
        }
    }

    private static void signal(String signal, StoreProcess store) throws InterruptedException {
        assertTrue(Command.succeeds("kill", signal, Long.toString(store.pid())));
    }
}
