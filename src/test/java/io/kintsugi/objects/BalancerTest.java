package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.catalog.CatalogSettings;
import io.kintsugi.objects.UpkeepSnapshot.Balancing;
import io.kintsugi.objects.UpkeepSnapshot.Drain;
import io.kintsugi.shards.DriveLevels;
import io.kintsugi.shards.Pace;
import io.kintsugi.shards.ShardFacts;
import io.kintsugi.shards.ShardSurvey;
import io.kintsugi.shards.SurveyPage;
import io.kintsugi.shards.SurveyedShard;
import io.kintsugi.sim.SimDrive;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A store of seven drives whose blobs are on the first four, and replicas of the catalog on the first three: blobs
 * spread, and leave drives that are to be emptied.
 */
class BalancerTest {
    private static final int OBJECTS = 60;
    private static final int BYTES = 1_500_000;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration HALF_HOUR = Duration.ofMinutes(30);

    @AutoClose
    private final TestStore store = new TestStore(ObjectSettings.DEFAULTS, CatalogSettings.DEFAULT, 7);

    private final Set<DriveId> leaving = new HashSet<>();
    private final Set<DriveId> drained = new HashSet<>();
    /** Drives on which somebody else has put something. */
    private final Set<DriveId> full = new HashSet<>();

    private final Superseded superseded = store.superseded();
    private final ShardMover mover = new ShardMover(store.catalog, store.blobs, superseded);
    private Balancer balancer = balancer();

    private final class Levels implements DriveLevels {
        @Override
        public List<Level> levels() {
            return store.drives.sims().stream()
                    .map(sim -> new Level(sim.id(), "sim", "", use(sim), room(sim)))
                    .toList();
        }

        private Room room(SimDrive sim) {
            long total = sim.status().totalBytes();
            long used = full.contains(sim.id()) ? total / 50 : 0;
            return new Room(total, sim.status().freeBytes() - used);
        }

        private Use use(SimDrive sim) {
            if (!sim.status().answers()) {
                return Use.AWAY;
            }
            if (drained.contains(sim.id())) {
                return Use.DRAINED;
            }
            return leaving.contains(sim.id()) ? Use.LEAVING : Use.TAKING;
        }

        @Override
        public void recordDrained(Set<DriveId> drives) {
            drained.addAll(drives);
        }
    }

    private Balancer balancer() {
        return balancer(store.survey);
    }

    private Balancer balancer(ShardSurvey survey) {
        return balancer(store.catalog, survey);
    }

    private Balancer balancer(Catalog catalog, ShardSurvey survey) {
        return new Balancer(
                catalog,
                new Balancer.Hands(mover, new Levels(), survey),
                store.clock,
                new Balancer.Rule(HOUR, ObjectSettings.DEFAULTS.upkeep().unevenBytes()),
                new Governor(100, Foreground.NONE, store.clock));
    }

    private void fill(int bytes) {
        for (int i = 0; i < OBJECTS; i++) {
            PutObject put = new PutObject(
                    TestStore.BUCKET, key(i), ObjectMetadata.NONE, WriteCondition.NONE, TestBody.of(bytes, i));
            store.objects.put(put);
        }
    }

    private static ObjectKey key(int i) {
        return ObjectKey.of("k" + i);
    }

    private void readAll(int bytes) {
        for (int i = 0; i < OBJECTS; i++) {
            GetObject get =
                    new GetObject(TestStore.BUCKET, key(i), Optional.empty(), TestStore.WHOLE, ReadCondition.NONE);
            assertArrayEquals(TestBody.bytes(bytes, i), TestStore.bytes(store.objects.get(get)), "object " + i);
        }
    }

    /** Takes steps for half an hour. */
    private void run() {
        long began = store.clock.nanos();
        for (int i = 0; i < 100_000; i++) {
            Duration rest = balancer.step();
            if (rest.compareTo(Duration.ZERO) > 0 && store.clock.nanos() - began > HALF_HOUR.toNanos()) {
                return;
            }
            store.clock.pass(rest);
        }
        throw new AssertionError("it does not come to rest: " + balancer.snapshot());
    }

    private long onDrive(int drive) {
        DriveUsage usage = new DriveUsage(Set.of());
        new BlobCursor(store.catalog).forEachRemaining(entry -> usage.add(entry.blob()));
        return usage.of(store.drives.sim(drive).id()).blobs();
    }

    private void leave(int... drives) {
        for (int drive : drives) {
            leaving.add(store.drives.sim(drive).id());
        }
    }

    private Drain drain(int drive) {
        return balancer.snapshot().drains().stream()
                .filter(d -> d.drive().equals(store.drives.sim(drive).id()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void newDrivesGetTheirShareAndEveryObjectCanBeRead() {
        fill(BYTES);
        run();
        long even = OBJECTS * 4 / 7;
        for (int drive = 0; drive < 7; drive++) {
            assertEquals(even, onDrive(drive), OBJECTS * 0.2, "drive " + drive);
        }
        Balancing done = balancer.snapshot();
        assertEquals(0, done.remainingBytes());
        assertTrue(done.movedBytes() >= OBJECTS * 4 * (BYTES / 2) * 3 / 7 * 8 / 10, "moved " + done.movedBytes());
        readAll(BYTES);
        store.clock.pass(HOUR);
        balancer.look();
        run();
        assertEquals(done.movedBytes(), balancer.snapshot().movedBytes(), "nothing moves when all is level");
    }

    /** Of a store of many objects each count is hours of work. */
    @Test
    void whileTheDrivesAreAsTheyWereNothingIsCounted() {
        AtomicInteger pages = new AtomicInteger();
        balancer = balancer(counting(pages), store.survey);
        fill(BYTES);
        run();
        int counted = pages.get();
        for (int hour = 1; hour <= SteadyDrives.MOST_SPARED; hour++) {
            store.clock.pass(HOUR);
            run();
        }
        assertEquals(counted, pages.get());
        store.clock.pass(HOUR);
        run();
        assertTrue(pages.get() > counted, "now and then all the same");

        counted = pages.get();
        full.add(store.drives.sim(2).id());
        store.clock.pass(HOUR);
        run();
        assertTrue(pages.get() > counted, "a drive has less room");

        counted = pages.get();
        balancer.look();
        run();
        assertTrue(pages.get() > counted, "it was asked to look");
    }

    private Catalog counting(AtomicInteger pages) {
        return (Catalog) Proxy.newProxyInstance(
                Catalog.class.getClassLoader(), new Class<?>[] {Catalog.class}, (self, called, arguments) -> {
                    pages.addAndGet(called.getName().equals("blobs") ? 1 : 0);
                    return called.invoke(store.catalog, arguments);
                });
    }

    /** What the last process counted shows that nothing is to be moved: only that is spared, and only then. */
    @Test
    void theLastCountServesTheNextProcess() {
        AtomicInteger pages = new AtomicInteger();
        fill(BYTES);
        run();
        balancer.close();
        DriveUsage.Sums sums = balancer.counted().orElseThrow();
        assertEquals(onDrive(0), sums.byDrive().get(store.drives.sim(0).id()).blobs());

        balancer = balancer(counting(pages), store.survey);
        balancer.take(() -> new OrderlyEnd.Found(true, Optional.of(sums)));
        balancer.step();
        balancer.step();
        assertEquals(0, pages.get());
        assertEquals(Balancing.State.IDLE, balancer.snapshot().state());

        leave(3);
        balancer = balancer(counting(pages), store.survey);
        balancer.take(() -> new OrderlyEnd.Found(true, Optional.of(sums)));
        balancer.step();
        balancer.step();
        assertTrue(pages.get() > 0, "a drive is to be emptied");
    }

    @Test
    void aDriveThatIsToBeEmptiedIsDrainedInTheEnd() {
        fill(100_000);
        leave(3);
        balancer.step();
        assertFalse(drain(3).counted());
        run();
        assertTrue(drain(3).drained());
        assertEquals(0, onDrive(3));
        assertEquals(0, drain(3).remaining().blobs());
        readAll(100_000);
        store.drives.sim(3).goOffline("taken away");
        store.drives.sim(1).goOffline("lost");
        store.drives.sim(2).goOffline("lost");
        readAll(100_000);
    }

    /** A process that ends in the middle leaves nothing that the next must know. */
    @Test
    void drainingGoesOnInTheNextProcess() {
        fill(100_000);
        leave(3);
        for (int i = 0; i < 20; i++) {
            balancer.step();
        }
        long left = onDrive(3);
        assertTrue(left > 0 && left < OBJECTS, "in the middle: " + left);
        assertEquals(left, drain(3).remaining().blobs());
        balancer = balancer();
        run();
        assertTrue(drain(3).drained());
        readAll(100_000);
    }

    /** A catalog that was made again of old rows may name drives that were left out of the volumes since. */
    @Test
    void whatIsSaidToLieOnADriveThatIsNoneOfTheStoresIsMadeAnewOnOthers() {
        fill(100_000);
        DriveId stranger = new DriveId(new Id128(9, 9));
        List<BlobPage.Entry> all = new ArrayList<>();
        new BlobCursor(store.catalog).forEachRemaining(all::add);
        for (BlobPage.Entry entry : all) {
            List<DriveId> placement = new ArrayList<>(entry.blob().placement());
            placement.set(1, stranger);
            assertTrue(store.catalog.relocate(entry.blob(), placement, entry.origin()));
        }
        assertEquals(OBJECTS, referring(stranger).size());
        run();
        assertEquals(Set.of(), referring(stranger));
        store.drives.sim(0).goOffline("lost");
        store.drives.sim(2).goOffline("lost");
        readAll(100_000);
    }

    @Test
    void whatCannotBeMovedIsSaidAndTheDriveIsNotDrained() {
        fill(100_000);
        for (int drive = 4; drive < 7; drive++) {
            store.drives.sim(drive).goOffline("not there");
        }
        leave(3);
        run();
        assertFalse(drain(3).drained());
        assertEquals(OBJECTS, drain(3).remaining().blobs());
        assertTrue(
                balancer.snapshot().stuck().contains("add drives"),
                balancer.snapshot().stuck());
        store.drives.sim(5).comeOnline();
        store.clock.pass(Duration.ofMinutes(1));
        run();
        assertTrue(drain(3).drained());
        assertEquals("", balancer.snapshot().stuck());
        readAll(100_000);
    }

    /** Of an object that nobody can restore: the drive waits for it until somebody knows, and deletes it. */
    @Test
    void whatFailsToBeMovedIsSaid() {
        fill(100_000);
        BlobPage.Entry lost = store.allBlobs().getFirst();
        for (int drive = 0; drive < 3; drive++) {
            SimDrive sim = store.drives.sim(drive);
            sim.shards(BlobRef.Form.PACKED).stream()
                    .filter(shard -> shard.blob().equals(lost.blob().id()))
                    .findFirst()
                    .ifPresent(shard -> sim.lose(shard, BlobRef.Form.PACKED));
        }
        SimDrive sim = store.drives.sim(3);
        sim.corrupt(
                sim.shards(BlobRef.Form.PACKED).stream()
                        .filter(shard -> shard.blob().equals(lost.blob().id()))
                        .findFirst()
                        .orElseThrow(),
                BlobRef.Form.PACKED,
                20_000);
        leave(3);
        run();
        assertEquals(1, drain(3).remaining().blobs());
        assertTrue(
                balancer.snapshot().stuck().startsWith("1 blobs could not be moved"),
                balancer.snapshot().stuck());
        store.objects.delete(new DeleteObjects(
                TestStore.BUCKET,
                List.of(new DeleteObjects.Item(lost.origin().key(), Optional.empty(), WriteCondition.NONE))));
        store.catalog.reclaimed(store.catalog.reclaimable(Duration.ZERO, 10));
        run();
        assertTrue(drain(3).drained());
        assertEquals("", balancer.snapshot().stuck());
    }

    /** The counts may miss a blob; what lies on the drive does not. */
    @Test
    void aShardThatIsReferredToKeepsTheDriveFromBeingDrained() {
        fill(100_000);
        DrainCheck check = new DrainCheck(store.catalog, store.survey);
        DriveId drive = store.drives.sim(3).id();
        assertFalse(check.isEmpty(drive, Pace.UNPACED));
        BlobRef blob = new BlobCursor(store.catalog).next().blob();
        assertTrue(blob.placement().contains(drive));
        assertTrue(check.isEmpty(store.drives.sim(6).id(), Pace.UNPACED));
    }

    /** When the look at the drive fails, another count comes before the next: meanwhile something may refer to it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLookAtTheDriveThatFailsIsNotMadeAgainWithoutACount(boolean foreseen) {
        fill(BYTES);
        DriveId drive = store.drives.sim(3).id();
        AtomicBoolean failed = new AtomicBoolean();
        balancer = balancer(new FailingSurvey(store.survey, () -> {
            if (failed.compareAndSet(false, true)) {
                // the look at the drive alone can't see this one
                fill(BYTES);
                store.loseShards(3);
                throw foreseen
                        ? new Unavailable(Unavailable.Kind.QUORUM, "it does not answer")
                        : new IllegalStateException("nobody foresaw this");
            }
        }));
        leave(3);
        for (int i = 0; i < 10_000 && drained.isEmpty(); i++) {
            try {
                store.clock.pass(balancer.step());
            } catch (IllegalStateException e) {
                assertFalse(foreseen);
            }
        }
        assertEquals(Set.of(drive), drained);
        assertTrue(failed.get());
        assertEquals(Set.of(), referring(drive));
        readAll(BYTES);
    }

    private Set<BlobId> referring(DriveId drive) {
        return store.allBlobs().stream()
                .map(BlobPage.Entry::blob)
                .filter(blob -> blob.placement().contains(drive))
                .map(BlobRef::id)
                .collect(Collectors.toSet());
    }

    private record FailingSurvey(ShardSurvey real, Runnable before) implements ShardSurvey {
        @Override
        public List<DriveId> drives() {
            return real.drives();
        }

        @Override
        public Map<DriveId, Long> openings() {
            return real.openings();
        }

        @Override
        public SurveyPage shards(DriveId drive, BlobRef.Form form, Optional<SurveyedShard> after, int limit) {
            before.run();
            return real.shards(drive, form, after, limit);
        }

        @Override
        public Optional<BlobOrigin> origin(SurveyedShard shard) {
            return real.origin(shard);
        }

        @Override
        public Optional<ShardFacts> facts(SurveyedShard shard) {
            return real.facts(shard);
        }

        @Override
        public void remove(SurveyedShard shard) {
            real.remove(shard);
        }
    }

    @Test
    void aDriveWithAReplicaOfTheCatalogIsNotEmpty() {
        DrainCheck check = new DrainCheck(store.catalog, store.survey);
        DriveId home = store.catalog.status().live().getFirst();
        assertFalse(check.isEmpty(home, Pace.UNPACED));
    }
}
