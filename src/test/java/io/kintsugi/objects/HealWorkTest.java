package io.kintsugi.objects;

import static io.kintsugi.objects.TestStore.WHOLE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.drives.DriveException;
import io.kintsugi.objects.UpkeepSnapshot.Count;
import io.kintsugi.objects.UpkeepSnapshot.State;
import io.kintsugi.objects.UpkeepSnapshot.Walk;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimOp;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class HealWorkTest {
    private static final int SMALL = 100_000;
    private static final int LARGE = 2_500_000;

    @AutoClose
    private final TestStore store = new TestStore();

    private final HealWork work = new HealWork(
            store.catalog,
            store.reports,
            new Mender(
                    store.catalog,
                    store.blobs,
                    store.survey,
                    store.objects.guards().claims(),
                    new LostBlobs(store.clock)),
            store.clock,
            store.governor());

    private DriveId drive(int index) {
        return store.drives.sim(index).id();
    }

    private void fill() {
        for (int i = 0; i < 5; i++) {
            store.objects.put(
                    TestStore.putRequest(ObjectKey.of("small" + i), WriteCondition.NONE, TestBody.of(SMALL, i)));
        }
        store.put(TestBody.of(LARGE, 9));
        Uploading uploading = new Uploading(store, Optional.empty());
        uploading.part(1, TestBody.bytes(SMALL, 10));
        store.objects.put(TestStore.putRequest(ObjectKey.of("inline"), WriteCondition.NONE, TestBody.of(9, 1)));
    }

    private void stepUntilNothingIsLeft() {
        int steps = 0;
        while (work.step().compareTo(Duration.ofSeconds(1)) < 0) {
            assertTrue(++steps < 1000, "no end of healing");
        }
    }

    private void stepUntilAllIsCounted() {
        int steps = 0;
        while (walk().state() != State.HEALING) {
            work.step();
            assertTrue(++steps < 1000, "no end of counting");
        }
    }

    private Walk walk() {
        return work.snapshot().walks().getLast();
    }

    @Test
    void aDriveThatLostEverythingGetsItBack() {
        fill();
        int shards = store.shardCount(1);
        store.loseShards(1);
        work.restore(drive(1));
        assertEquals(State.WAITING, walk().state());
        stepUntilNothingIsLeft();
        assertEquals(shards, store.shardCount(1));
        assertEquals(State.DONE, walk().state());
        assertEquals(new Count(7, 6L * SMALL + LARGE), walk().total());
        assertEquals(walk().total(), walk().verified());
        assertEquals(Count.NONE, walk().remaining());
        assertEquals(7, work.snapshot().mended().blobs());
        assertEquals(7, work.snapshot().shardsRebuilt());
        assertTrue(work.snapshot().idle());
        store.drives.sim(2).goOffline("gone");
        store.drives.sim(3).goOffline("gone");
        assertArrayEquals(TestBody.bytes(LARGE, 9), store.read(WHOLE), "what was rebuilt restores the object");
    }

    @Test
    void whatIsLeftIsCountedDown() {
        fill();
        store.loseShards(1);
        work.restore(drive(1));
        stepUntilAllIsCounted();
        assertEquals(7, walk().remaining().blobs());
        long left = 7;
        while (left > 0) {
            work.step();
            long now = walk().remaining().blobs();
            assertTrue(now == left || now == left - 1, now + " after " + left);
            left = now;
        }
        assertEquals(0, walk().remaining().bytes());
        stepUntilNothingIsLeft();
        assertEquals(State.DONE, walk().state());
    }

    @Test
    void aWalkThatFailedIsNotDoneUntilItIsDoneAgain() {
        fill();
        store.loseShards(1);
        store.drives.sim(1).failNext(1, DriveException.Kind.IO, SimOp.WRITE_PACKED);
        work.restore(drive(1));
        stepUntilNothingIsLeft();
        assertEquals(State.WAITING, walk().state());
        assertEquals(new Count(1, SMALL), walk().failed());
        assertEquals(new Count(1, SMALL), walk().remaining());
        assertFalse(work.snapshot().idle());
        assertFalse(work.snapshot().lastError().isEmpty());
        store.clock.pass(Duration.ofSeconds(2));
        stepUntilNothingIsLeft();
        assertEquals(State.DONE, walk().state());
        assertEquals(Count.NONE, walk().failed());
    }

    @Test
    void aDriveThatGoesAwayInterruptsItsWalk() {
        fill();
        store.loseShards(1);
        work.restore(drive(1));
        stepUntilAllIsCounted();
        work.step();
        work.lost(drive(1));
        stepUntilNothingIsLeft();
        assertEquals(State.INTERRUPTED, walk().state());
        assertFalse(work.snapshot().idle());
        work.restore(drive(1));
        stepUntilNothingIsLeft();
        assertEquals(State.DONE, walk().state());
        assertEquals(7, walk().verified().blobs());
        assertEquals(1, work.snapshot().walks().size(), "the last walk of each drive");
    }

    @Test
    void theCensusHealsOnlyWhatLacksAShard() {
        fill();
        SimDrive drive = store.drives.sim(2);
        drive.lose(List.copyOf(drive.shards(BlobRef.Form.PACKED)).getFirst(), BlobRef.Form.PACKED);
        int whole = store.shardCount(0);
        work.census();
        stepUntilNothingIsLeft();
        assertEquals(State.DONE, walk().state());
        assertEquals(7, walk().verified().blobs());
        assertEquals(1, work.snapshot().shardsRebuilt());
        assertEquals(whole, store.shardCount(2));
    }

    /** Where all objects are inline no page has a blob: nobody else would have his turn until the last of them. */
    @Test
    void aStepReadsOnePageAndAsksBefore() {
        List<String> order = new ArrayList<>();
        Catalog empty = emptyPages(5, order);
        BlobCursor cursor = new BlobCursor(empty);
        for (int page = 0; page < 5; page++) {
            assertFalse(cursor.hasEnded());
            cursor.turn(bytes -> order.add("asked"));
            assertFalse(cursor.isHere());
        }
        assertTrue(cursor.hasEnded());
        assertEquals(List.of("asked", "read"), order.subList(0, 2));
        assertEquals(10, order.size());

        order.clear();
        HealWork healing = healing(empty);
        healing.census();
        for (int page = 1; page <= 5; page++) {
            healing.step();
            assertEquals(page, order.size());
        }
        assertEquals(State.DONE, healing.snapshot().walks().getLast().state(), "there is nothing to be looked at");
    }

    /** What is known to be in danger is mended before the next page is looked at. */
    @Test
    void aReportComesBetweenPages() {
        List<String> order = new ArrayList<>();
        HealWork healing = healing(emptyPages(1000, order));
        healing.census();
        healing.step();
        store.reports.wantsHealing(unknown(1), 0);
        healing.step();
        assertEquals(1, order.size(), "the report was taken up, and no page was read");
    }

    /** @param read hears of each page */
    private Catalog emptyPages(int count, List<String> read) {
        return (Catalog) Proxy.newProxyInstance(
                Catalog.class.getClassLoader(), new Class<?>[] {Catalog.class}, (self, called, arguments) -> {
                    if (!called.getName().equals("blobs")) {
                        return called.invoke(store.catalog, arguments);
                    }
                    read.add("read");
                    int page = ((Optional<?>) arguments[0])
                            .map(text -> Integer.parseInt((String) text))
                            .orElse(0);
                    Optional<String> next =
                            Optional.of(String.valueOf(page + 1)).filter(n -> page + 1 < count);
                    return new BlobPage(List.of(), next);
                });
    }

    @Test
    void whatAReadReportsIsMended() {
        store.put(TestBody.of(LARGE, 1));
        store.loseShards(0);
        store.read(WHOLE);
        assertEquals(1, work.snapshot().queued());
        stepUntilNothingIsLeft();
        assertEquals(0, work.snapshot().queued());
        assertEquals(1, store.shardCount(0));
        assertEquals(1, work.snapshot().mended().blobs());
    }

    @Test
    void whatAWriteCouldNotPlaceIsMended() {
        store.drives.sim(3).failNext(1, DriveException.Kind.IO, SimOp.WRITE_PACKED);
        store.put(TestBody.of(SMALL, 1));
        assertEquals(0, store.shardCount(3));
        stepUntilNothingIsLeft();
        assertEquals(1, store.shardCount(3));
    }

    @Test
    void aReportThatComesBeforeItsCommitIsNotForgotten() {
        store.drives.sim(3).failNext(1, DriveException.Kind.IO, SimOp.WRITE_PACKED);
        TestBody body = TestBody.of(SMALL, 1);
        store.objects.put(TestStore.putRequest(TestStore.KEY, WriteCondition.NONE, body));
        BlobRef committed = store.objects
                .head(TestStore.getRequest(WHOLE))
                .version()
                .parts()
                .getFirst()
                .blob();
        store.delete(Optional.empty(), WriteCondition.NONE);
        store.catalog.reclaimed(store.catalog.reclaimable(Duration.ZERO, 10));
        stepUntilNothingIsLeft();
        assertEquals(1, work.snapshot().queued(), "nothing refers to " + committed.id() + ": it is looked at again");
        for (int look = 0; look < 5; look++) {
            assertEquals(1, work.snapshot().queued(), "a commit may take its time");
            store.clock.pass(Duration.ofSeconds(32));
            stepUntilNothingIsLeft();
        }
        assertEquals(0, work.snapshot().queued());
        assertEquals(0, store.shardCount(3), "garbage is not mended");
    }

    /** Nobody would report it again before the next scrubbing. */
    @Test
    void aReportOutlivesDrivesThatAreBusy() {
        store.put(TestBody.of(SMALL, 1));
        store.loseShards(0);
        store.read(WHOLE);
        for (int look = 0; look < 10; look++) {
            store.drives.sims().forEach(d -> d.failNext(1, DriveException.Kind.BUSY, SimOp.READ_PACKED));
            store.clock.pass(Duration.ofMinutes(20));
            stepUntilNothingIsLeft();
            assertEquals(1, work.snapshot().queued());
        }
        store.drives.sims().forEach(SimDrive::release);
        store.clock.pass(Duration.ofHours(2));
        stepUntilNothingIsLeft();
        assertEquals(0, work.snapshot().queued());
        assertEquals(1, store.shardCount(0));
    }

    @Test
    void aClockThatIsSetBackHoldsNoWalkUp() {
        work.census();
        store.clock.set(Duration.ofDays(-3));
        stepUntilNothingIsLeft();
        assertEquals(State.DONE, walk().state());
    }

    @Test
    void reportsThatFoundNoRoomAreMadeGoodByACensus() {
        fill();
        store.loseShards(0);
        for (int i = 0; i <= HealReports.MAX_BLOBS; i++) {
            store.reports.wantsHealing(unknown(i), 1);
        }
        work.step();
        assertEquals(Optional.empty(), walk().drive());
    }

    private static BlobRef unknown(int number) {
        List<DriveId> nowhere = List.of(new DriveId(new Id128(9, 9)));
        ErasureCode code = new ErasureCode(1, 0);
        return new BlobRef(new BlobId(new Id128(1, number)), BlobRef.Form.PACKED, 10, code, 1 << 20, nowhere);
    }

    @Test
    void beyondRepairIsSaid() {
        store.put(TestBody.of(SMALL, 1));
        store.loseShards(0);
        store.loseShards(1);
        store.loseShards(2);
        assertThrows(StoreException.Unavailable.class, () -> store.read(WHOLE));
        work.census();
        stepUntilNothingIsLeft();
        assertTrue(work.snapshot().unrestorable() > 0);
        assertEquals(State.WAITING, walk().state());
        assertEquals(1, walk().remaining().blobs());
    }

    @Test
    void aReportOutlivesACatalogThatCannotBeAsked() {
        store.put(TestBody.of(SMALL, 1));
        BlobRef blob = store.objects
                .get(TestStore.getRequest(WHOLE))
                .version()
                .parts()
                .getFirst()
                .blob();
        store.loseShards(1);
        store.reports.wantsHealing(blob, 1);
        store.drives.sims().forEach(d -> d.failNext(99, DriveException.Kind.IO, SimOp.GET, SimOp.SCAN, SimOp.CURSOR));
        assertThrows(StoreException.class, work::step);
        assertEquals(1, store.reports.size());
    }

    private HealWork healing(Catalog catalog) {
        Mender mender = new Mender(
                catalog, store.blobs, store.survey, store.objects.guards().claims(), new LostBlobs(store.clock));
        return new HealWork(catalog, store.reports, mender, store.clock, store.governor());
    }

    private static void steps(HealWork healing) {
        int steps = 0;
        while (healing.step().compareTo(Duration.ofSeconds(1)) < 0) {
            assertTrue(++steps < 1000, "no end of healing");
        }
    }

    /** Whoever asked first and claimed then found no shard of it. */
    @Test
    void aBlobThatIsRemovedMeanwhileIsNotTakenForLost() {
        store.put(TestBody.of(SMALL, 1));
        ObjectSettings.Upkeep times = store.settings.upkeep();
        Reclaimer reclaimer =
                new Reclaimer(store.catalog, store.blobs, store.superseded(), store.terms(times), () -> false);
        HealWork healing = healing(RacingCatalog.behind(store.catalog, "referred", () -> {
            store.delete(Optional.empty(), WriteCondition.NONE);
            store.clock.pass(times.reclaimGrace().plusSeconds(1));
            reclaimer.step();
        }));
        healing.restore(drive(1));
        steps(healing);
        assertEquals(0, healing.snapshot().unrestorable());
        assertEquals(State.DONE, healing.snapshot().walks().getLast().state());
        reclaimer.step();
        assertEquals(0, store.blobCount());
    }

    @Test
    void aBlobThatTheCatalogCouldNotBeAskedForIsNotTakenForVerified() {
        fill();
        store.loseShards(1);
        HealWork healing = healing(RacingCatalog.behind(store.catalog, "referred", () -> {
            throw new StoreException.Unavailable(StoreException.Unavailable.Kind.TIMEOUT, "it does not answer");
        }));
        healing.restore(drive(1));
        assertThrows(StoreException.Unavailable.class, () -> steps(healing));
        steps(healing);
        Walk walk = healing.snapshot().walks().getLast();
        assertEquals(State.WAITING, walk.state());
        assertEquals(1, walk.failed().blobs());
    }

    /** A catalog with a damaged file. @param attempt hears whether blobs are whole, and whether they are settled */
    private Catalog rotten(BiConsumer<BooleanSupplier, BooleanSupplier> attempt) {
        return (Catalog) Proxy.newProxyInstance(
                Catalog.class.getClassLoader(), new Class<?>[] {Catalog.class}, (self, called, arguments) -> {
                    if (called.getName().equals("setAsideRotten")) {
                        attempt.accept((BooleanSupplier) arguments[0], (BooleanSupplier) arguments[1]);
                        return Optional.empty();
                    }
                    return called.invoke(store.catalog, arguments);
                });
    }

    /** The rows are read for minutes before a store is set aside: what is missing meanwhile is heard of. */
    @Test
    void nothingIsSetAsideOnceSomethingIsReported() {
        List<Boolean> whole = new ArrayList<>();
        HealWork healing = healing(rotten((asks, settled) -> {
            whole.add(asks.getAsBoolean());
            store.reports.wantsHealing(unknown(1), 1);
            whole.add(asks.getAsBoolean());
        }));
        healing.census();
        steps(healing);
        assertEquals(List.of(true, false), whole);
    }

    /** A drive is there, perhaps empty, a moment before its walk is asked for. */
    @Test
    void nothingIsSetAsideOnceADriveHasComeOfWhichNobodyHasHeard() {
        List<Boolean> whole = new ArrayList<>();
        HealWork healing = healing(rotten((asks, settled) -> {
            whole.add(asks.getAsBoolean());
            store.drives.sim(1).replaceByEmpty();
            whole.add(asks.getAsBoolean());
        }));
        healing.census();
        steps(healing);
        assertEquals(List.of(true, false), whole);
        healing.restore(drive(1));
        steps(healing);
        assertEquals(List.of(true, false, true, false), whole, "it is looked through, and another comes");
    }

    /** It was acknowledged without its last shard, and nobody knows yet that this will not come. */
    @Test
    void nothingIsSetAsideWhileAShardIsLate() {
        List<Boolean> all = new ArrayList<>();
        HealWork healing = healing(rotten((asks, settled) -> {
            all.add(settled.getAsBoolean());
            all.add(asks.getAsBoolean());
        }));
        healing.census();
        steps(healing);
        assertEquals(List.of(true, true), all);
        all.clear();
        store.drives.sim(3).hang(SimOp.WRITE_PACKED);
        store.put(TestBody.of(SMALL, 1));
        healing.step();
        assertEquals(List.of(false, true), all, "nothing is known to be missing");
        all.clear();
        store.drives.sim(3).release();
        healing.step();
        assertEquals(List.of(true, true), all);
    }
}
