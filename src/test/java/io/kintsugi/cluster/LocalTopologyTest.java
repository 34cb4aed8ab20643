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
import io.kintsugi.drives.KeyValue;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvSpace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
        return DriveFolders.in(folder, count);
    }

    private static LocalTopology.Config config(List<Path> paths, Clock clock) {
        return DriveFolders.config(paths, resources, clock);
    }

    private static LocalTopology open(List<Path> paths) {
        return LocalTopology.open(config(paths, Clock.SYSTEM));
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
            assertEquals(new Change(handle.id(), DriveListener.Event.LOST), changes.poll(180, TimeUnit.SECONDS));
            CompletionException gone = assertThrows(CompletionException.class, () -> get(handle));
            assertEquals(DriveException.Kind.GONE, ((DriveException) gone.getCause()).kind());
            assertEquals(3, topology.place(blob(2)).writeQuorum(), "three live drives must all take it");
            Files.createDirectories(folder.resolve("drive2"));
            assertEquals(new Change(handle.id(), DriveListener.Event.REPLACED), changes.poll(180, TimeUnit.SECONDS));
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
            KeyValue before = handle.keyValue();
            long openings = handle.openings();
            move(folder.resolve("drive1"), folder.resolve("unmounted"));
            assertEquals(new Change(handle.id(), DriveListener.Event.LOST), changes.poll(180, TimeUnit.SECONDS));
            move(folder.resolve("unmounted"), folder.resolve("drive1"));
            assertEquals(new Change(handle.id(), DriveListener.Event.RETURNED), changes.poll(180, TimeUnit.SECONDS));
            assertEquals("kept", get(handle));
            assertTrue(handle.openings() > openings);
            CompletionException gone = assertThrows(
                    CompletionException.class,
                    () -> before.commit(new KvBatch()).join(),
                    "who knew it before has to ask what it holds now");
            assertEquals(DriveException.Kind.GONE, ((DriveException) gone.getCause()).kind());
        }
    }

    /** A drive that is asked for the time while it is opened is not open before this says so: the first that asks. */
    private record HoldingOneUp(AtomicBoolean taken, CountDownLatch goesOn) implements Clock {
        @Override
        public long millis() {
            return SYSTEM.millis();
        }

        @Override
        public long nanos() {
            boolean opens = Thread.currentThread().getName().startsWith("open ");
            if (opens && taken.compareAndSet(false, true)) {
                try {
                    goesOn.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            return SYSTEM.nanos();
        }
    }

    /** The store has looked at all blobs without it by then. */
    @Test
    void aDriveThatTakesLongToOpenAtStartReturnsLater() throws Exception {
        open(paths(4)).close();
        boolean others = false;
        for (int seconds = 2; !others; seconds *= 2) {
            others = returnsLater(Duration.ofSeconds(seconds));
        }
    }

    /** False where another drive took as long, as on a busy machine. */
    private boolean returnsLater(Duration opening) throws Exception {
        CountDownLatch goesOn = new CountDownLatch(1);
        Clock clock = new HoldingOneUp(new AtomicBoolean(), goesOn);
        try (LocalTopology topology = LocalTopology.open(config(paths(4), clock), DrainRequest.NOTHING, opening)) {
            BlockingQueue<Change> changes = new LinkedBlockingQueue<>();
            topology.subscribe((drive, event) -> changes.add(new Change(drive.id(), event)));
            List<DriveId> late = topology.statuses().stream()
                    .filter(status -> !status.answers())
                    .map(DriveStatus::id)
                    .toList();
            goesOn.countDown();
            if (late.size() > 1) {
                for (int i = 0; i < late.size(); i++) {
                    assertTrue(changes.poll(180, TimeUnit.SECONDS) != null, "they open in the end");
                }
                return false;
            }
            assertEquals(
                    new Change(late.getFirst(), DriveListener.Event.RETURNED), changes.poll(180, TimeUnit.SECONDS));
            assertEquals(4, online(topology));
            return true;
        } finally {
            goesOn.countDown();
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
            assertEquals(new Change(taken, DriveListener.Event.REPLACED), changes.poll(180, TimeUnit.SECONDS));
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
                List.of(paths(4)),
                CodeWish.parse("EC:1"),
                DrainRequest.NOTHING,
                DriveSettings.with(resources),
                Clock.SYSTEM,
                Entropy.FAST);
        try (LocalTopology topology = LocalTopology.open(config)) {
            assertEquals(new ErasureCode(3, 1), topology.defaultCode());
        }
        LocalTopology.Config tooMuch = new LocalTopology.Config(
                List.of(paths(4)),
                CodeWish.parse("EC:3"),
                DrainRequest.NOTHING,
                DriveSettings.with(resources),
                Clock.SYSTEM,
                Entropy.FAST);
        assertThrows(TopologyException.class, () -> LocalTopology.open(tooMuch));
    }

    private void makeEmpty(int... drives) throws IOException {
        for (int drive : drives) {
            Files.createDirectories(folder.resolve("drive" + drive));
        }
    }

    private static long epochOf(Topology topology) {
        return topology.drives().stream().mapToLong(Drive::catalogEpoch).min().orElse(0);
    }

    @Test
    void emptyFoldersThatAreNamedBesideTheOthersAreAdded() throws IOException {
        List<DriveId> four;
        try (LocalTopology first = open(paths(4))) {
            four = ids(first);
            first.drives().forEach(drive -> drive.raiseCatalogEpoch(7).join());
        }
        makeEmpty(5, 6);
        List<DriveId> six;
        try (LocalTopology grown = open(paths(6))) {
            six = ids(grown);
            assertEquals(four, six.subList(0, 4));
            assertEquals(6, online(grown));
            assertEquals(7, epochOf(grown), "the new drives have heard of the catalog");
            assertEquals(new ErasureCode(2, 2), grown.defaultCode(), "the code stays");
            long onNew = IntStream.range(0, 200)
                    .filter(i -> grown.place(blob(i)).drives().stream().anyMatch(six.subList(4, 6)::contains))
                    .count();
            assertTrue(onNew > 150, "new data goes to the new drives: " + onNew);
        }
        try (LocalTopology again = open(paths(6))) {
            assertEquals(six, ids(again));
            assertEquals(6, online(again));
        }
        TopologyException refusal = assertThrows(TopologyException.class, () -> open(paths(4)));
        assertTrue(refusal.getMessage().contains("has 6 drives"), refusal.getMessage());
    }

    /** As a crash leaves it: some drives know of the change, the new ones may be there or not. */
    @Test
    void aChangeThatWasCutOffIsBroughtToItsEnd() throws IOException {
        open(paths(4)).close();
        Path before = Files.createDirectories(folder.resolve("before"));
        for (int i = 1; i <= 4; i++) {
            Files.copy(identity(i), before.resolve("identity" + i));
        }
        makeEmpty(5, 6);
        List<DriveId> six;
        try (LocalTopology grown = open(paths(6))) {
            six = ids(grown);
        }
        for (int i : List.of(1, 3, 4)) {
            Files.copy(before.resolve("identity" + i), identity(i), StandardCopyOption.REPLACE_EXISTING);
        }
        delete(folder.resolve("drive5"));
        makeEmpty(5);
        try (LocalTopology again = open(paths(6))) {
            assertEquals(six, ids(again));
            assertEquals(6, online(again));
        }
        for (int i = 1; i <= 6; i++) {
            assertTrue(Files.readString(identity(i)).contains("\"generation\": \"2\""), "drive " + i);
        }
    }

    private Path identity(int drive) {
        return folder.resolve("drive" + drive).resolve("kintsugi.json");
    }

    @Test
    void aDriveThatWasAwayHearsOfTheOthersWhenItReturns() throws Exception {
        open(paths(4)).close();
        move(folder.resolve("drive2"), folder.resolve("unmounted"));
        makeEmpty(5);
        try (LocalTopology grown = open(paths(5))) {
            BlockingQueue<Change> changes = new LinkedBlockingQueue<>();
            grown.subscribe((drive, event) -> changes.add(new Change(drive.id(), event)));
            assertEquals(4, online(grown));
            move(folder.resolve("unmounted"), folder.resolve("drive2"));
            DriveId returned = grown.drives().get(1).id();
            assertEquals(new Change(returned, DriveListener.Event.RETURNED), changes.poll(180, TimeUnit.SECONDS));
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
            while (!Files.readString(identity(2)).contains("\"generation\": \"2\"")) {
                assertTrue(System.nanoTime() - end < 0, "it does not hear of the change");
                Thread.sleep(20);
            }
        }
    }

    /** A change that only the drive knows that was away is none, and must not stand in the way of the next start. */
    @Test
    void aDriveThatReturnsWithAChangeThatWasCutOffIsOverruled() throws Exception {
        open(paths(4)).close();
        List<byte[]> old = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            old.add(Files.readAllBytes(identity(i)));
        }
        makeEmpty(5);
        open(paths(5)).close();
        byte[] cutOff = Files.readAllBytes(identity(2));
        for (int i = 1; i <= 4; i++) {
            Files.write(identity(i), old.get(i - 1));
        }
        delete(folder.resolve("drive5"));
        move(folder.resolve("drive2"), folder.resolve("unmounted"));
        Files.write(folder.resolve("unmounted").resolve("kintsugi.json"), cutOff);
        try (LocalTopology topology = open(paths(4))) {
            BlockingQueue<Change> changes = new LinkedBlockingQueue<>();
            topology.subscribe((drive, event) -> changes.add(new Change(drive.id(), event)));
            move(folder.resolve("unmounted"), folder.resolve("drive2"));
            assertEquals(
                    DriveListener.Event.RETURNED,
                    changes.poll(180, TimeUnit.SECONDS).event());
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
            while (!Files.readString(identity(3)).contains("\"generation\": \"3\"")) {
                assertTrue(System.nanoTime() - end < 0, "the others are not told");
                Thread.sleep(20);
            }
        }
        try (LocalTopology again = open(paths(4))) {
            assertEquals(4, online(again));
        }
    }
}
