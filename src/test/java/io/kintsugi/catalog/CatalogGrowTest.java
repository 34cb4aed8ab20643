package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.drives.Drive;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimTopology;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * I8 while the number of drives changes: of the rule "n − m of n drives" n is another before and after, and no start
 * may be possible without a drive that knows the newest epoch.
 */
class CatalogGrowTest {
    private static final ErasureCode FIVE = new ErasureCode(3, 2);

    private final Acked acked = new Acked();

    private void begin(SimTopology drives) {
        try (EmbeddedCatalog catalog = SimCatalogs.open(drives)) {
            catalog.createBucket(Samples.bucket(Versioning.OFF));
            puts(catalog);
        }
    }

    private void puts(EmbeddedCatalog catalog) {
        for (int i = 0; i < 10; i++) {
            assertTrue(acked.put(catalog, "k" + i % 7));
        }
    }

    /** Drives as a topology adds them: they have heard of the epoch when they are formatted. */
    private static List<SimDrive> grown(List<SimDrive> before, int more, boolean heard) {
        List<SimDrive> all = new ArrayList<>(before);
        long epoch = before.stream().mapToLong(Drive::catalogEpoch).max().orElseThrow();
        for (int i = 0; i < more; i++) {
            SimDrive drive = new SimDrive(new DriveId(new Id128(8, i + 1)));
            if (heard) {
                drive.raiseCatalogEpoch(epoch).join();
            }
            all.add(drive);
        }
        return all;
    }

    static List<int[]> pairsOfSeven() {
        return IntStream.range(0, 7)
                .boxed()
                .flatMap(a -> IntStream.range(a + 1, 7).mapToObj(b -> new int[] {a, b}))
                .toList();
    }

    /** Two drives miss the last epoch of five; two are added; then any two are away: at each start, and after it. */
    @ParameterizedTest
    @MethodSource("pairsOfSeven")
    void whateverIsAwayAfterGrowingNothingIsLost(int[] away) {
        SimTopology five = new SimTopology(FIVE);
        begin(five);
        five.sim(0).goOffline("pulled out");
        five.sim(1).goOffline("pulled out");
        try (EmbeddedCatalog catalog = SimCatalogs.open(five)) {
            SimCatalogs.untilStrong(catalog);
            puts(catalog);
        }
        five.sims().forEach(SimDrive::comeOnline);
        List<SimDrive> seven = grown(five.sims(), 2, true);
        IntStream.of(away).forEach(drive -> seven.get(drive).goOffline("pulled out"));
        try (EmbeddedCatalog catalog = SimCatalogs.open(new GrownDrives(FIVE, seven))) {
            acked.check(catalog);
            SimCatalogs.untilStrong(catalog);
            puts(catalog);
        }
        seven.forEach(SimDrive::comeOnline);
        seven.get((away[0] + 1) % 7).goOffline("pulled out");
        seven.get((away[1] + 1) % 7).goOffline("pulled out");
        try (EmbeddedCatalog catalog = SimCatalogs.open(new GrownDrives(FIVE, seven))) {
            acked.check(catalog);
        }
    }

    /** The drives that were added and one that is stale are as many as a start needs, with the new parity. */
    private GrownDrives aStaleOneAmongNew(boolean heard) {
        SimTopology four = new SimTopology(new ErasureCode(3, 1));
        begin(four);
        four.sim(0).goOffline("pulled out");
        try (EmbeddedCatalog catalog = SimCatalogs.open(four)) {
            SimCatalogs.untilStrong(catalog);
            puts(catalog);
        }
        four.sim(0).comeOnline();
        List<SimDrive> eight = grown(four.sims(), 4, heard);
        IntStream.range(1, 4).forEach(i -> eight.get(i).goOffline("pulled out"));
        return new GrownDrives(new ErasureCode(4, 4), eight);
    }

    @Test
    void drivesThatWereAddedKnowThatAReplicaIsStale() {
        Unavailable refused = assertThrows(Unavailable.class, () -> SimCatalogs.open(aStaleOneAmongNew(true)));
        assertEquals(Unavailable.Kind.QUORUM, refused.kind());
    }

    /** The canary: new drives that have heard of nothing let the stale replica be taken for a good one. */
    @Test
    void withoutHearingOfTheEpochTheCheckerFails() {
        try (EmbeddedCatalog wrong = SimCatalogs.open(aStaleOneAmongNew(false))) {
            assertThrows(AssertionError.class, () -> acked.check(wrong));
        }
    }

    @Test
    void replicasLeaveDrivesThatAreDrained() {
        SimTopology five = new SimTopology(FIVE);
        begin(five);
        GrownDrives drives = new GrownDrives(FIVE, grown(five.sims(), 1, true));
        try (EmbeddedCatalog catalog = SimCatalogs.open(drives)) {
            List<DriveId> before = catalog.status().live();
            drives.drain(before.getFirst());
            SimCatalogs.until(() -> !catalog.status().live().contains(before.getFirst()));
            assertEquals(before.size(), catalog.status().live().size());
            acked.check(catalog);
            puts(catalog);
        }
    }

    /** With nowhere else to go a replica stays: a drive that is drained is better than none. */
    @Test
    void noReplicaLeavesBeforeAnotherIsThere() {
        SimTopology three = new SimTopology(new ErasureCode(2, 1));
        begin(three);
        List<SimDrive> four = grown(three.sims(), 1, true);
        GrownDrives drives = new GrownDrives(new ErasureCode(2, 1), four);
        four.get(3).setReadOnly(true);
        try (EmbeddedCatalog catalog = SimCatalogs.open(drives)) {
            drives.drain(four.getFirst().id());
            for (int i = 0; i < 20; i++) {
                puts(catalog);
                assertEquals(3, catalog.status().live().size());
            }
            four.get(3).setReadOnly(false);
            SimCatalogs.until(
                    () -> !catalog.status().live().contains(four.getFirst().id()));
            assertEquals(3, catalog.status().live().size());
            acked.check(catalog);
        }
    }

    /** A drive that was drained and left out takes its knowledge of the epochs with it; the others have enough. */
    @ParameterizedTest
    @MethodSource("pairsOfSeven")
    void whatIsLeftWhenADriveIsLeftOutKnowsTheNewestEpoch(int[] away) {
        SimTopology five = new SimTopology(FIVE);
        begin(five);
        List<SimDrive> eight = grown(five.sims(), 3, true);
        eight.get(away[0]).goOffline("pulled out");
        eight.get(away[1]).goOffline("pulled out");
        GrownDrives before = new GrownDrives(FIVE, eight);
        before.drain(eight.get(7).id());
        try (EmbeddedCatalog catalog = SimCatalogs.open(before)) {
            SimCatalogs.until(
                    () -> !catalog.status().live().contains(eight.get(7).id()));
            puts(catalog);
        }
        eight.forEach(SimDrive::comeOnline);
        eight.get((away[0] + 3) % 7).goOffline("pulled out");
        eight.get((away[1] + 3) % 7).goOffline("pulled out");
        try (EmbeddedCatalog catalog = SimCatalogs.open(new GrownDrives(FIVE, eight.subList(0, 7)))) {
            acked.check(catalog);
        }
    }
}
