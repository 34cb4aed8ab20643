package io.kintsugi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.Id128;
import io.kintsugi.base.Warnings;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveSettings;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvSpace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which drives are emptied: six in folders, four of them for each blob. */
class LocalDrainTest {
    private static DriveResources resources;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        resources = new DriveResources(8 << 20, 8 << 20);
    }

    @AfterAll
    static void stop() {
        resources.close();
    }

    @BeforeEach
    void makeSix() throws IOException {
        open(4, DrainRequest.NOTHING).close();
        Files.createDirectories(folder.resolve("drive5"));
        Files.createDirectories(folder.resolve("drive6"));
        open(6, DrainRequest.NOTHING).close();
    }

    private LocalTopology open(int drives, DrainRequest drain) {
        List<Path> paths = DriveFolders.in(folder, drives);
        return LocalTopology.open(new LocalTopology.Config(
                List.of(paths), CodeWish.NONE, drain, DriveSettings.with(resources), Clock.SYSTEM, Entropy.FAST));
    }

    private static BlobId blob(int n) {
        return new BlobId(new Id128(n, 31 * n));
    }

    @Test
    void drivesThatAreDrainedTakeNothing() {
        DrainRequest request = DrainRequest.parse(List.of(folder.resolve("drive") + "{2...3}"));
        try (LocalTopology draining = open(6, request)) {
            List<DriveId> leaving =
                    draining.drives().stream().map(Drive::id).toList().subList(1, 3);
            assertEquals(2, draining(draining).size());
            for (int i = 0; i < 100; i++) {
                assertTrue(draining.place(blob(i)).drives().stream().noneMatch(leaving::contains));
            }
            KvBatch batch = new KvBatch().put(KvSpace.LOCAL, new byte[] {1}, "still answers".getBytes());
            draining.drives().get(1).keyValue().commit(batch).join();
        }
        DrainRequest tooMuch = DrainRequest.parse(List.of(folder.resolve("drive") + "{1...3}"));
        try (LocalTopology refused = open(6, tooMuch)) {
            assertEquals(List.of(), draining(refused));
            assertEquals(3, refused.drainsRefused().size());
        }
    }

    private static List<String> draining(Topology topology) {
        return topology.statuses().stream()
                .filter(status -> status.state() == DriveStatus.State.DRAINING)
                .map(DriveStatus::where)
                .toList();
    }

    @Test
    void theDriveIsEmptiedThatLiesInTheFolder() throws IOException {
        Files.move(folder.resolve("drive1"), folder.resolve("aside"));
        Files.move(folder.resolve("drive3"), folder.resolve("drive1"));
        Files.move(folder.resolve("aside"), folder.resolve("drive3"));
        DrainRequest first = DrainRequest.parse(List.of(folder.resolve("drive1").toString()));
        try (LocalTopology draining = open(6, first)) {
            assertEquals(List.of(folder.resolve("drive1").toString()), draining(draining));
            DriveStatus third = draining.statuses().get(2);
            assertEquals(DriveStatus.State.DRAINING, third.state());
            assertEquals("it is being emptied, as KINTSUGI_DRAIN says", third.reason(), "it has only begun");
            DriveId leaving = third.id();
            assertTrue(IntStream.range(0, 100)
                    .noneMatch(i -> draining.place(blob(i)).drives().contains(leaving)));
        }
    }

    @Test
    void aWordOfTheDrainThatNamesNothingIsWarnedOf() throws IOException {
        DrainRequest request = DrainRequest.parse(List.of(folder.resolve("drive") + "{6...7}", "pool1x"));
        List<String> warnings;
        try (Warnings logged = new Warnings(LocalTopology.class);
                LocalTopology draining = open(6, request)) {
            assertEquals(List.of(folder.resolve("drive6").toString()), draining(draining));
            warnings = logged.lines();
        }
        String advice =
                ", which is neither a folder of the volumes nor a pool: nothing is drained for it; write it as in"
                        + " KINTSUGI_VOLUMES, or take it away";
        assertEquals(
                List.of(
                        "KINTSUGI_DRAIN names " + folder.resolve("drive7") + advice,
                        "KINTSUGI_DRAIN names pool1x" + advice),
                warnings);
    }
}
