package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.drives.DriveException;
import io.kintsugi.objects.UpkeepSnapshot.Count;
import io.kintsugi.objects.UpkeepSnapshot.State;
import io.kintsugi.objects.UpkeepSnapshot.Walk;
import io.kintsugi.sim.SimOp;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What can't be healed is tried again, and costs what can be nothing. */
class HealAgainTest {
    private static final int SIZE = 100_000;
    private static final int OBJECTS = 5;
    private static final Duration HOURS = Duration.ofHours(2);

    @AutoClose
    private final TestStore store = new TestStore();

    private final List<Optional<String>> pages = new ArrayList<>();
    private final HealWork work = healing(store.catalog);

    private HealWork healing(Catalog catalog) {
        Catalog counting = (Catalog) Proxy.newProxyInstance(
                Catalog.class.getClassLoader(), new Class<?>[] {Catalog.class}, (self, called, arguments) -> {
                    if (called.getName().equals("blobs")) {
                        pages.add(Optional.of(String.valueOf(arguments[0])));
                    }
                    return called.invoke(catalog, arguments);
                });
        Mender mender = new Mender(
                counting, store.blobs, store.survey, store.objects.guards().claims(), store.objects.lost());
        return new HealWork(counting, store.reports, mender, store.clock, store.governor());
    }

    private void fill() {
        for (int i = 0; i < OBJECTS; i++) {
            store.objects.put(
                    TestStore.putRequest(ObjectKey.of("object" + i), WriteCondition.NONE, TestBody.of(SIZE, i)));
        }
    }

    /** Of one blob only one shard is left. */
    private BlobRef breakOne() {
        BlobRef blob = store.allBlobs().get(2).blob();
        for (int i = 0; i < 3; i++) {
            DriveId drive = blob.placement().get(i);
            store.drives.sims().stream()
                    .filter(sim -> sim.id().equals(drive))
                    .forEach(sim -> List.copyOf(sim.shards(blob.form())).stream()
                            .filter(shard -> shard.blob().equals(blob.id()))
                            .forEach(shard -> sim.lose(shard, blob.form())));
        }
        return blob;
    }

    /** And gives the space back. */
    private void deleteAll() {
        for (int i = 0; i < OBJECTS; i++) {
            store.objects.delete(new DeleteObjects(
                    TestStore.BUCKET,
                    List.of(new DeleteObjects.Item(
                            ObjectKey.of("object" + i), Optional.empty(), WriteCondition.NONE))));
        }
        store.catalog.reclaimable(Duration.ZERO, 10).forEach(entry -> store.blobs.discard(entry.blob()));
        store.catalog.reclaimed(store.catalog.reclaimable(Duration.ZERO, 10));
    }

    private void steps() {
        int steps = 0;
        while (work.step().compareTo(Duration.ofSeconds(1)) < 0) {
            assertTrue(++steps < 20_000, "no end of healing");
        }
    }

    private Walk walk() {
        return work.snapshot().walks().getLast();
    }

    private DriveId firstDrive() {
        return store.drives.sim(0).id();
    }

    /** A single blob that nobody can restore would have all of them read from end to end, again and again. */
    @Test
    void onlyWhatFailedIsWalkedAgain() {
        fill();
        breakOne();
        work.restore(firstDrive());
        steps();
        assertEquals(State.WAITING, walk().state());
        assertEquals(new Count(OBJECTS - 1, (OBJECTS - 1) * SIZE), walk().verified());
        assertEquals(new Count(1, SIZE), walk().failed());
        int read = pages.size();
        long tried = work.snapshot().unrestorable();
        store.clock.pass(HOURS);
        steps();
        assertEquals(tried + 1, work.snapshot().unrestorable());
        assertEquals(read, pages.size(), "no other blob is looked for");
        assertEquals(State.WAITING, walk().state());
        assertEquals(new Count(OBJECTS - 1, (OBJECTS - 1) * SIZE), walk().verified());
        assertEquals(new Count(1, SIZE), walk().failed());
        assertEquals(new Count(1, SIZE), walk().remaining());
    }

    @Test
    void whatFailedAndIsRightTheNextTimeIsDone() {
        fill();
        store.loseShards(0);
        store.drives.sim(0).failNext(2, DriveException.Kind.IO, SimOp.WRITE_PACKED);
        work.restore(firstDrive());
        steps();
        assertEquals(new Count(2, 2 * SIZE), walk().failed());
        int read = pages.size();
        store.drives.sim(0).failNext(1, DriveException.Kind.IO, SimOp.WRITE_PACKED);
        store.clock.pass(HOURS);
        steps();
        assertEquals(new Count(1, SIZE), walk().failed());
        store.clock.pass(Duration.ofSeconds(2));
        steps();
        assertEquals(State.DONE, walk().state(), "after some progress it is tried again soon");
        assertEquals(read, pages.size());
        assertEquals(walk().total(), walk().verified());
        assertEquals(Count.NONE, walk().failed());
        assertEquals(OBJECTS, store.shardCount(0));
    }

    @Test
    void whatIsGoneMeanwhileIsDone() {
        fill();
        breakOne();
        work.restore(firstDrive());
        steps();
        deleteAll();
        store.clock.pass(HOURS);
        steps();
        assertEquals(State.DONE, walk().state());
    }

    @Test
    void whatFailsAgainAndAgainIsTriedMoreSeldom() {
        fill();
        breakOne();
        work.restore(firstDrive());
        steps();
        for (int round = 0; round < 20; round++) {
            store.clock.pass(HOURS);
            steps();
        }
        long tried = work.snapshot().unrestorable();
        store.clock.pass(Duration.ofMinutes(30));
        steps();
        assertEquals(tried, work.snapshot().unrestorable());
        store.clock.pass(HOURS);
        steps();
        assertEquals(tried + 1, work.snapshot().unrestorable());
    }

    /** A drive may have been full for days, until somebody made room. */
    @Test
    void whatOnlyItsDriveDidNotTakeIsTriedAgainWithinMinutes() {
        fill();
        store.loseShards(0);
        store.drives.sim(0).setFull(true);
        work.restore(firstDrive());
        steps();
        for (int round = 0; round < 20; round++) {
            store.clock.pass(HOURS);
            steps();
        }
        assertEquals(new Count(OBJECTS, OBJECTS * SIZE), walk().failed());
        store.drives.sim(0).setFull(false);
        store.clock.pass(Duration.ofMinutes(10));
        steps();
        assertEquals(State.DONE, walk().state());
        assertEquals(OBJECTS, store.shardCount(0));
    }

    /** Of very many that failed not each is kept in mind. */
    @Test
    void whereVeryMuchFailedAllIsWalkedAgain() {
        fill();
        BlobPage.Entry some = store.allBlobs().getFirst();
        int count = HealWalk.MOST_UNDONE + 1;
        List<BlobPage.Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(new BlobPage.Entry(unknown(i, some.blob().placement()), some.origin()));
        }
        List<BlobClaims.Claim> claims = entries.stream()
                .map(entry ->
                        store.objects.guards().claims().claim(entry.blob().id()).orElseThrow())
                .toList();
        HealWork many = healing((Catalog) Proxy.newProxyInstance(
                Catalog.class.getClassLoader(),
                new Class<?>[] {Catalog.class},
                (self, called, arguments) -> called.getName().equals("blobs")
                        ? new BlobPage(entries, Optional.empty())
                        : called.invoke(store.catalog, arguments)));
        many.restore(firstDrive());
        while (many.step().isZero()) {
            assertTrue(pages.size() <= 2, "one page to count, one to heal");
        }
        assertEquals(count, many.snapshot().walks().getLast().failed().blobs());
        claims.forEach(BlobClaims.Claim::close);
        store.clock.pass(HOURS);
        while (many.step().isZero()) {
            assertTrue(pages.size() <= 4);
        }
        assertEquals(4, pages.size());
        assertEquals(State.DONE, many.snapshot().walks().getLast().state());
    }

    private static BlobRef unknown(int number, List<DriveId> placement) {
        return new BlobRef(
                new BlobId(new Id128(1, number)), BlobRef.Form.PACKED, 10, new ErasureCode(2, 2), 1 << 20, placement);
    }

    private void assertOneIsLostUntilItIsGone() {
        assertEquals(1, work.snapshot().lost());
        deleteAll();
        store.clock.pass(HOURS);
        steps();
        assertEquals(0, work.snapshot().lost());
    }

    /** Health and metrics tell, and the log names it. */
    @Test
    void whatCanNotBeRestoredIsKnownAsLostUntilItIsGone() {
        fill();
        breakOne();
        work.census();
        steps();
        work.restore(firstDrive());
        steps();
        assertOneIsLostUntilItIsGone();
    }

    /** Not one of its shards is there any more to tell what it was. */
    @Test
    void whatWasReportedAndIsGoneIsNotLost() {
        fill();
        store.reports.wantsHealing(breakOne(), -1);
        steps();
        assertOneIsLostUntilItIsGone();
    }

    /** No walk is under way that would ask the catalog: without the read, scrubbing would find it within a month. */
    @Test
    void whatAReadFoundNothingOfIsLost() {
        fill();
        for (int drive = 0; drive < 4; drive++) {
            store.loseShards(drive);
        }
        GetObject get = new GetObject(
                TestStore.BUCKET, ObjectKey.of("object2"), Optional.empty(), TestStore.WHOLE, ReadCondition.NONE);
        assertThrows(Unavailable.class, () -> TestStore.bytes(store.objects.get(get)));
        steps();
        assertOneIsLostUntilItIsGone();
    }

    @Test
    void whatMayComeBackWithItsDrivesIsNotLost() {
        fill();
        for (int i = 1; i < 4; i++) {
            store.drives.sim(i).goOffline("gone");
        }
        work.restore(firstDrive());
        steps();
        assertTrue(work.snapshot().unrestorable() > 0);
        assertEquals(0, work.snapshot().lost());
    }

    /** Reports that find no room because of blobs that nobody can restore, while clients go on to read such. */
    @Test
    void aCensusThatIsAskedForAgainAndAgainComesToItsEnd() {
        fill();
        store.loseShards(0);
        work.census();
        int nowhere = 0;
        while (walk().state() != State.HEALING || walk().verified().blobs() == 0) {
            work.step();
        }
        List<DriveId> placement = List.of(drive(1), drive(2), drive(3), drive(4));
        while (store.reports.size() < HealReports.MAX_BLOBS) {
            store.reports.wantsHealing(unknown(nowhere++, placement), 1);
        }
        for (int i = 0; i < HealReports.MAX_BLOBS; i++) {
            work.step();
        }
        assertEquals(HealReports.MAX_BLOBS, store.reports.size(), "all wait to be tried again");
        for (int step = 0; walk().state() != State.DONE; step++) {
            assertTrue(step < 2 * OBJECTS, walk().toString());
            store.reports.wantsHealing(unknown(nowhere++, placement), 1);
            work.step();
        }
        assertEquals(OBJECTS, store.shardCount(0));
        work.step();
        assertTrue(
                List.of(State.COUNTING, State.HEALING).contains(walk().state()),
                "another one follows, for what was reported behind its back");
    }

    /** None of the store's. */
    private static DriveId drive(int number) {
        return new DriveId(new Id128(9, number));
    }
}
