package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kintsugi.it.Faults.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A drive fails as real ones do, below a running store. No client notices; the store says which drive it does without,
 * and takes it back, filled, when the fault has ended.
 */
class FaultyDrivesIT {
    private static final String BUCKET = "faulty";
    private static final int WRITES = 40;
    private static final Duration SAID = Duration.ofSeconds(90);

    @TempDir
    Path dir;

    private StoreProcess store;

    static Stream<Object[]> faults() {
        List<Integer> one = List.of(1);
        return Stream.of(new Object[][] {
            {new Fault("r", "EIO"), one},
            {new Fault("w", "EROFS"), one},
        });
    }

    private List<Path> folders(List<Integer> drives) {
        return drives.stream().map(store::drive).toList();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aDriveThatFailsLeavesAndComesBack(Fault fault, List<Integer> drives) throws Exception {
        Optional<Faults> faults = Faults.in(dir);
        assumeTrue(faults.isPresent(), "no C compiler");
        store = faults.get().under(StoreProcess.under(dir.resolve("store"))).start();
        try (StoreProcess running = store;
                S3Client client = SharedStore.clientOf(running).build()) {
            client.createBucket(b -> b.bucket(BUCKET));
            Load load = new Load(client, BUCKET);
            load.start(1);
            load.await(WRITES);
            faults.get().begin(fault, folders(drives));
            load.await(WRITES);
            awaitHealth(health -> health.contains("\"state\":\"degraded\"")
                    && folders(drives).stream().allMatch(drive -> health.contains(drive + "is")));
            load.await(WRITES);
            faults.get().end();
            load.await(WRITES);
            load.stop();
            load.verify();
            awaitHealth(FaultyDrivesIT::isHealed);
            running.stop();

            for (int other : List.of(3, 4)) {
                Files.move(store.drive(other), dir.resolve("away" + other));
            }
            running.start();
            load.verify();
        }
    }

    private static boolean isHealed(String health) {
        return health.contains("\"state\":\"healthy\"") && health.contains("\"healing\":false");
    }

    private void awaitHealth(Predicate<String> wanted) throws Exception {
        long end = System.nanoTime() + SAID.toNanos();
        String health = "";
        while (System.nanoTime() - end < 0) {
            health = store.manage("/q/health/ready").body().replace(" ", "");
            if (wanted.test(health)) {
                return;
            }
            Thread.sleep(100);
        }
        fail("the store does not say so: " + health + "\n" + store.log());
    }
}
