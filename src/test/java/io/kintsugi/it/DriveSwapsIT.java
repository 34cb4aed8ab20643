package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * I8 on the real process: what an operator does to drives by hand, between two runs and under a running one. Drives in
 * each other's slots, copies, drives of another store, and drives as they were some time ago. Each is recognised,
 * nothing wrong is served, and what is put right is whole again: then any other two may go.
 */
class DriveSwapsIT {
    @TempDir
    Path dir;

    private StoreProcess store;
    private SwappedObjects objects;

    @BeforeEach
    void fill() {
        store = StoreProcess.under(dir.resolve("store")).start();
        objects = new SwappedObjects(store);
        objects.begin();
    }

    @AfterEach
    void end() {
        store.close();
    }

    private Path aside(int number) {
        return dir.resolve("aside" + number);
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path path : (Iterable<Path>) tree::iterator) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }

    /** Every file of a folder, and how long it is; without those that lock and log while nothing is wanted of them. */
    private static Map<String, Long> files(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            return tree.filter(Files::isRegularFile)
                    .collect(Collectors.toMap(
                            file -> folder.relativize(file).toString(),
                            file -> file.toFile().length(),
                            (one, other) -> one,
                            TreeMap::new));
        }
    }

    @Test
    void drivesInEachOthersSlotsAreKnownAndNothingIsRebuilt() throws Exception {
        store.kill();
        move(store.drive(1), aside(1));
        move(store.drive(3), store.drive(1));
        move(aside(1), store.drive(3));
        store.start();
        objects.verify();
        StoreHealth.awaitHealed(store);
        assertEquals(0, StoreHealth.metric(store, "kintsugi_heal_blobs_total"), "nothing was wrong with any drive");
        assertEquals(0, StoreHealth.metric(store, "kintsugi_heal_failed_total"));
        objects.change();
        objects.verify();
        anyOtherTwoMayGo(List.of(1, 2));
    }

    /** Killed, and started without these two drives: everything is there. */
    private void anyOtherTwoMayGo(List<Integer> gone) throws Exception {
        store.kill();
        for (int number : gone) {
            move(store.drive(number), dir.resolve("gone" + number));
        }
        store.start();
        objects.verify();
    }

    @Test
    void aCopyBesideItsOriginalIsNotBelievedNorIsTheOriginal() throws Exception {
        store.kill();
        move(store.drive(2), aside(2));
        copy(store.drive(1), store.drive(2));
        Map<String, Long> copied = files(store.drive(2));
        store.start();
        assertTrue(StoreHealth.text(store).contains("one of several copies of drive"), StoreHealth.text(store));
        assertEquals(2, StoreHealth.number(store, "drivesOnline"));
        objects.verify();
        objects.change();
        objects.verify();
        assertEquals(copied, files(store.drive(2)), "a copy that is not believed is not touched");
        store.kill();
        SharedStore.delete(store.drive(2));
        move(aside(2), store.drive(2));
        store.start();
        objects.verify();
        StoreHealth.awaitHealed(store);
        anyOtherTwoMayGo(List.of(3, 4));
    }

    @Test
    void aCopyThatAppearsBesideAnOpenDriveIsRefusedAndDisturbsNothing() throws Exception {
        store.stop();
        copy(store.drive(1), aside(1));
        store.start();
        objects.change();
        move(store.drive(2), aside(2));
        move(aside(1), store.drive(2));
        StoreHealth.await(store, "is one of several copies of drive");
        assertEquals(3, StoreHealth.number(store, "drivesOnline"), "the original goes on");
        objects.change();
        objects.verify();
        move(store.drive(2), dir.resolve("copy"));
        move(aside(2), store.drive(2));
        StoreHealth.awaitHealed(store);
        objects.verify();
        anyOtherTwoMayGo(List.of(3, 4));
    }

    @Test
    void aDriveOfAnotherStoreIsRefusedAndNotTouched() throws Exception {
        Path foreign;
        try (StoreProcess other = StoreProcess.under(dir.resolve("other")).start()) {
            new SwappedObjects(other).begin();
            other.kill();
            foreign = other.drive(2);
        }
        Map<String, Long> theirs = files(foreign);
        store.kill();
        move(store.drive(2), aside(2));
        move(foreign, store.drive(2));
        store.start();
        assertTrue(StoreHealth.text(store).contains("is a drive of another deployment"), StoreHealth.text(store));
        assertEquals(3, StoreHealth.number(store, "drivesOnline"));
        objects.change();
        objects.verify();
        assertEquals(theirs, files(store.drive(2)));
        store.kill();
        move(store.drive(2), foreign);
        move(aside(2), store.drive(2));
        store.start();
        StoreHealth.awaitHealed(store);
        objects.verify();
        anyOtherTwoMayGo(List.of(3, 4));
    }

    /** Which is the store's own can't be told: nothing is served rather than the wrong half. */
    @Test
    void halfOfOneStoreAndHalfOfAnotherAreNoStore() throws Exception {
        try (StoreProcess other = StoreProcess.under(dir.resolve("other")).start()) {
            other.kill();
            store.kill();
            for (int number : List.of(1, 3)) {
                move(store.drive(number), aside(number));
                move(other.drive(number), store.drive(number));
            }
        }
        store.launch();
        assertEquals(1, store.awaitExit(), store::log);
        assertTrue(store.log().contains("belong to different deployments"), store::log);
        for (int number : List.of(1, 3)) {
            SharedStore.delete(store.drive(number));
            move(aside(number), store.drive(number));
        }
        store.start();
        objects.verify();
    }

    /**
     * One drive, then as many as there is parity, are as they were before many changes. What they say of themselves is
     * whole, and wrong.
     */
    @ParameterizedTest
    @CsvSource({"2", "1 3"})
    void drivesThatWereRestoredFromAnOldCopyAreBroughtUpToDate(String restored) throws Exception {
        Set<Integer> old = Stream.of(restored.split(" ")).map(Integer::valueOf).collect(Collectors.toSet());
        store.kill();
        for (int number : old) {
            copy(store.drive(number), aside(number));
        }
        store.start();
        objects.change();
        store.kill();
        for (int number : old) {
            SharedStore.delete(store.drive(number));
            move(aside(number), store.drive(number));
        }
        store.start();
        objects.verify();
        StoreHealth.awaitHealed(store);
        assertTrue(
                StoreHealth.metric(store, "kintsugi_heal_blobs_total") > 0,
                "shards were missing on the restored drives");
        objects.verify();
        objects.change();
        anyOtherTwoMayGo(
                Stream.of(1, 2, 3, 4).filter(n -> !old.contains(n)).limit(2).toList());
    }

    /**
     * The same under a running store, with one drive after the other: those with a replica of the catalog, and that
     * without.
     */
    @Test
    void anOldCopyThatTakesTheDrivesPlaceWhileTheStoreRunsIsBroughtUpToDate() throws Exception {
        store.stop();
        for (int number = 1; number <= 4; number++) {
            copy(store.drive(number), aside(number));
        }
        store.start();
        for (int number = 1; number <= 4; number++) {
            objects.change();
            move(store.drive(number), dir.resolve("newer" + number));
            move(aside(number), store.drive(number));
            objects.verify();
            objects.change();
            StoreHealth.awaitHealed(store);
        }
        objects.verify();
        anyOtherTwoMayGo(List.of(1, 2));
    }
}
