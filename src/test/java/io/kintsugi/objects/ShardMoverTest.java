package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.catalog.CatalogSettings;
import io.kintsugi.drives.DriveException;
import io.kintsugi.objects.ShardMover.Outcome;
import io.kintsugi.shards.Pace;
import io.kintsugi.sim.SimOp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** At each moment of a move every object can be read, and in the end no shard is left that nothing refers to. */
class ShardMoverTest extends MoverHarness {
    private static final int SMALL = 100_000;
    private static final int LARGE = 2_500_000;

    private final OrphanSweep sweep = new OrphanSweep(
            store.catalog, store.survey, store.objects.guards(), store.terms(ObjectSettings.DEFAULTS.upkeep()));

    ShardMoverTest() {
        super(CatalogSettings.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE})
    void whatWasMovedIsThereAtOnceAndTheOldGoesAfterTheGrace(int size) {
        BlobRef blob = blobOf(store.put(TestBody.of(size, 1)));
        assertEquals(Outcome.MOVED, move(blob, 4, 1, 5, 3));
        assertEquals(placement(4, 1, 5, 3), recorded().placement());
        superseded.step(Pace.UNPACED, Pace.UNPACED);
        assertEquals(List.of(1, 1, 1, 1, 1, 1, 0), shardCounts());
        assertArrayEquals(TestBody.bytes(size, 1), store.read(TestStore.WHOLE));
        passGrace();
        assertEquals(List.of(0, 1, 0, 1, 1, 1, 0), shardCounts());
        assertEquals(0, superseded.waiting());
        assertEquals(2, mover.snapshot().removed());
        store.drives.sim(1).goOffline("gone");
        store.drives.sim(3).goOffline("gone");
        assertArrayEquals(TestBody.bytes(size, 1), store.read(TestStore.WHOLE));
    }

    @Test
    void aReadThatBeganBeforeKeepsTheOldShards() {
        BlobRef blob = blobOf(store.put(TestBody.of(LARGE, 1)));
        ObjectRead read = store.objects.get(TestStore.getRequest(TestStore.WHOLE));
        List<Integer> during = new ArrayList<>();
        read.sendTo((bytes, release) -> {
            if (during.isEmpty()) {
                assertEquals(Outcome.MOVED, move(blob, 4, 5, 6, 3));
                passGrace();
                during.addAll(shardCounts());
            }
            release.run();
        });
        assertEquals(List.of(1, 1, 1, 1, 1, 1, 1), during);
        superseded.step(Pace.UNPACED, Pace.UNPACED);
        assertEquals(List.of(0, 0, 0, 1, 1, 1, 1), shardCounts());
    }

    @Test
    void aClockThatIsSetEndsNoGrace() {
        BlobRef blob = blobOf(store.put(TestBody.of(LARGE, 1)));
        assertEquals(Outcome.MOVED, move(blob, 4, 5, 6, 3));
        store.clock.set(Duration.ofDays(3));
        superseded.step(Pace.UNPACED, Pace.UNPACED);
        assertEquals(List.of(1, 1, 1, 1, 1, 1, 1), shardCounts());
        store.clock.set(Duration.ofDays(-6));
        passGrace();
        assertEquals(List.of(0, 0, 0, 1, 1, 1, 1), shardCounts());
    }

    @Test
    void whatWasOverwrittenMeanwhileIsNotMoved() {
        BlobRef old = blobOf(store.put(TestBody.of(SMALL, 1)));
        store.delete(Optional.empty(), WriteCondition.NONE);
        store.catalog.reclaimed(store.catalog.reclaimable(Duration.ZERO, 10));
        assertEquals(Outcome.CHANGED, move(old, 4, 1, 2, 3));
        assertEquals(List.of(1, 1, 1, 1, 0, 0, 0), shardCounts());
        BlobRef blob = blobOf(store.put(TestBody.of(SMALL, 2)));
        assertEquals(Outcome.CHANGED, move(blob.at(placement(6, 1, 2, 3)), 4, 1, 2, 3), "it does not lie there");
        assertEquals(List.of(2, 2, 2, 2, 0, 0, 0), shardCounts());
    }

    /** The overwrite comes between the copying and the commit. */
    @Test
    void shardsOfABlobThatWentWhileTheyWereMadeAreRemoved() {
        BlobRef old = blobOf(store.put(TestBody.of(LARGE, 1)));
        AtomicBoolean once = new AtomicBoolean();
        Pace overwrites = bytes -> {
            if (once.compareAndSet(false, true)) {
                store.delete(Optional.empty(), WriteCondition.NONE);
                store.catalog.reclaimed(store.catalog.reclaimable(Duration.ZERO, 10));
            }
        };
        assertEquals(Outcome.CHANGED, mover.move(old, origin(), placement(4, 1, 2, 3), overwrites));
        assertEquals(0, store.shardCount(4));
    }

    @Test
    void whatIsInTheReclaimQueueGoesFromWhereItWasMovedTo() {
        BlobRef old = blobOf(store.put(TestBody.of(LARGE, 1)));
        store.put("another");
        assertEquals(Outcome.MOVED, move(old, 4, 1, 2, 3));
        store.clock.pass(Duration.ofMinutes(2));
        new Reclaimer(
                        store.catalog,
                        store.blobs,
                        superseded,
                        store.terms(ObjectSettings.DEFAULTS.upkeep()),
                        () -> false)
                .step();
        assertEquals(0, store.blobCount());
    }

    @Test
    void whatMovesWhileTheReclaimQueueIsReadGoesFromWhereItIsThen() {
        BlobRef old = blobOf(store.put(TestBody.of(LARGE, 1)));
        store.put("another");
        store.clock.pass(Duration.ofMinutes(2));
        Catalog racing = RacingCatalog.behind(
                store.catalog, "reclaimable", () -> assertEquals(Outcome.MOVED, move(old, 4, 1, 2, 3)));
        new Reclaimer(racing, store.blobs, superseded, store.terms(ObjectSettings.DEFAULTS.upkeep()), () -> false)
                .step();
        passGrace();
        assertEquals(0, store.blobCount());
    }

    @Test
    void whatWasMovedThereAndBackIsNotRemoved() {
        BlobRef blob = blobOf(store.put(TestBody.of(SMALL, 1)));
        assertEquals(Outcome.MOVED, move(blob, 4, 1, 2, 3));
        assertEquals(Outcome.MOVED, move(recorded(), 0, 1, 2, 3));
        passGrace();
        assertEquals(List.of(1, 1, 1, 1, 0, 0, 0), shardCounts());
        assertArrayEquals(TestBody.bytes(SMALL, 1), store.read(TestStore.WHOLE));
    }

    @Test
    void ofTwoMovesOfOneBlobOneIsMade() throws Exception {
        for (int round = 0; round < 20; round++) {
            BlobRef blob = blobOf(store.put(TestBody.of(SMALL, round)));
            List<Outcome> outcomes = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<Outcome>> both = List.of(
                        threads.submit(() -> move(blob, 4, 5, 2, 3)), threads.submit(() -> move(blob, 5, 4, 2, 3)));
                for (Future<Outcome> one : both) {
                    outcomes.add(one.get());
                }
            }
            assertEquals(1, outcomes.stream().filter(o -> o == Outcome.MOVED).count(), outcomes.toString());
            assertTrue(outcomes.stream().allMatch(o -> o != Outcome.FAILED && o != Outcome.UNSURE));
            passGrace();
            assertArrayEquals(TestBody.bytes(SMALL, round), store.read(TestStore.WHOLE));
            store.delete(Optional.empty(), WriteCondition.NONE);
            store.clock.pass(Duration.ofMinutes(2));
            new Reclaimer(
                            store.catalog,
                            store.blobs,
                            superseded,
                            store.terms(ObjectSettings.DEFAULTS.upkeep()),
                            () -> false)
                    .step();
            assertEquals(0, store.blobCount(), "of round " + round);
        }
    }

    @Test
    void aMoveThatFailsChangesNothing() {
        BlobRef blob = blobOf(store.put(TestBody.of(SMALL, 1)));
        store.drives.sim(4).failNext(1, DriveException.Kind.IO, SimOp.WRITE_PACKED);
        assertEquals(Outcome.FAILED, move(blob, 4, 1, 2, 3));
        assertEquals(blob, recorded());
        assertEquals(1, mover.snapshot().failed());
        assertEquals(Outcome.MOVED, move(blob, 4, 1, 2, 3), "the blob is free again");
    }

    @Test
    void thePaceCanEndAMove() {
        BlobRef blob = blobOf(store.put(TestBody.of(LARGE, 1)));
        Pace stops = bytes -> {
            throw new StoreException.Unavailable(StoreException.Unavailable.Kind.STOPPING, "enough");
        };
        assertThrows(StoreException.Unavailable.class, () -> mover.move(blob, origin(), placement(4, 1, 2, 3), stops));
        assertEquals(List.of(1, 1, 1, 1, 0, 0, 0), shardCounts());
        assertEquals(Outcome.MOVED, move(blob, 4, 1, 2, 3));
    }

    private void sweepAndConfirm() {
        sweep.sweep();
        store.clock.pass(ObjectSettings.DEFAULTS.upkeep().orphanConfirmation());
        sweep.confirm();
    }

    /** As after a restart: nobody remembers what was superseded. */
    @Test
    void theSweepRemovesWhatLiesWhereItLayBefore() {
        BlobRef blob = blobOf(store.put(TestBody.of(LARGE, 1)));
        assertEquals(Outcome.MOVED, move(blob, 4, 1, 5, 3));
        store.clock.pass(Duration.ofHours(25));
        sweepAndConfirm();
        assertEquals(List.of(0, 1, 0, 1, 1, 1, 0), shardCounts());
        assertEquals(2, sweep.snapshot().removed());
        assertArrayEquals(TestBody.bytes(LARGE, 1), store.read(TestStore.WHOLE));
    }

    /** The new shards of an old blob are no orphans: not at the first look, and not at the second. */
    @Test
    void theSweepLeavesAloneWhatIsBeingMoved() {
        BlobRef blob = blobOf(store.put(TestBody.of(LARGE, 1)));
        store.clock.pass(Duration.ofHours(25));
        int[] asked = new int[1];
        Pace sweeps = bytes -> {
            if (++asked[0] == 4) {
                assertEquals(1, store.shardCount(4), "it was published, and is about to be read back");
                sweepAndConfirm();
            }
        };
        assertEquals(Outcome.MOVED, mover.move(blob, origin(), placement(4, 1, 2, 3), sweeps));
        assertTrue(asked[0] >= 4);
        assertEquals(1, store.shardCount(4));
        passGrace();
        assertArrayEquals(TestBody.bytes(LARGE, 1), store.read(TestStore.WHOLE));
    }

    @Test
    void theSweepLeavesAloneWhatAReadIsAt() {
        BlobRef blob = blobOf(store.put(TestBody.of(LARGE, 1)));
        assertEquals(Outcome.MOVED, move(blob, 4, 1, 5, 3));
        store.clock.pass(Duration.ofHours(25));
        store.objects.guards().pins().pin(List.of(blob.id()));
        sweepAndConfirm();
        assertEquals(List.of(1, 1, 1, 1, 1, 1, 0), shardCounts());
    }

    @Test
    void healingMendsABlobWhereItLiesNow() {
        BlobRef blob = blobOf(store.put(TestBody.of(SMALL, 1)));
        store.reports.wantsHealing(blob, 1);
        assertEquals(Outcome.MOVED, move(blob, 4, 1, 2, 3));
        store.drives
                .sim(4)
                .lose(store.drives.sim(4).shards(blob.form()).iterator().next(), blob.form());
        passGrace();
        Mender mender = new Mender(
                store.catalog, store.blobs, store.survey, store.objects.guards().claims(), new LostBlobs(store.clock));
        new HealWork(store.catalog, store.reports, mender, store.clock, store.governor()).step();
        assertEquals(List.of(0, 1, 1, 1, 1, 0, 0), shardCounts());
    }

    @Test
    void oldShardsWaitForTheirTimeUnlessSpaceIsScarce() {
        waitsUntil(scarce -> scarce.set(true));
    }

    @Test
    void oldShardsDoNotWaitForLong() {
        waitsUntil(scarce -> store.clock.pass(Reclaimer.LATE));
    }

    /** A governor that is closed refuses whoever asks. */
    private void waitsUntil(Consumer<AtomicBoolean> makeUrgent) {
        BlobRef blob = blobOf(store.put(TestBody.of(LARGE, 1)));
        assertEquals(Outcome.MOVED, move(blob, 4, 1, 5, 3));
        ObjectSettings.Upkeep times = ObjectSettings.DEFAULTS.upkeep();
        store.clock.pass(times.reclaimGrace());
        AtomicBoolean scarce = new AtomicBoolean();
        Governor refusing = store.governor();
        refusing.close();
        Reclaimer asking = new Reclaimer(
                store.catalog, store.blobs, superseded, new UpkeepTerms(store.clock, times, refusing), scarce::get);
        assertThrows(StoreException.Unavailable.class, asking::step);
        assertEquals(List.of(1, 1, 1, 1, 1, 1, 0), shardCounts());
        makeUrgent.accept(scarce);
        asking.step();
        assertEquals(List.of(0, 1, 0, 1, 1, 1, 0), shardCounts());
    }
}
