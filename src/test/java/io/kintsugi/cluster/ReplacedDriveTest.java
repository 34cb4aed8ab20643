package io.kintsugi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvSpace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** I8: a drive that was replaced comes back beside its successor, which was made when the clock was a day behind. */
class ReplacedDriveTest {
    private static final byte[] ROW = {9};
    private static DriveResources resources;

    @TempDir
    Path folder;

    private final AtomicLong behind = new AtomicLong();

    /** The time of the system, less what the clock is behind. */
    private final Clock clock = new Clock() {
        @Override
        public long millis() {
            return SYSTEM.millis() - behind.get();
        }

        @Override
        public long nanos() {
            return SYSTEM.nanos();
        }
    };

    @BeforeAll
    static void start() {
        resources = new DriveResources(8 << 20, 8 << 20);
    }

    @AfterAll
    static void stop() {
        resources.close();
    }

    private LocalTopology open() {
        List<Path> paths =
                IntStream.rangeClosed(1, 4).mapToObj(i -> path("drive" + i)).toList();
        return LocalTopology.open(DriveFolders.config(paths, resources, clock));
    }

    private Path path(String name) {
        return folder.resolve(name);
    }

    private void move(String from, String to) throws Exception {
        Files.move(path(from), path(to));
    }

    private static void put(Drive drive, String value) {
        drive.keyValue()
                .commit(new KvBatch().put(KvSpace.LOCAL, ROW, value.getBytes()))
                .join();
    }

    private static void raise(LocalTopology topology, long epoch) {
        topology.drives().forEach(drive -> drive.raiseCatalogEpoch(epoch).join());
    }

    /** The old one in the place of the first drive, which is away. */
    private void newIsServedBesideTheOld(DriveId id) throws Exception {
        move("drive1", "away");
        move("old", "drive1");
        try (LocalTopology topology = open()) {
            Drive drive = topology.drive(id).orElseThrow();
            assertEquals(path("drive2").toString(), drive.status().where());
            assertEquals(
                    "new",
                    drive.keyValue()
                            .get(KvSpace.LOCAL, ROW)
                            .join()
                            .map(String::new)
                            .orElse("nothing"));
        }
    }

    @Test
    void whereItWasReplacedUnderARunningStore() throws Exception {
        DriveId id;
        try (LocalTopology topology = open()) {
            BlockingQueue<Drive> changes = new LinkedBlockingQueue<>();
            Drive drive = topology.drives().get(1);
            id = drive.id();
            raise(topology, 1);
            put(drive, "old");
            topology.subscribe((changed, event) -> changes.add(changed));
            behind.set(Duration.ofDays(1).toMillis());
            move("drive2", "old");
            assertEquals(id, changes.poll(180, TimeUnit.SECONDS).id());
            Files.createDirectories(path("drive2"));
            assertEquals(id, changes.poll(180, TimeUnit.SECONDS).id());
            assertTrue(drive.status().online());
            put(drive, "new");
        }
        newIsServedBesideTheOld(id);
    }

    /** The first replacement was taken away before anything was filled, and comes back in the place of the second. */
    @Test
    void whereItWasReplacedTwiceWithinOneEpoch() throws Exception {
        DriveId id;
        try (LocalTopology topology = open()) {
            BlockingQueue<Drive> changes = new LinkedBlockingQueue<>();
            Drive drive = topology.drives().get(1);
            id = drive.id();
            raise(topology, 1);
            topology.subscribe((changed, event) -> changes.add(changed));
            behind.set(Duration.ofDays(1).toMillis());
            for (String value : List.of("old", "new")) {
                move("drive2", "before " + value);
                assertEquals(id, changes.poll(180, TimeUnit.SECONDS).id());
                Files.createDirectories(path("drive2"));
                assertEquals(id, changes.poll(180, TimeUnit.SECONDS).id());
                put(drive, value);
                behind.addAndGet(Duration.ofDays(1).toMillis());
            }
            move("drive2", "second");
            assertEquals(id, changes.poll(180, TimeUnit.SECONDS).id());
            move("before new", "drive2");
            while (!drive.status().answers() && !drive.status().reason().contains("as it was before it was replaced")) {
                Thread.sleep(20);
            }
            assertFalse(drive.status().answers());
            move("drive2", "old");
            move("second", "drive2");
            assertEquals(id, changes.poll(180, TimeUnit.SECONDS).id());
            assertTrue(drive.status().online());
        }
        newIsServedBesideTheOld(id);
    }

    @Test
    void whereItWasReplacedBetweenTwoStarts() throws Exception {
        DriveId id;
        try (LocalTopology topology = open()) {
            id = topology.drives().get(1).id();
            raise(topology, 1);
            put(topology.drives().get(1), "old");
        }
        behind.set(Duration.ofDays(1).toMillis());
        move("drive2", "old");
        Files.createDirectories(path("drive2"));
        try (LocalTopology topology = open()) {
            // as each start does
            raise(topology, 2);
            put(topology.drive(id).orElseThrow(), "new");
        }
        newIsServedBesideTheOld(id);
    }
}
