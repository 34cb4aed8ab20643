package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kintsugi.drives.DriveDirectory;
import io.kintsugi.drives.DriveIdentity;
import io.kintsugi.drives.DriveInspection;
import io.kintsugi.it.Faults.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A drive fails as real ones do, below a running store. No client notices; the store says which drive it does without,
 * and takes it back, filled, when the fault has ended.
 */
class FaultyDrivesIT {
    private static final String BUCKET = "faulty";
    private static final int WRITES = 40;
    private static final Duration SAID = Duration.ofSeconds(180);

    @TempDir
    Path dir;

    private StoreProcess store;

    @Test
    void nothingCanBeReadFromADrive() throws Exception {
        leavesAndComesBack(new Fault("r", "EIO"), List.of(1));
    }

    @Test
    void aFileSystemIsReadOnly() throws Exception {
        leavesAndComesBack(new Fault("w", "EROFS"), List.of(1));
    }

    @Test
    void aDriveIsFull() throws Exception {
        leavesAndComesBack(new Fault("w", "ENOSPC"), List.of(1));
    }

    /** As many as the code can lose: uploads that are under way are written anew on the others. */
    @Test
    void twoDrivesStopToAnswer() throws Exception {
        leavesAndComesBack(new Fault("rws", "HANG"), List.of(1, 2));
    }

    /** Its mount hangs at whatever looks at it, when the process starts. */
    @Test
    void aDriveDoesNotAnswerAtAStart() throws Exception {
        Faults faults = start();
        try (StoreProcess running = store;
                S3Client client = SharedStore.clientOf(running).build()) {
            Load load = loaded(client);
            load.stop();
            running.stop();
            faults.begin(new Fault("lrws", "HANG"), folders(List.of(1)));
            running.start();
            awaitHealth(health -> health.contains("\"drivesOnline\":3")
                    && health.contains(store.drive(1) + "isOFFLINE")
                    && health.contains("doesnotanswer"));
            load.verify();
            load.start(2);
            load.await(WRITES);
            faults.end();
            load.await(WRITES);
            load.stop();
            load.verify();
            awaitHealth(FaultyDrivesIT::isHealed);
        }
    }

    /** It has just begun to, so nobody has noticed; the others are closed in order all the same, and in time. */
    @Test
    void theProcessIsToldToStopAsADriveBeginsToHang() throws Exception {
        Faults faults = start();
        try (StoreProcess running = store;
                S3Client client = SharedStore.clientOf(running).build()) {
            Load load = loaded(client);
            load.stop();
            faults.begin(new Fault("lrws", "HANG"), folders(List.of(1)));
            running.stop();
            assertTrue(running.log().contains("Stopped"), running.log());

            faults.end();
            running.start();
            load.verify();
            awaitHealth(FaultyDrivesIT::isHealed);
        }
    }

    @Test
    void aDriveIsSlow() throws Exception {
        Faults faults = start();
        try (StoreProcess running = store;
                S3Client client = SharedStore.clientOf(running).build()) {
            Load load = loaded(client);
            long before = slowGroups(running);
            faults.begin(new Fault("rws", "300"), folders(List.of(1)));
            load.await(WRITES);
            faults.end();
            load.stop();
            load.verify();
            awaitHealth(FaultyDrivesIT::isHealed);
            assertTrue(slowGroups(running) > before, "no commit of the drive was slow");
        }
    }

    /** How many commits of drive 1 took longer than the histogram's bound below the delay, by the metrics. */
    private static long slowGroups(StoreProcess store) throws Exception {
        var identity = ((DriveInspection.Ours) DriveDirectory.inspect(store.drive(1))).identity();
        String body = store.manage("/q/metrics").body();
        return value(body, identity, "_count{") - value(body, identity, "_bucket{", "le=\"0.262144\"");
    }

    private static long value(String body, DriveIdentity drive, String... parts) {
        String line = body.lines()
                .filter(l -> l.startsWith("kintsugi_drive_operations_seconds" + parts[0])
                        && l.contains("operation=\"group\"")
                        && l.contains("drive=\"" + drive.drive() + "\"")
                        && Stream.of(parts).allMatch(l::contains))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing of " + List.of(parts) + " in\n" + body));
        return (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }

    private Faults start() throws Exception {
        Optional<Faults> faults = Faults.in(dir);
        assumeTrue(faults.isPresent(), "no C compiler");
        store = faults.get().under(StoreProcess.under(dir.resolve("store"))).start();
        return faults.get();
    }

    private static Load loaded(S3Client client) throws InterruptedException {
        client.createBucket(b -> b.bucket(BUCKET));
        Load load = new Load(client, BUCKET);
        load.start(1);
        load.await(WRITES);
        return load;
    }

    private List<Path> folders(List<Integer> drives) {
        return drives.stream().map(store::drive).toList();
    }

    private void leavesAndComesBack(Fault fault, List<Integer> drives) throws Exception {
        Faults faults = start();
        try (StoreProcess running = store;
                S3Client client = SharedStore.clientOf(running).build()) {
            Load load = loaded(client);
            faults.begin(fault, folders(drives));
            load.await(WRITES);
            awaitHealth(health -> health.contains("\"state\":\"degraded\"")
                    && folders(drives).stream().allMatch(drive -> health.contains(drive + "is")));
            load.await(WRITES);
            faults.end();
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
