package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.catalog.CatalogSettings;
import io.kintsugi.drives.DriveException;
import io.kintsugi.objects.UpkeepSnapshot.Count;
import io.kintsugi.objects.UpkeepSnapshot.State;
import io.kintsugi.objects.UpkeepSnapshot.Walk;
import io.kintsugi.shards.Pace;
import io.kintsugi.shards.SpareDrives;
import io.kintsugi.sim.SimOp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What a drive had that stays away is on the others again, whole, before it is said so. */
class RebuildWorkTest {
    private static final int SMALL = 100_000;
    private static final int LARGE = 2_500_000;
    private static final Duration AFTER = Duration.ofMinutes(30);

    /** Seven drives; new blobs are on the first four. */
    @AutoClose
    private final TestStore store = new TestStore(ObjectSettings.DEFAULTS, CatalogSettings.DEFAULT, 7);

    private final Superseded superseded = store.superseded();
    private final ShardMover mover = new ShardMover(store.catalog, store.blobs, superseded);

    @AutoClose
    private final RebuildWork work = new RebuildWork(
            store.catalog,
            store.spares,
            mover,
            store.governor(),
            new RebuildWork.Rule(Optional.of(AFTER), store.clock));

    private void fill() {
        for (int i = 0; i < 5; i++) {
            put("small" + i, SMALL, i);
        }
        put("large", LARGE, 9);
        Uploading uploading = new Uploading(store, Optional.empty());
        uploading.part(1, TestBody.bytes(SMALL, 10));
    }

    private void put(String key, int size, int seed) {
        store.objects.put(TestStore.putRequest(ObjectKey.of(key), WriteCondition.NONE, TestBody.of(size, seed)));
    }

    private void goAway(int drive) {
        store.drives.sim(drive).goOffline("gone");
        work.step();
    }

    private void stepUntilNothingIsLeft() {
        int steps = 0;
        while (work.step().compareTo(Duration.ofSeconds(1)) < 0) {
            assertTrue(++steps < 1000, "no end of rebuilding");
        }
    }

    private static void stepUntilAllIsCounted(RebuildWork rebuilding) {
        int steps = 0;
        while (rebuilding.snapshot().orElseThrow().state() == State.COUNTING) {
            rebuilding.step();
            assertTrue(++steps < 1000, "no end of counting");
        }
    }

    private List<BlobRef> blobs() {
        return store.allBlobs().stream().map(BlobPage.Entry::blob).toList();
    }

    private boolean anyOn(int drive) {
        DriveId id = store.drives.sim(drive).id();
        return blobs().stream().anyMatch(blob -> blob.placement().contains(id));
    }

    private Walk walk() {
        return work.snapshot().orElseThrow();
    }

    private void readsAll() {
        for (int i = 0; i < 5; i++) {
            assertArrayEquals(TestBody.bytes(SMALL, i), read("small" + i));
        }
        assertArrayEquals(TestBody.bytes(LARGE, 9), read("large"));
    }

    private byte[] read(String key) {
        return TestStore.bytes(store.objects.get(new GetObject(
                TestStore.BUCKET, ObjectKey.of(key), Optional.empty(), TestStore.WHOLE, ReadCondition.NONE)));
    }

    @Test
    void aDriveThatStaysAwayIsGivenUpAfterItsTime() {
        fill();
        goAway(1);
        store.clock.pass(AFTER.minusSeconds(1));
        stepUntilNothingIsLeft();
        assertEquals(Optional.empty(), work.snapshot());
        assertTrue(anyOn(1));
        store.clock.pass(Duration.ofSeconds(1));
        stepUntilNothingIsLeft();
        assertFalse(anyOn(1));
        assertEquals(State.DONE, walk().state());
        assertEquals(new Count(7, 6L * SMALL + LARGE), walk().total());
        assertEquals(walk().total(), walk().verified());
        assertEquals(Count.NONE, walk().remaining());
        store.loseShards(0);
        store.loseShards(2);
        readsAll();
    }

    @Test
    void aClockThatIsSetForwardGivesNoDriveUp() {
        fill();
        goAway(1);
        store.clock.set(Duration.ofDays(3));
        stepUntilNothingIsLeft();
        assertEquals(Optional.empty(), work.snapshot());
        assertTrue(anyOn(1));
    }

    /** Blobs that lack more than when they were counted have had no turn, and must not count as done. */
    @Test
    void aDriveThatComesAndGoesWhileAnotherIsRebuiltHidesNothing() {
        fill();
        goAway(0);
        store.clock.pass(AFTER);
        goAway(1);
        stepUntilAllIsCounted(work);
        store.drives.sim(1).comeOnline();
        work.step();
        goAway(1);
        stepUntilNothingIsLeft();
        assertEquals(walk().total(), walk().verified());
        assertFalse(anyOn(0));
        assertEquals(State.DONE, walk().state());
        readsAll();
    }

    @Test
    void whatNobodyForesawIsNotTakenForDone() {
        fill();
        AtomicInteger left = new AtomicInteger(1);
        SpareDrives broken = new SpareDrives() {
            @Override
            public Set<DriveId> away() {
                return store.spares.away();
            }

            @Override
            public Set<DriveId> readOnly() {
                return store.spares.readOnly();
            }

            @Override
            public List<DriveId> elsewhere(BlobRef blob, Set<DriveId> lost) {
                if (left.getAndDecrement() > 0) {
                    throw new IllegalStateException("nobody foresaw this");
                }
                return store.spares.elsewhere(blob, lost);
            }
        };
        RebuildWork.Rule rule = new RebuildWork.Rule(Optional.of(Duration.ZERO), store.clock);
        try (RebuildWork other = new RebuildWork(store.catalog, broken, mover, store.governor(), rule)) {
            store.drives.sim(3).goOffline("gone");
            other.step();
            stepUntilAllIsCounted(other);
            assertThrows(IllegalStateException.class, other::step);
            while (other.snapshot().orElseThrow().state() == State.HEALING) {
                other.step();
            }
            assertEquals(State.WAITING, other.snapshot().orElseThrow().state());
            assertEquals(1, other.snapshot().orElseThrow().failed().blobs());
        }
    }

    @Test
    void aDriveThatIsBackInTimeIsNotGivenUp() {
        fill();
        goAway(1);
        store.clock.pass(AFTER.minusSeconds(1));
        store.drives.sim(1).comeOnline();
        work.step();
        goAway(1);
        store.clock.pass(AFTER.minusSeconds(1));
        stepUntilNothingIsLeft();
        assertTrue(anyOn(1));
        assertEquals(Optional.empty(), work.snapshot());
    }

    @Test
    void whatLacksMostComesFirst() {
        fill();
        BlobPage.Entry alone = store.allBlobs().getLast();
        // one blob has only one of its shards on the two drives, all others have two
        List<DriveId> elsewhere = new ArrayList<>(alone.blob().placement());
        elsewhere.set(0, store.drives.sim(6).id());
        assertEquals(ShardMover.Outcome.MOVED, mover.move(alone.blob(), alone.origin(), elsewhere, Pace.UNPACED));
        goAway(0);
        goAway(1);
        store.clock.pass(AFTER);
        List<Integer> order = new ArrayList<>();
        int steps = 0;
        while (walkState() != State.DONE) {
            assertTrue(++steps < 100);
            work.step();
            order.add((int) blobs().stream()
                    .filter(blob -> blob.id().equals(alone.blob().id()))
                    .filter(blob ->
                            blob.placement().contains(store.drives.sim(1).id()))
                    .count());
            if (order.getLast() == 0) {
                assertEquals(0, blobs().stream().filter(this::lacksTwo).count(), "it came before another");
            }
        }
        readsAll();
    }

    private State walkState() {
        return work.snapshot().map(Walk::state).orElse(State.WAITING);
    }

    private boolean lacksTwo(BlobRef blob) {
        return blob.placement()
                .containsAll(
                        List.of(store.drives.sim(0).id(), store.drives.sim(1).id()));
    }

    @Test
    void withoutAFreeDriveNothingIsMovedAndItIsSaid() {
        fill();
        for (int i = 4; i < 7; i++) {
            store.drives.sim(i).setFull(true);
        }
        goAway(3);
        store.clock.pass(AFTER);
        stepUntilNothingIsLeft();
        assertEquals(State.NO_ROOM, walk().state());
        assertEquals(7, walk().homeless().blobs());
        assertEquals(7, walk().remaining().blobs());
        assertTrue(anyOn(3));
        store.drives.sim(5).setFull(false);
        store.clock.pass(Duration.ofHours(1));
        stepUntilNothingIsLeft();
        assertEquals(State.DONE, walk().state());
        assertFalse(anyOn(3));
        readsAll();
    }

    private void failOnce() {
        fill();
        goAway(3);
        store.drives.sim(4).failNext(1, DriveException.Kind.IO, SimOp.WRITE_PACKED);
        store.clock.pass(AFTER);
        stepUntilNothingIsLeft();
        assertEquals(State.WAITING, walk().state());
    }

    @Test
    void aMoveThatFailsIsNotDoneUntilItIsMadeAgain() {
        failOnce();
        assertEquals(new Count(1, SMALL), walk().failed());
        assertEquals(new Count(1, SMALL), walk().remaining());
        store.clock.pass(Duration.ofSeconds(10));
        stepUntilNothingIsLeft();
        assertEquals(State.DONE, walk().state());
        assertFalse(anyOn(3));
    }

    @Test
    void aClockThatIsSetBackHoldsNoSecondTryUp() {
        failOnce();
        store.clock.set(Duration.ofDays(-3));
        store.clock.pass(Duration.ofSeconds(10));
        stepUntilNothingIsLeft();
        assertEquals(State.DONE, walk().state());
    }

    /** It holds what it held; what was rebuilt is not its any more. */
    @Test
    void aDriveThatComesBackIsCaughtUpAndItsOldShardsGo() {
        fill();
        goAway(1);
        store.clock.pass(AFTER);
        stepUntilNothingIsLeft();
        put("later", SMALL, 20);
        store.drives.sim(1).comeOnline();
        work.step();
        assertEquals(Optional.empty(), work.snapshot());
        Mender mender = new Mender(
                store.catalog, store.blobs, store.survey, store.objects.guards().claims(), new LostBlobs(store.clock));
        HealWork heal = new HealWork(store.catalog, store.reports, mender, store.clock, store.governor());
        heal.restore(store.drives.sim(1).id());
        while (heal.step().compareTo(Duration.ofSeconds(1)) < 0) {
            assertTrue(heal.snapshot().failed() == 0);
        }
        store.clock.pass(Duration.ofHours(25));
        superseded.step(Pace.UNPACED, Pace.UNPACED);
        OrphanSweep sweep = new OrphanSweep(
                store.catalog, store.survey, store.objects.guards(), store.terms(ObjectSettings.DEFAULTS.upkeep()));
        sweep.sweep();
        store.clock.pass(ObjectSettings.DEFAULTS.upkeep().orphanConfirmation());
        sweep.confirm();
        assertEquals(1, store.shardCount(1), "the one that was written since");
        store.loseShards(0);
        store.loseShards(2);
        readsAll();
        assertArrayEquals(TestBody.bytes(SMALL, 20), read("later"));
    }

    @Test
    void aSecondDriveThatIsLostMeanwhileChangesTheOrder() {
        fill();
        goAway(1);
        store.clock.pass(AFTER);
        work.step();
        work.step();
        goAway(2);
        store.clock.pass(AFTER);
        stepUntilNothingIsLeft();
        assertEquals(State.DONE, walk().state());
        assertFalse(anyOn(1) || anyOn(2));
        readsAll();
    }

    /** Its other shards are gone: nothing that is tried restores it, and each try walks through all rows. */
    @Test
    void whatFailsAgainAndAgainIsTriedMoreSeldom() {
        fill();
        goAway(1);
        store.loseShards(0);
        store.loseShards(2);
        store.clock.pass(AFTER);
        for (int round = 0; round < 20; round++) {
            stepUntilNothingIsLeft();
            assertEquals(7, walk().failed().blobs());
            store.clock.pass(Duration.ofHours(2));
        }
        stepUntilNothingIsLeft();
        long tried = mover.snapshot().failed();
        store.clock.pass(Duration.ofMinutes(30));
        stepUntilNothingIsLeft();
        assertEquals(tried, mover.snapshot().failed());
        store.clock.pass(Duration.ofMinutes(31));
        stepUntilNothingIsLeft();
        assertEquals(tried + 7, mover.snapshot().failed());
    }

    /** It is not given up yet, and may be back in a minute; or never. */
    @Test
    void whatLacksMoreSinceAnotherDriveWentComesFirst() {
        fill();
        BlobPage.Entry last = store.allBlobs().getLast();
        for (BlobPage.Entry entry : store.allBlobs()) {
            List<DriveId> placement = new ArrayList<>(entry.blob().placement());
            placement.set(
                    placement.indexOf(store.drives.sim(1).id()),
                    store.drives.sim(6).id());
            if (!entry.equals(last)) {
                assertEquals(
                        ShardMover.Outcome.MOVED, mover.move(entry.blob(), entry.origin(), placement, Pace.UNPACED));
            }
        }
        goAway(0);
        store.clock.pass(AFTER);
        work.step();
        stepUntilAllIsCounted(work);
        store.drives.sim(1).goOffline("gone");
        work.step();
        stepUntilAllIsCounted(work);
        int steps = 0;
        while (blobs().stream().anyMatch(this::lacksTwo)) {
            assertEquals(7, blobs().stream().filter(this::isOnFirst).count(), "it came before all others");
            work.step();
            assertTrue(++steps < 100);
        }
        // one that goes and comes does not hold up the others
        for (int i = 0; walkState() != State.DONE; i++) {
            assertTrue(i < 20);
            store.drives.sim(1).comeOnline();
            work.step();
            store.drives.sim(1).goOffline("gone");
            work.step();
        }
        assertFalse(anyOn(0));
    }

    private boolean isOnFirst(BlobRef blob) {
        return blob.placement().contains(store.drives.sim(0).id());
    }

    /** A drive may be lost for weeks. */
    @Test
    void theLogHasOneLineForWhatCameOfIt() {
        Logger logger = Logger.getLogger(RebuildWork.class.getName());
        AtomicInteger lines = new AtomicInteger();
        Handler counting = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.addAndGet(line.getMessage().startsWith("Rebuilding") ? 1 : 0);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(counting);
        try {
            fill();
            goAway(1);
            store.clock.pass(AFTER);
            for (int hour = 0; hour < 24; hour++) {
                stepUntilNothingIsLeft();
                store.clock.pass(Duration.ofHours(1));
            }
            assertEquals(1, lines.get());
            goAway(2);
            store.clock.pass(AFTER);
            stepUntilNothingIsLeft();
            assertEquals(2, lines.get());
        } finally {
            logger.removeHandler(counting);
        }
    }
}
