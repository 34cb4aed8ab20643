package io.kintsugi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveSettings;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvSpace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalTopologyTest {
    private static DriveResources resources;

    @TempDir
    Path folder;

    private record Change(DriveId drive, DriveListener.Event event) {}

    @BeforeAll
    static void start() {
        resources = new DriveResources(8 << 20, 8 << 20);
    }

    @AfterAll
    static void stop() {
        resources.close();
    }

    private List<Path> paths(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> folder.resolve("drive" + i))
                .toList();
    }

    private static LocalTopology open(List<Path> paths) {
        return LocalTopology.open(new LocalTopology.Config(
                List.of(paths), OptionalInt.empty(), DriveSettings.with(resources), Clock.SYSTEM, Entropy.FAST));
    }

    private static List<DriveId> ids(Topology topology) {
        return topology.drives().stream().map(Drive::id).toList();
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            tree.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to);
    }

    private static long online(Topology topology) {
        return topology.statuses().stream().filter(DriveStatus::online).count();
    }

    private static String reasons(Topology topology) {
        return topology.statuses().stream().map(DriveStatus::reason).toList().toString();
    }

    private static BlobId blob(int n) {
        return new BlobId(new Id128(n, 31 * n));
    }

    @Test
    void emptyFoldersBecomeADeploymentThatIsFoundAgain() {
        List<DriveId> ids;
        try (LocalTopology first = open(paths(4))) {
            ids = ids(first);
            assertEquals(4, online(first));
            assertEquals(new ErasureCode(2, 2), first.defaultCode());
            assertEquals(3, first.place(blob(1)).writeQuorum());
        }
        try (LocalTopology again = open(paths(4))) {
            assertEquals(ids, ids(again));
            assertEquals(4, online(again));
        }
    }

    @Test
    void drivesAreKnownByTheirIdInWhateverSlotTheyAre() throws IOException {
        List<DriveId> ids;
        try (LocalTopology first = open(paths(4))) {
            ids = ids(first);
            put(first.drives().get(0), "first");
        }
        move(folder.resolve("drive1"), folder.resolve("aside"));
        move(folder.resolve("drive3"), folder.resolve("drive1"));
        move(folder.resolve("aside"), folder.resolve("drive3"));
        try (LocalTopology swapped = open(paths(4))) {
            assertEquals(ids, ids(swapped));
            assertEquals(4, online(swapped));
            assertEquals("first", get(swapped.drives().get(0)));
            assertEquals(
                    folder.resolve("drive3").toString(),
                    swapped.statuses().getFirst().where());
        }
    }

    private static void put(Drive drive, String value) {
        drive.keyValue()
                .commit(new KvBatch().put(KvSpace.LOCAL, new byte[] {1}, value.getBytes()))
                .join();
    }

    private static String get(Drive drive) {
        return drive.keyValue()
                .get(KvSpace.LOCAL, new byte[] {1})
                .join()
                .map(String::new)
                .orElse("");
    }

    @Test
    void aLostDriveIsNoticedAndAnEmptyFolderTakesItsPlace() throws Exception {
        try (LocalTopology topology = open(paths(4))) {
            BlockingQueue<Change> changes = new LinkedBlockingQueue<>();
            topology.subscribe((drive, event) -> changes.add(new Change(drive.id(), event)));
            Drive handle = topology.drives().get(1);
            Id128 before = handle.incarnation();
            put(handle, "old");
            delete(folder.resolve("drive2"));
            assertEquals(new Change(handle.id(), DriveListener.Event.LOST), changes.poll(60, TimeUnit.SECONDS));
            CompletionException gone = assertThrows(CompletionException.class, () -> get(handle));
            assertEquals(DriveException.Kind.GONE, ((DriveException) gone.getCause()).kind());
            assertEquals(3, topology.place(blob(2)).writeQuorum(), "three live drives must all take it");
            Files.createDirectories(folder.resolve("drive2"));
            assertEquals(new Change(handle.id(), DriveListener.Event.REPLACED), changes.poll(60, TimeUnit.SECONDS));
            assertSame(handle, topology.drive(handle.id()).orElseThrow());
            assertNotEquals(before, handle.incarnation());
            assertEquals("", get(handle));
        }
    }

    @Test
    void aDriveThatComesBackIsTheSame() throws Exception {
        try (LocalTopology topology = open(paths(4))) {
            BlockingQueue<Change> changes = new LinkedBlockingQueue<>();
            topology.subscribe((drive, event) -> changes.add(new Change(drive.id(), event)));
            Drive handle = topology.drives().get(0);
            put(handle, "kept");
            move(folder.resolve("drive1"), folder.resolve("unmounted"));
            assertEquals(new Change(handle.id(), DriveListener.Event.LOST), changes.poll(60, TimeUnit.SECONDS));
            move(folder.resolve("unmounted"), folder.resolve("drive1"));
            assertEquals(new Change(handle.id(), DriveListener.Event.RETURNED), changes.poll(60, TimeUnit.SECONDS));
            assertEquals("kept", get(handle));
        }
    }

    @Test
    void whoSubscribesLateHearsWhatWasTakenInAtStart() throws Exception {
        open(paths(4)).close();
        delete(folder.resolve("drive4"));
        Files.createDirectories(folder.resolve("drive4"));
        try (LocalTopology topology = open(paths(4))) {
            BlockingQueue<Change> changes = new LinkedBlockingQueue<>();
            topology.subscribe((drive, event) -> changes.add(new Change(drive.id(), event)));
            DriveId taken = topology.drives().get(3).id();
            assertEquals(new Change(taken, DriveListener.Event.REPLACED), changes.poll(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void placementSurvivesTheLossOfParityManyDrivesAndNoMore() throws IOException {
        open(paths(4)).close();
        delete(folder.resolve("drive1"));
        delete(folder.resolve("drive2"));
        try (LocalTopology topology = open(paths(4))) {
            Placement degraded = topology.place(blob(3));
            assertEquals(new ErasureCode(1, 2), degraded.code());
            assertEquals(2, degraded.writeQuorum());
        }
        delete(folder.resolve("drive3"));
        try (LocalTopology topology = open(paths(4))) {
            Unavailable refusal = assertThrows(Unavailable.class, () -> topology.place(blob(3)));
            assertEquals(Unavailable.Kind.QUORUM, refusal.kind());
            assertTrue(refusal.getMessage().contains("1 are there"), refusal.getMessage());
        }
    }

    @Test
    void foreignFoldersAreFatalAtFirstAndOfflineLater() throws IOException {
        Files.createDirectories(folder.resolve("drive2"));
        Files.writeString(folder.resolve("drive2").resolve("thesis.doc"), "precious");
        TopologyException refusal = assertThrows(TopologyException.class, () -> open(paths(4)));
        assertTrue(refusal.getMessage().contains("thesis.doc"), refusal.getMessage());
        assertFalse(Files.exists(folder.resolve("drive1")), "nothing was made of the others");
        delete(folder.resolve("drive2"));
        open(paths(4)).close();
        delete(folder.resolve("drive2"));
        Files.createDirectories(folder.resolve("drive2"));
        Files.writeString(folder.resolve("drive2").resolve("thesis.doc"), "precious");
        try (LocalTopology topology = open(paths(4))) {
            assertEquals(3, online(topology));
            assertTrue(reasons(topology).contains("thesis.doc"), reasons(topology));
        }
    }

    @Test
    void aDriveOfAnotherDeploymentIsRefused() throws IOException {
        open(paths(4)).close();
        Path other = folder.resolve("other");
        open(List.of(other)).close();
        delete(folder.resolve("drive4"));
        move(other, folder.resolve("drive4"));
        try (LocalTopology topology = open(paths(4))) {
            assertEquals(3, online(topology));
            assertTrue(reasons(topology).contains("another deployment"), reasons(topology));
        }
    }

    @Test
    void copiesOfADriveAreRefusedAndNothingTakesTheirPlace() throws IOException {
        open(paths(4)).close();
        Files.copy(
                folder.resolve("drive1").resolve("kintsugi.json"),
                Files.createDirectories(folder.resolve("half")).resolve("kintsugi.json"));
        delete(folder.resolve("drive2"));
        move(folder.resolve("half"), folder.resolve("drive2"));
        try (LocalTopology topology = open(paths(4))) {
            assertEquals(2, online(topology));
            assertTrue(reasons(topology).contains("copies"), reasons(topology));
        }
    }

    @Test
    void sameAndNestedFoldersAreRefused() {
        assertThrows(TopologyException.class, () -> open(List.of(folder.resolve("a"), folder.resolve("a"))));
        TopologyException nested =
                assertThrows(TopologyException.class, () -> open(List.of(folder.resolve("a"), folder.resolve("a/b"))));
        assertTrue(nested.getMessage().contains("inside"), nested.getMessage());
    }

    @Test
    void aSecondServerOnTheSameDrivesIsRefused() {
        try (LocalTopology first = open(paths(2))) {
            assertEquals(2, online(first));
            TopologyException refusal = assertThrows(TopologyException.class, () -> open(paths(2)));
            assertTrue(refusal.getMessage().contains("open"), refusal.getMessage());
        }
    }

    @Test
    void parityIsTheOperatorsChoice() {
        LocalTopology.Config config = new LocalTopology.Config(
                List.of(paths(4)), OptionalInt.of(1), DriveSettings.with(resources), Clock.SYSTEM, Entropy.FAST);
        try (LocalTopology topology = LocalTopology.open(config)) {
            assertEquals(new ErasureCode(3, 1), topology.defaultCode());
        }
        LocalTopology.Config tooMuch = new LocalTopology.Config(
                List.of(paths(4)), OptionalInt.of(3), DriveSettings.with(resources), Clock.SYSTEM, Entropy.FAST);
        assertThrows(TopologyException.class, () -> LocalTopology.open(tooMuch));
    }
}
