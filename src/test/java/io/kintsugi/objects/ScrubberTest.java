package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.ShardName;
import io.kintsugi.objects.UpkeepSnapshot.Count;
import io.kintsugi.objects.UpkeepSnapshot.Pass;
import io.kintsugi.objects.UpkeepSnapshot.Scrubbing.State;
import io.kintsugi.shards.DriveRecord;
import io.kintsugi.shards.TopologyRecord;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimOp;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What rots where nobody reads is found and mended within a period; what is right is left alone. */
class ScrubberTest {
    private static final int SMALL = 100_000;
    private static final int LARGE = 2_500_000;
    private static final int SMALLS = 8;
    private static final int BLOBS = SMALLS + 1;
    private static final Duration PERIOD = Duration.ofHours(10);

    @AutoClose
    private final TestStore store = new TestStore();

    private final DriveRecord record = TopologyRecord.ofScrubbing(store.drives, Duration.ofSeconds(30));
    private Scrubber scrubber = scrubber();

    private Scrubber scrubber() {
        return scrubber(store.catalog);
    }

    private Scrubber scrubber(Catalog catalog) {
        Mender mender = new Mender(
                catalog, store.blobs, store.survey, store.objects.guards().claims(), new LostBlobs(store.clock));
        return new Scrubber(
                catalog,
                new Scrubber.Hands(mender, store.reports, record),
                store.clock,
                Optional.of(PERIOD),
                store.governor());
    }

    private void fill() {
        for (int i = 0; i < SMALLS; i++) {
            put("small" + i, SMALL, i);
        }
        put("large", LARGE, 99);
        put("inline", 9, 1);
    }

    private void put(String key, int size, int seed) {
        store.objects.put(TestStore.putRequest(ObjectKey.of(key), WriteCondition.NONE, TestBody.of(size, seed)));
    }

    private void delete(String key) {
        store.objects.delete(new DeleteObjects(
                TestStore.BUCKET,
                List.of(new DeleteObjects.Item(ObjectKey.of(key), Optional.empty(), WriteCondition.NONE))));
    }

    private Pass pass() {
        return scrubber.snapshot().pass();
    }

    private State state() {
        return scrubber.snapshot().state();
    }

    /** Lets the time pass that the scrubber rests. */
    private void step() {
        store.clock.pass(scrubber.step().plusMillis(1));
    }

    private void runUntil(State wanted) {
        int steps = 0;
        do {
            step();
            assertTrue(++steps < 200_000, "no end of scrubbing");
        } while (state() != wanted);
    }

    private void runUntilSeen(long blobs) {
        int steps = 0;
        while (pass().seen().blobs() < blobs) {
            step();
            assertTrue(++steps < 200_000, "no end of scrubbing");
        }
    }

    private List<BlobRef> blobs() {
        List<BlobRef> all = new ArrayList<>();
        new BlobCursor(store.catalog).forEachRemaining(entry -> all.add(entry.blob()));
        return all;
    }

    private BlobRef blob(BlobRef.Form form) {
        return blobs().stream().filter(blob -> blob.form() == form).findFirst().orElseThrow();
    }

    /** The bytes of all shards, drive by drive. */
    private List<byte[]> shards() {
        return store.drives.sims().stream()
                .flatMap(drive -> Stream.of(BlobRef.Form.PACKED, BlobRef.Form.FILES)
                        .flatMap(form -> drive.shards(form).stream()
                                .map(name -> drive.bytesOf(name, form).orElseThrow())))
                .toList();
    }

    private static void assertSame(List<byte[]> expected, List<byte[]> actual) {
        assertEquals(expected.size(), actual.size(), "shards");
        IntStream.range(0, expected.size()).forEach(i -> assertArrayEquals(expected.get(i), actual.get(i)));
    }

    /** Where a bit flips. {@code place} is in thousandths of the shard; 1000 is its last byte. */
    private record Rot(String what, BlobRef.Form form, int shard, int place) {
        @Override
        public String toString() {
            return what;
        }

        void in(SimDrive drive, ShardName name) {
            long size = drive.bytesOf(name, form).orElseThrow().length;
            drive.corrupt(name, form, Math.min(size - 1, size * place / 1000));
        }
    }

    static Stream<Rot> rots() {
        return Stream.of(
                new Rot("header of a packed shard", BlobRef.Form.PACKED, 0, 0),
                new Rot("frame of a packed shard", BlobRef.Form.PACKED, 1, 500),
                new Rot("footer of a packed shard", BlobRef.Form.PACKED, 1, 1000),
                new Rot("packed parity shard", BlobRef.Form.PACKED, 3, 500),
                new Rot("header of a shard file", BlobRef.Form.FILES, 0, 0),
                new Rot("first frame of a shard file", BlobRef.Form.FILES, 1, 100),
                new Rot("last frame of a shard file", BlobRef.Form.FILES, 0, 980),
                new Rot("footer of a shard file", BlobRef.Form.FILES, 1, 1000),
                new Rot("parity shard file", BlobRef.Form.FILES, 2, 500));
    }

    @ParameterizedTest
    @MethodSource("rots")
    void onePassFindsAFlippedBitAndMendsIt(Rot rot) {
        fill();
        List<byte[]> right = shards();
        BlobRef blob = blob(rot.form());
        rot.in(store.drives.sim(rot.shard()), new ShardName(blob.id(), rot.shard()));
        runUntil(State.WAITING);
        assertSame(right, shards());
        assertEquals(new Count(1, blob.size()), pass().mended());
        assertEquals(1, scrubber.snapshot().shardsMended());
        assertEquals(new Count(BLOBS, SMALLS * SMALL + LARGE), pass().verified());
        assertEquals(Count.NONE, pass().failed());
    }

    @Test
    void onePassFindsShardsThatVanishedOrWereCut() {
        fill();
        List<byte[]> right = shards();
        BlobRef small = blob(BlobRef.Form.PACKED);
        BlobRef large = blob(BlobRef.Form.FILES);
        store.drives.sim(0).lose(new ShardName(small.id(), 0), BlobRef.Form.PACKED);
        store.drives.sim(2).lose(new ShardName(large.id(), 2), BlobRef.Form.FILES);
        store.drives.sim(3).truncate(new ShardName(large.id(), 3), BlobRef.Form.FILES, 5000);
        runUntil(State.WAITING);
        assertSame(right, shards());
        assertEquals(2, pass().mended().blobs());
        assertEquals(3, scrubber.snapshot().shardsMended());
    }

    @Test
    void whatIsRightIsReadOnceAndNotWritten() {
        fill();
        List<byte[]> right = shards();
        SimDrive drive = store.drives.sim(1);
        long packed = drive.count(SimOp.READ_PACKED);
        long opened = drive.count(SimOp.OPEN);
        long written = drive.count(SimOp.WRITE_PACKED) + drive.count(SimOp.CREATE) + drive.count(SimOp.DELETE);
        runUntil(State.WAITING);
        assertSame(right, shards());
        assertEquals(SMALLS, drive.count(SimOp.READ_PACKED) - packed);
        assertEquals(1, drive.count(SimOp.OPEN) - opened);
        assertEquals(written, drive.count(SimOp.WRITE_PACKED) + drive.count(SimOp.CREATE) + drive.count(SimOp.DELETE));
        assertEquals(Count.NONE, pass().mended());
    }

    @Test
    void aPassTakesItsPeriodAndTheNextBeginsThen() {
        fill();
        Instant begun = store.clock.now();
        runUntil(State.WAITING);
        Duration took = Duration.between(begun, store.clock.now());
        assertTrue(took.compareTo(PERIOD.multipliedBy(9).dividedBy(10)) > 0, () -> "it took only " + took);
        assertTrue(took.compareTo(PERIOD.plusMinutes(5)) < 0, () -> "it took " + took);
        assertTrue(scrubber.snapshot().lastPass().isPresent());
        runUntil(State.SCRUBBING);
        assertTrue(!pass().since().isBefore(begun.plus(PERIOD)), "not before its time");
        assertTrue(pass().since().isBefore(begun.plus(PERIOD).plusSeconds(300)));
        runUntil(State.WAITING);
        assertEquals(2 * BLOBS, scrubber.snapshot().read().blobs());
        assertEquals(BLOBS, pass().verified().blobs());
    }

    @Test
    void aRestartGoesOnFromWhereItWas() {
        fill();
        runUntilSeen(4);
        runUntilSeen(5);
        Pass before = pass();
        long reads = store.drives.sim(0).count(SimOp.READ_PACKED)
                + store.drives.sim(0).count(SimOp.OPEN);
        scrubber = scrubber();
        runUntil(State.WAITING);
        assertEquals(before.since(), pass().since());
        assertEquals(BLOBS, pass().verified().blobs());
        assertEquals(BLOBS - 5, scrubber.snapshot().read().blobs(), "only what was left");
        assertEquals(
                BLOBS - 5,
                store.drives.sim(0).count(SimOp.READ_PACKED)
                        + store.drives.sim(0).count(SimOp.OPEN)
                        - reads);
    }

    @Test
    void aRestartWhileItWaitsKeepsWaiting() {
        fill();
        Instant begun = store.clock.now();
        runUntilSeen(2);
        IntStream.range(0, SMALLS).forEach(i -> delete("small" + i));
        delete("large");
        runUntil(State.WAITING);
        assertTrue(store.clock.now().isBefore(begun.plus(PERIOD)), "there was less to do");
        Optional<Instant> last = scrubber.snapshot().lastPass();
        scrubber = scrubber();
        scrubber.step();
        assertEquals(State.WAITING, state());
        assertEquals(last, scrubber.snapshot().lastPass());
    }

    @Test
    void thePlaceIsKnownAsLongAsOneDriveHasIt() {
        fill();
        runUntilSeen(4);
        store.drives.sim(3).goOffline("gone");
        runUntilSeen(6);
        store.drives.sim(3).comeOnline();
        store.drives.sim(0).failNext(1, DriveException.Kind.IO, SimOp.GET);
        store.drives.sim(1).failNext(1, DriveException.Kind.IO, SimOp.GET);
        scrubber = scrubber();
        scrubber.step();
        assertTrue(pass().seen().blobs() >= 6, "not the older one of the drive that was away");
    }

    @Test
    void aBlobThatWentFromThePageDoesNotHideOthers() {
        fill();
        runUntilSeen(4);
        List<BlobRef> seen = blobs().subList(0, 4);
        int small = IntStream.range(0, SMALLS)
                .filter(i -> store.objects
                        .head(new GetObject(
                                TestStore.BUCKET,
                                ObjectKey.of("small" + i),
                                Optional.empty(),
                                TestStore.WHOLE,
                                ReadCondition.NONE))
                        .version()
                        .parts()
                        .getFirst()
                        .blob()
                        .id()
                        .equals(seen.getLast().id()))
                .findFirst()
                .orElseThrow();
        delete("small" + small);
        scrubber = scrubber();
        runUntil(State.WAITING);
        assertTrue(scrubber.snapshot().read().blobs() >= BLOBS - 4, "every other blob was read");
    }

    @Test
    void aDriveThatIsAwayIsNotWrong() {
        fill();
        List<byte[]> right = shards();
        store.drives.sim(1).goOffline("gone");
        runUntil(State.WAITING);
        assertEquals(Count.NONE, pass().mended());
        assertEquals(Count.NONE, pass().failed());
        assertEquals(Count.NONE, pass().verified(), "what was not read is not verified");
        assertEquals(BLOBS, pass().partly().blobs());
        assertEquals(0, store.reports.size());
        assertSame(right, shards());
    }

    @Test
    void whatCanNotBeMendedNowIsHandedToHealing() {
        fill();
        BlobRef small = blob(BlobRef.Form.PACKED);
        store.drives.sim(2).lose(new ShardName(small.id(), 2), BlobRef.Form.PACKED);
        store.drives.sim(2).failNext(1, DriveException.Kind.IO, SimOp.WRITE_PACKED);
        runUntil(State.WAITING);
        assertEquals(new Count(1, SMALL), pass().failed());
        assertEquals(BLOBS - 1, pass().verified().blobs());
        assertEquals(small.id(), store.reports.poll().orElseThrow().blob().id());
    }

    @Test
    void whatIsAddedInThePassIsCountedAndVerifiedInTime() {
        put("small0", SMALL, 0);
        step();
        step();
        Instant begun = pass().since();
        fill();
        runUntil(State.WAITING);
        assertTrue(pass().verified().blobs() >= BLOBS - 1, () -> pass().toString());
        assertEquals(pass().total().blobs(), pass().seen().blobs());
        assertTrue(Duration.between(begun, store.clock.now()).compareTo(PERIOD.plusMinutes(5)) < 0);
    }

    @Test
    void anEmptyStoreIsLookedAtAgainSoon() {
        runUntil(State.WAITING);
        fill();
        runUntilSeen(1);
        assertTrue(Duration.between(Instant.parse("2026-01-02T03:04:05Z"), pass().since())
                        .compareTo(Duration.ofHours(1))
                < 0);
    }

    @Test
    void aBlobWhoseCatalogCouldNotBeAskedIsNotSkipped() {
        fill();
        AtomicBoolean fails = new AtomicBoolean(true);
        scrubber = scrubber(failing("referred", fails));
        assertThrows(StoreException.Unavailable.class, () -> runUntil(State.WAITING));
        assertFalse(fails.get());
        runUntil(State.WAITING);
        assertEquals(BLOBS, pass().verified().blobs());
    }

    /** The catalog, but that this method throws while the switch is on, which goes off by that. */
    private Catalog failing(String methodName, AtomicBoolean fails) {
        return (Catalog) Proxy.newProxyInstance(
                Catalog.class.getClassLoader(), new Class<?>[] {Catalog.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals(methodName) && fails.getAndSet(false)) {
                        throw new StoreException.Unavailable(StoreException.Unavailable.Kind.QUORUM, "on purpose");
                    }
                    try {
                        return method.invoke(store.catalog, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void aMarkThatIsNotOneIsNotBelieved() {
        fill();
        runUntilSeen(2);
        byte[] mark = record.read().getFirst();
        assertEquals(2, ScrubMark.decode(mark).orElseThrow().pass().seen().blobs());
        for (int at = 0; at < mark.length; at++) {
            byte[] wrong = mark.clone();
            wrong[at] ^= 0x10;
            assertEquals(Optional.empty(), ScrubMark.decode(wrong), "byte " + at);
            assertEquals(Optional.empty(), ScrubMark.decode(Arrays.copyOf(mark, at)), "cut at " + at);
        }
    }

    @Test
    void anUnknownPlaceBeginsAnew() {
        fill();
        record.write(new ScrubMark(
                        7,
                        false,
                        Pass.beginning(store.clock.now()),
                        Optional.empty(),
                        new BlobCursor.Place(Optional.of("not a place"), Optional.empty()))
                .encode());
        runUntil(State.WAITING);
        assertEquals(BLOBS, pass().verified().blobs());
    }
}
