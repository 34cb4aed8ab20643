package io.kintsugi.catalog;

import static io.kintsugi.catalog.Samples.BUCKET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.Clock;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.cluster.DriveListener.Event;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimOp;
import io.kintsugi.sim.SimTopology;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The embedded engine when the power fails, drives are lost, late, replaced or stale. */
class CatalogCrashTest {
    private final Acked acked = new Acked();

    private EmbeddedCatalog begin(SimTopology drives) {
        EmbeddedCatalog catalog = SimCatalogs.open(drives);
        catalog.createBucket(Samples.bucket(Versioning.OFF));
        for (int i = 0; i < 20; i++) {
            assertTrue(acked.put(catalog, "k" + i % 7));
        }
        return catalog;
    }

    /** The power fails: the process is gone, and what was not synced with it. */
    private static void powerCut(SimTopology drives, EmbeddedCatalog catalog) {
        drives.sims().forEach(sim -> sim.goOffline("power cut"));
        drives.crash();
        catalog.close();
        drives.sims().forEach(SimDrive::comeOnline);
    }

    /** Some of three replicas have the commit that was under way, some have it not; nobody was told. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void aCommitUnderWayIsWholeOrAbsentOnAllReplicas(int arrived) {
        SimTopology drives = new SimTopology(new ErasureCode(2, 1));
        EmbeddedCatalog catalog = begin(drives);
        for (int i = 0; i < 3; i++) {
            if ((arrived >> i & 1) == 0) {
                drives.sim(i).hang(SimOp.COMMIT);
            } else {
                drives.sim(i).holdAnswers(SimOp.COMMIT);
            }
        }
        ObjectVersion asked = acked.ask("k0");
        Thread writer = Thread.startVirtualThread(() -> assertThrows(
                StoreException.class, () -> catalog.put(asked, Optional.of(new byte[] {4}), WriteCondition.NONE)));
        drives.sims().forEach(sim -> SimCatalogs.until(() -> sim.waiting() > 0));
        powerCut(drives, catalog);
        SimCatalogs.join(writer);
        try (EmbeddedCatalog again = SimCatalogs.open(drives)) {
            acked.check(again);
            assertEquals(3, again.status().live().size(), "a replica that lacks one commit is brought level");
            ReplicaContents.assertEqual(drives, again);
            boolean visible = again.find(BUCKET, asked.key(), Optional.empty()).equals(Optional.of(asked));
            assertEquals(arrived != 0, visible, "what is on one replica is on all");
            assertTrue(acked.put(again, "k0"));
        }
        try (EmbeddedCatalog third = SimCatalogs.open(drives)) {
            acked.check(third);
        }
    }

    /** A replica hangs, so the epoch is raised; some drives do not get that far, and then the power fails. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void aChangeOfReplicasThatIsCutOffLosesNothing(int raised) {
        SimTopology drives = new SimTopology(new ErasureCode(2, 1));
        EmbeddedCatalog catalog = begin(drives);
        drives.sim(2).hang(SimOp.COMMIT);
        for (int i = 0; i < 3; i++) {
            if ((raised >> i & 1) == 0) {
                drives.sim(i).hang(SimOp.RAISE_EPOCH);
            }
        }
        boolean acknowledged = acked.put(catalog, "k0");
        assertTrue(Integer.bitCount(raised) >= 2 || !acknowledged, "too few drives know the new epoch");
        powerCut(drives, catalog);
        try (EmbeddedCatalog again = SimCatalogs.open(drives)) {
            SimCatalogs.untilStrong(again);
            acked.check(again);
            ReplicaContents.assertEqual(drives, again);
        }
    }

    /** It takes the place of a replica and nobody is told: what it takes of the next commit makes no replica of it. */
    @Test
    void anEmptyDriveIsNoReplicaForHavingTheLastCommit() {
        SimTopology drives = new SimTopology(new ErasureCode(2, 1));
        EmbeddedCatalog catalog = begin(drives);
        assertTrue(acked.put(catalog, "k0"));
        drives.sim(2).replaceByEmpty();
        assertTrue(acked.put(catalog, "k1"));
        powerCut(drives, catalog);
        try (EmbeddedCatalog again = SimCatalogs.open(drives)) {
            acked.check(again);
            ReplicaContents.assertEqual(drives, again);
        }
    }

    /**
     * One replica records an epoch that never came into force, since no other drive could; then it is away while the
     * others go on. When it is back it must be known for what it is, whatever number its epoch has.
     */
    @ParameterizedTest
    @CsvSource({"1,0", "1,1", "1,2", "1,3", "3,1"})
    void anEpochThatNeverCameIntoForceOverrulesNobody(int attempts, int puts) {
        SimTopology drives = new SimTopology(new ErasureCode(2, 1));
        EmbeddedCatalog catalog = begin(drives);
        long before = catalog.status().epoch();
        drives.sim(0).hang(SimOp.COMMIT, SimOp.RAISE_EPOCH);
        drives.sim(2).hang(SimOp.RAISE_EPOCH);
        drives.sim(2).failNext(1, DriveException.Kind.IO, SimOp.COMMIT);
        assertFalse(acked.put(catalog, "k0"), "one drive alone promises nothing");
        SimCatalogs.until(() -> epochOn(drives.sim(1)) >= before + attempts);
        powerCut(drives, catalog);
        drives.sim(1).goOffline("pulled out");
        try (EmbeddedCatalog others = SimCatalogs.open(drives)) {
            for (int i = 0; i < puts; i++) {
                assertTrue(acked.put(others, "n" + i));
            }
            acked.check(others);
        }
        drives.sim(1).comeOnline();
        try (EmbeddedCatalog again = SimCatalogs.open(drives)) {
            acked.check(again);
            ReplicaContents.assertEqual(drives, again);
        }
    }

    /** The power fails when one of the replicas that stay has recorded a change of them, and the other has not. */
    @Test
    void aChangeOfReplicasThatOneHasRecordedLeavesNobodyBehind() {
        SimTopology drives = new SimTopology(new ErasureCode(3, 2));
        begin(drives).close();
        CatalogSettings patient =
                SimCatalogs.QUICK.withDeadlines(Duration.ofSeconds(20), Duration.ofMillis(600), Duration.ofMillis(50));
        EmbeddedCatalog catalog = EmbeddedCatalog.open(drives, Clock.SYSTEM, patient);
        long before = catalog.status().epoch();
        acked.check(catalog);
        drives.sim(0).hang(SimOp.COMMIT);
        drives.sim(2).goOffline("pulled out");
        drives.tell(2, Event.LOST);
        SimCatalogs.until(() -> epochOn(drives.sim(1)) > before);
        powerCut(drives, catalog);
        try (EmbeddedCatalog again = SimCatalogs.open(drives)) {
            assertEquals(3, again.status().live().size(), "what is acknowledged next must be on all three");
            assertTrue(acked.put(again, "k0"));
            acked.check(again);
            ReplicaContents.assertEqual(drives, again);
        }
    }

    private static long epochOn(SimDrive drive) {
        return ReplicaState.decode(drive.keyValue()
                        .get(KvSpace.META, ReplicaState.KEY)
                        .join()
                        .orElseThrow())
                .epoch();
    }

    @Test
    void nothingIsLostByARestart() {
        SimTopology drives = new SimTopology(new ErasureCode(2, 2));
        powerCut(drives, begin(drives));
        try (EmbeddedCatalog again = SimCatalogs.open(drives)) {
            acked.check(again);
            ReplicaContents.assertEqual(drives, again);
        }
    }

    static List<int[]> pairs() {
        return IntStream.range(0, 4)
                .boxed()
                .flatMap(a -> IntStream.range(a + 1, 4).mapToObj(b -> new int[] {a, b}))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void anyTwoOfFourDrivesMayBeLost(int[] lost) {
        SimTopology drives = new SimTopology(new ErasureCode(2, 2));
        EmbeddedCatalog catalog = begin(drives);
        for (int drive : lost) {
            drives.sim(drive).goOffline("pulled out");
        }
        for (int i = 0; i < 10; i++) {
            assertTrue(acked.put(catalog, "k" + i), "writing goes on");
        }
        acked.check(catalog);
        catalog.close();
        try (EmbeddedCatalog again = SimCatalogs.open(drives)) {
            acked.check(again);
            for (int drive : lost) {
                drives.sim(drive).comeOnline();
                drives.tell(drive, Event.RETURNED);
            }
            SimCatalogs.untilStrong(again);
            acked.check(again);
            ReplicaContents.assertEqual(drives, again);
        }
    }

    @Test
    void aStaleReplicaIsRefused() {
        SimTopology drives = new SimTopology(new ErasureCode(2, 2));
        loseAllButTheStale(drives);
        Unavailable refused = assertThrows(Unavailable.class, () -> SimCatalogs.open(drives));
        assertEquals(Unavailable.Kind.QUORUM, refused.kind());
        drives.sim(1).comeOnline();
        try (EmbeddedCatalog again = SimCatalogs.open(drives)) {
            acked.check(again);
        }
    }

    /**
     * Replicas are on drives 0, 1 and 2; drive 0 misses commits; then only it and drive 3, which has no replica, are
     * here.
     */
    private void loseAllButTheStale(SimTopology drives) {
        EmbeddedCatalog catalog = begin(drives);
        drives.sim(0).goOffline("pulled out");
        assertTrue(acked.put(catalog, "k0"));
        catalog.close();
        drives.sim(1).goOffline("pulled out");
        drives.sim(2).goOffline("pulled out");
        drives.sim(0).comeOnline();
    }

    /**
     * The canary: on drives that forget the epoch the stale replica is taken for a good one, and the checker sees it.
     */
    @Test
    void withoutEpochsTheCheckerFails() {
        SimTopology drives = new SimTopology(new ErasureCode(2, 2));
        loseAllButTheStale(drives);
        try (EmbeddedCatalog wrong = SimCatalogs.open(new WithoutEpochs(drives))) {
            assertThrows(AssertionError.class, () -> acked.check(wrong));
        }
    }

    @Test
    void tooFewDrivesAreNoStart() {
        SimTopology drives = new SimTopology(new ErasureCode(2, 2));
        begin(drives).close();
        IntStream.range(0, 3).forEach(i -> drives.sim(i).goOffline("pulled out"));
        assertThrows(Unavailable.class, () -> SimCatalogs.open(drives));
    }

    @Test
    void theFirstStartWantsAllDrives() {
        SimTopology drives = new SimTopology(new ErasureCode(2, 2));
        drives.sim(3).goOffline("not mounted yet");
        assertThrows(Unavailable.class, () -> SimCatalogs.open(drives));
        drives.sim(3).comeOnline();
        SimCatalogs.open(drives).close();
    }

    @Test
    void aReplicaThatHangsIsGivenUpWithANewEpochEverywhere() {
        SimTopology drives = new SimTopology(new ErasureCode(2, 1));
        try (EmbeddedCatalog catalog = begin(drives)) {
            long before = catalog.status().epoch();
            drives.sim(1).hang(SimOp.COMMIT);
            assertTrue(acked.put(catalog, "k0"));
            assertFalse(catalog.status().live().contains(drives.sim(1).id()));
            long now = catalog.status().epoch();
            assertTrue(now > before);
            drives.sims().forEach(sim -> SimCatalogs.until(() -> sim.catalogEpoch() >= now));
            drives.sim(1).release();
            SimCatalogs.untilStrong(catalog);
            acked.check(catalog);
            ReplicaContents.assertEqual(drives, catalog);
        }
    }

    @Test
    void aReplacedDriveIsFilledWhileCommitsGoOn() {
        SimTopology drives = new SimTopology(new ErasureCode(2, 1));
        try (EmbeddedCatalog catalog = begin(drives)) {
            for (int round = 0; round < 3; round++) {
                drives.sim(round).replaceByEmpty();
                drives.tell(round, Event.REPLACED);
                for (int i = 0; i < 50; i++) {
                    assertTrue(acked.put(catalog, "r" + round + "-" + i % 10));
                    acked.check(catalog);
                }
                SimCatalogs.untilStrong(catalog);
                ReplicaContents.assertEqual(drives, catalog);
            }
        }
        drives.sim(0).goOffline("pulled out");
        try (EmbeddedCatalog again = SimCatalogs.open(drives)) {
            acked.check(again);
        }
    }

    @Test
    void aReplacedDriveThatNobodyToldOfIsNoticed() {
        SimTopology drives = new SimTopology(new ErasureCode(2, 1));
        try (EmbeddedCatalog catalog = begin(drives)) {
            drives.sim(0).replaceByEmpty();
            acked.check(catalog);
            assertTrue(acked.put(catalog, "k0"));
            SimCatalogs.untilStrong(catalog);
            ReplicaContents.assertEqual(drives, catalog);
        }
    }

    @Test
    void aReplicaMovesWhenItsDriveStaysAway() {
        SimTopology drives = new SimTopology(new ErasureCode(2, 2));
        try (EmbeddedCatalog catalog = begin(drives)) {
            drives.sim(0).goOffline("pulled out");
            assertTrue(acked.put(catalog, "k0"));
            SimCatalogs.untilStrong(catalog);
            assertTrue(catalog.status().live().contains(drives.sim(3).id()));
            acked.check(catalog);
            ReplicaContents.assertEqual(drives, catalog);
        }
    }

    @Test
    void itStopsWithoutDrivesAndGoesOnWhenTheyAreBack() {
        SimTopology drives = new SimTopology(new ErasureCode(2, 1));
        try (EmbeddedCatalog catalog = begin(drives)) {
            drives.sims().forEach(sim -> sim.goOffline("pulled out"));
            assertFalse(acked.put(catalog, "k0"));
            assertThrows(Unavailable.class, () -> acked.check(catalog));
            SimCatalogs.until(() -> !catalog.status().writable());
            assertFalse(catalog.status().reason().isEmpty());
            drives.sims().forEach(SimDrive::comeOnline);
            SimCatalogs.untilStrong(catalog);
            acked.check(catalog);
            assertTrue(acked.put(catalog, "k0"));
            ReplicaContents.assertEqual(drives, catalog);
        }
    }

    @Test
    void aWrongRowIsReadElsewhereAndItsReplicaMadeAnew() {
        SimTopology drives = new SimTopology(new ErasureCode(2, 1));
        try (EmbeddedCatalog catalog = begin(drives)) {
            drives.sims()
                    .getFirst()
                    .keyValue()
                    .commit(SimCatalogs.garbageInEveryObject(drives.sim(0)))
                    .join();
            acked.check(catalog);
            SimCatalogs.until(() ->
                    catalog.status().epoch() > 1 && catalog.status().live().size() == 3);
            acked.check(catalog);
            SimCatalogs.until(() -> ReplicaContents.of(drives.sim(0)).equals(ReplicaContents.of(drives.sim(1))));
        }
    }
}
