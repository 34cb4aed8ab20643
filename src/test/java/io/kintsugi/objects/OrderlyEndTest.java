package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.Id128;
import io.kintsugi.catalog.CatalogStatus;
import io.kintsugi.objects.UpkeepSnapshot.Count;
import io.kintsugi.shards.DriveLevels;
import io.kintsugi.shards.DriveLevels.Level;
import io.kintsugi.shards.DriveLevels.Room;
import io.kintsugi.shards.DriveLevels.Use;
import io.kintsugi.shards.DriveRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The mark of an orderly end is believed only where nothing can have been lost since. */
class OrderlyEndTest {
    private static final int DRIVES = 4;
    private static final CatalogStatus ENDED = status(7, 1234);
    private static final CatalogStatus OPENED = status(8, 1235);
    private static final DriveUsage.Sums USAGE =
            new DriveUsage.Sums(Map.of(id(0), new Count(3, 3000), id(2), new Count(1, 10)), 2, 3010, 1003.5);

    private final Copies copies = new Copies();
    private final List<Level> levels = new ArrayList<>(
            IntStream.range(0, DRIVES).mapToObj(i -> level(i, Use.TAKING)).toList());

    /** The record on four drives. */
    private static final class Copies implements DriveRecord {
        private final byte[][] values = new byte[DRIVES][];
        private int writable = DRIVES;

        @Override
        public List<byte[]> read() {
            return IntStream.range(0, DRIVES)
                    .mapToObj(i -> Optional.ofNullable(values[i]))
                    .flatMap(Optional::stream)
                    .toList();
        }

        @Override
        public void write(byte[] value) {
            for (int i = 0; i < writable; i++) {
                values[i] = value.clone();
            }
        }
    }

    private static DriveId id(int drive) {
        return new DriveId(new Id128(1, drive));
    }

    private static Level level(int drive, Use use) {
        return new Level(id(drive), "drive" + drive, "", use, new Room(1 << 30, 1 << 29));
    }

    private static CatalogStatus status(long epoch, long sequence) {
        return new CatalogStatus(true, List.of(), List.of(), 0, "", epoch, sequence);
    }

    private OrderlyEnd process(CatalogStatus opened) {
        DriveLevels now = new DriveLevels() {
            @Override
            public List<Level> levels() {
                return List.copyOf(levels);
            }

            @Override
            public void recordDrained(Set<DriveId> drives) {
                throw new AssertionError("nobody drains");
            }
        };
        TestClock clock = new TestClock();
        return new OrderlyEnd(copies, now, new OrderlyEnd.Chance(clock, Entropy.FAST), opened);
    }

    private void end(BooleanSupplier whole) {
        process(OPENED).leave(() -> ENDED, whole, Optional.of(USAGE));
    }

    @Test
    void whatWasKnownIsKnownAgain() {
        end(() -> true);
        OrderlyEnd.Found found = process(OPENED).found();
        assertTrue(found.whole());
        assertEquals(Optional.of(USAGE.all()), found.usage().map(DriveUsage.Sums::all));
        assertEquals(new Count(3, 3000), found.usage().orElseThrow().byDrive().get(id(0)));
        assertEquals(Count.NONE, found.usage().orElseThrow().byDrive().get(id(1)));
        assertEquals(2, found.usage().orElseThrow().strays());
        assertEquals(1003.5, found.usage().orElseThrow().oneOfEach());
    }

    @Test
    void anEndWithoutACountIsOneToo() {
        process(OPENED).leave(() -> ENDED, () -> true, Optional.empty());
        OrderlyEnd.Found found = process(OPENED).found();
        assertTrue(found.whole());
        assertEquals(Optional.empty(), found.usage());
    }

    @Test
    void aProcessIsToldOfItAsOftenAsItAsks() {
        end(() -> true);
        OrderlyEnd process = process(OPENED);
        assertTrue(process.found().whole());
        assertTrue(process.found().whole(), "the balancer asks, and healing");
    }

    /** What a process that is killed knew to be missing is known to nobody. */
    @Test
    void theMarkServesOnce() {
        end(() -> true);
        assertTrue(process(OPENED).found().whole());
        assertFalse(process(OPENED).found().whole());
    }

    @Test
    void aMarkThatCouldNotBeTakenAwayIsNotUsed() {
        end(() -> true);
        copies.writable = 3;
        assertFalse(process(OPENED).found().whole());
        copies.writable = 0;
        end(() -> true);
        assertFalse(process(OPENED).found().whole());
    }

    @Test
    void nothingIsLeftWhileSomethingIsMissing() {
        end(() -> false);
        assertEquals(List.of(), copies.read());
    }

    /** A shard that came late is reported while the mark is written. */
    @Test
    void whatIsReportedMeanwhileCounts() {
        int[] asked = {0};
        end(() -> asked[0]++ == 0);
        assertEquals(2, asked[0]);
        assertFalse(process(OPENED).found().whole());
    }

    @Test
    void nothingIsLeftWhileADriveIsAway() {
        levels.set(1, level(1, Use.AWAY));
        end(() -> true);
        assertEquals(List.of(), copies.read());
    }

    /** On real drives: each start makes the store ready for commits, and that must not look like one. */
    @Test
    void aStoreOnFoldersRemembersItsEnd(@TempDir Path dir) throws Exception {
        try (LocalStore store = new LocalStore(dir)) {
            store.objects.createBucket(LocalStore.BUCKET);
            store.put("key", TestBody.bytes(100_000, 1));
            awaitIdle(store);
            assertEquals(1, store.upkeep.snapshot().healing().walks().size(), "the first process looks at all");
        }
        for (int start = 0; start < 2; start++) {
            try (LocalStore store = new LocalStore(dir)) {
                awaitIdle(store);
                assertEquals(List.of(), store.upkeep.snapshot().healing().walks());
            }
        }
    }

    private static void awaitIdle(LocalStore store) throws InterruptedException {
        for (int i = 0; i < 9_000 && !isIdle(store); i++) {
            Thread.sleep(20);
        }
        assertTrue(isIdle(store));
    }

    /** Also a shard on a busy drive has come: with one under way, no end is one that leaves nothing undone. */
    private static boolean isIdle(LocalStore store) {
        return store.upkeep.snapshot().healing().idle() && store.isSettled();
    }

    /** What may have happened since the end. */
    private enum Since {
        A_COMMIT,
        A_START_THAT_WAS_CUT_OFF,
        AN_OLDER_CATALOG,
        A_DRIVE_IS_AWAY,
        A_DRIVE_MORE,
        A_DRIVE_LESS,
        ANOTHER_DRIVE,
        AN_EMPTY_STORE_ON_A_DRIVE,
        A_DRIVE_AS_IT_ONCE_WAS,
        A_MARK_THAT_ROTS
    }

    @ParameterizedTest
    @EnumSource
    void theMarkIsNotBelievedAfter(Since what) {
        end(() -> true);
        byte[] older = copies.values[2];
        end(() -> true);
        CatalogStatus opened = OPENED;
        switch (what) {
            case A_COMMIT -> opened = status(OPENED.epoch(), OPENED.sequence() + 1);
            case AN_OLDER_CATALOG -> opened = ENDED;
            case A_START_THAT_WAS_CUT_OFF -> opened = status(OPENED.epoch() + 1, OPENED.sequence());
            case A_DRIVE_IS_AWAY -> levels.set(3, level(3, Use.AWAY));
            case A_DRIVE_MORE -> levels.add(level(4, Use.TAKING));
            case A_DRIVE_LESS -> levels.remove(3);
            case ANOTHER_DRIVE -> levels.set(3, level(9, Use.TAKING));
            case AN_EMPTY_STORE_ON_A_DRIVE -> copies.values[2] = null;
            case A_DRIVE_AS_IT_ONCE_WAS -> copies.values[2] = older;
            case A_MARK_THAT_ROTS -> copies.values[2][20] ^= 4;
        }
        assertFalse(process(opened).found().whole());
        assertEquals(Optional.empty(), process(opened).found().usage());
    }
}
