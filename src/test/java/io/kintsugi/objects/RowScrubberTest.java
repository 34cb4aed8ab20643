package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.objects.UpkeepSnapshot.Scrubbing.State;
import io.kintsugi.shards.DriveRecord;
import io.kintsugi.shards.TopologyRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The pace of scrubbing of rows, and where it goes on. What it finds is {@code RowCheckTest}'s. */
class RowScrubberTest {
    private static final Duration PERIOD = Duration.ofHours(10);
    private static final int OBJECTS = 400;
    private static final int BYTES = 10_000;
    private static final int REPLICAS = 3;

    @AutoClose
    private final TestStore store = new TestStore();

    private final DriveRecord record = TopologyRecord.ofRowScrubbing(store.drives, Duration.ofSeconds(30));
    private RowScrubber scrubber = scrubber();

    private RowScrubber scrubber() {
        return new RowScrubber(store.catalog, record, store.clock, Optional.of(PERIOD), store.governor());
    }

    @BeforeEach
    void fill() {
        for (int i = 0; i < OBJECTS; i++) {
            store.objects.put(
                    TestStore.putRequest(ObjectKey.of("inline" + i), WriteCondition.NONE, TestBody.of(BYTES, i)));
        }
    }

    private void step() {
        store.clock.pass(scrubber.step().plusMillis(1));
    }

    private void runUntil(State wanted) {
        int steps = 0;
        do {
            step();
            assertTrue(++steps < 200_000, "no end of scrubbing");
        } while (scrubber.snapshot().state() != wanted);
    }

    private static long allRows() {
        return 2L * OBJECTS * REPLICAS;
    }

    @Test
    void aPassReadsEveryRowAndTheNextOneComesWithItsPeriodEvenly() {
        Instant began = store.clock.now();
        runUntil(State.WAITING);
        assertTrue(
                scrubber.snapshot().rows() >= allRows(),
                () -> scrubber.snapshot().toString());
        assertTrue(scrubber.snapshot().bytes() >= (long) OBJECTS * BYTES * REPLICAS);
        assertTrue(Duration.between(began, store.clock.now()).compareTo(Duration.ofMinutes(1)) < 0, "at first fast");
        long first = scrubber.snapshot().rows();
        runUntil(State.SCRUBBING);
        assertTrue(!store.clock.now().isBefore(began.plus(PERIOD)), "not before its time");
        Instant again = store.clock.now();
        runUntil(State.WAITING);
        assertEquals(2 * first, scrubber.snapshot().rows());
        Duration took = Duration.between(again, store.clock.now());
        assertTrue(took.compareTo(PERIOD.dividedBy(2)) > 0, () -> "not in a burst: " + took);
        // each step of the test takes a millisecond more than it is asked to
        assertTrue(took.compareTo(PERIOD.plusMinutes(1)) < 0, () -> "in time: " + took);
    }

    @Test
    void aRestartGoesOnWhereItWas() {
        runUntil(State.WAITING);
        runUntil(State.SCRUBBING);
        long before = scrubber.snapshot().rows();
        while (scrubber.snapshot().rows() < before * 3 / 2) {
            step();
        }
        // what was not kept in the last minute is read once more
        long seen = scrubber.snapshot().rows() - before;
        Optional<Instant> last = scrubber.snapshot().lastPass();
        scrubber = scrubber();
        step();
        assertEquals(
                last.map(Instant::toEpochMilli), scrubber.snapshot().lastPass().map(Instant::toEpochMilli));
        runUntil(State.WAITING);
        assertTrue(scrubber.snapshot().rows() < before, () -> "not from the beginning: " + scrubber.snapshot());
        assertTrue(scrubber.snapshot().rows() + seen >= before, () -> "all the rest: " + scrubber.snapshot());
    }

    /** For weeks, perhaps: a store that is restarted every day would never come to the end of a pass. */
    @Test
    void aReplicaThatIsMissingDoesNotMakeItForgetWhereItWas() {
        store.drives.sim(2).goOffline("gone");
        store.drives.sim(3).goOffline("gone");
        store.put(TestBody.of(BYTES, 1));
        assertFalse(store.catalog.status().reason().isEmpty());
        runUntil(State.WAITING);
        scrubber = scrubber();
        step();
        assertEquals(State.WAITING, scrubber.snapshot().state());
        assertEquals(0, scrubber.snapshot().rows());
    }

    @Test
    void aMarkIsReadAsItWasWrittenAndAWrongOneIsNone() {
        RowScrubMark mark = new RowScrubMark(
                7,
                true,
                Instant.ofEpochMilli(1234),
                Optional.of(Instant.ofEpochMilli(99)),
                5,
                6,
                Optional.of("3-00ff"));
        byte[] bytes = mark.encode();
        assertEquals(Optional.of(mark), RowScrubMark.decode(bytes));
        RowScrubMark first = RowScrubMark.beginning(Instant.ofEpochMilli(5));
        assertEquals(Optional.of(first), RowScrubMark.decode(first.encode()));
        for (int i = 0; i < bytes.length; i++) {
            byte[] wrong = bytes.clone();
            wrong[i] ^= 1;
            assertEquals(Optional.empty(), RowScrubMark.decode(wrong));
            assertEquals(Optional.empty(), RowScrubMark.decode(Arrays.copyOf(bytes, i)));
        }
    }

    @Test
    void aPlaceThatIsNoneOfTheCatalogBeginsThePassAnew() {
        record.write(new RowScrubMark(9, false, store.clock.now(), Optional.empty(), 5, 0, Optional.of("no place"))
                .encode());
        runUntil(State.WAITING);
        assertTrue(scrubber.snapshot().rows() >= allRows(), "all rows were read");
        assertTrue(store.drives.sims().stream()
                .allMatch(drive -> drive.keyValue()
                        .get(KvSpace.LOCAL, new byte[] {3})
                        .join()
                        .isPresent()));
    }
}
