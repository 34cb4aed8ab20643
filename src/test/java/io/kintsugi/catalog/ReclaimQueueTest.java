package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Clock;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Where a look at the queue begins: what has gone is passed over once, and nothing that is there is left out. */
class ReclaimQueueTest {
    private static final int PAGE = 3;

    private final Table table = new Table();
    private final AtomicLong opening = new AtomicLong(7);
    private final AtomicLong given = new AtomicLong(-1);
    private final ReclaimQueue queue = new ReclaimQueue(
            table,
            new ReclaimQueue.Open() {
                @Override
                public long opening() {
                    return opening.get();
                }

                @Override
                public long given() {
                    return given.get();
                }
            },
            Clock.SYSTEM);

    /** The queue's space, in memory. */
    private static final class Table implements Rows {
        private final NavigableMap<byte[], byte[]> rows = new TreeMap<>(Arrays::compareUnsigned);
        private final List<Long> begun = new ArrayList<>();

        @Override
        public Optional<byte[]> get(KvSpace space, byte[] key) {
            throw new UnsupportedOperationException("it is scanned");
        }

        @Override
        public List<KvRow> range(KvSpace space, byte[] from, byte[] to, int limit) {
            begun.add(Keys.sequenceOf(from));
            return rows.subMap(from, to).entrySet().stream()
                    .limit(limit)
                    .map(row -> new KvRow(row.getKey(), row.getValue()))
                    .toList();
        }

        @Override
        public List<KvRow> some(KvSpace space, byte[] from, byte[] to, int limit) {
            return range(space, from, to, limit);
        }
    }

    private void drop(long... sequences) {
        BlobRef blob = Samples.blob(BlobRef.Form.FILES, 1000);
        LongStream.of(sequences)
                .forEach(
                        sequence -> table.rows.put(Keys.reclaim(sequence), SmallRow.encodeReclaim(blob, Samples.NOON)));
    }

    private void reclaimed(long... sequences) {
        LongStream.of(sequences).forEach(sequence -> table.rows.remove(Keys.reclaim(sequence)));
    }

    private List<Long> oldest(long behind) {
        return queue.oldest(Duration.ZERO, behind, PAGE).stream()
                .map(Reclaim::sequence)
                .toList();
    }

    private long lastBegan() {
        return table.begun.getLast();
    }

    @Test
    void whatHasGoneIsPassedOverOnce() {
        drop(11, 12, 15);
        assertEquals(List.of(11L, 12L, 15L), oldest(-1));
        assertEquals(0, lastBegan());
        reclaimed(11, 12);
        assertEquals(List.of(15L), oldest(-1));
        assertEquals(11, lastBegan());
        reclaimed(15);
        assertEquals(List.of(), oldest(-1));
        assertEquals(15, lastBegan());
        assertEquals(List.of(), oldest(-1));
        assertEquals(16, lastBegan());
    }

    @Test
    void whatStaysAtTheFrontIsSeenEachTimeAndWhatComesBehindIt() {
        drop(11, 12, 13, 14, 15);
        assertEquals(List.of(11L, 12L, 13L), oldest(-1));
        reclaimed(12, 13);
        assertEquals(List.of(14L, 15L), oldest(13));
        assertEquals(14, lastBegan(), "it goes on where the caller was");
        reclaimed(14, 15);
        drop(16);
        assertEquals(List.of(11L, 16L), oldest(-1));
        assertEquals(11, lastBegan());
        reclaimed(11, 16);
        assertEquals(List.of(), oldest(-1));
        drop(17);
        assertEquals(List.of(17L), oldest(-1));
        assertEquals(17, lastBegan());
    }

    /** Nobody has looked at what is between the front and the place that the caller names. */
    @Test
    void aPageFromTheMiddleSaysNothingOfTheFront() {
        drop(11, 12, 13);
        assertEquals(List.of(), oldest(20));
        assertEquals(List.of(13L), oldest(12));
        reclaimed(13);
        assertEquals(List.of(), oldest(12));
        assertEquals(List.of(11L, 12L), oldest(-1));
    }

    @Test
    void nothingComesToAnEmptyQueueUnseen() {
        assertEquals(List.of(), oldest(-1));
        drop(3);
        assertEquals(List.of(3L), oldest(-1));
    }

    /** As after a start: what an earlier process has removed was never seen here. */
    @Test
    void whatHadGoneBeforeIsPassedOverOnceToo() {
        given.set(40);
        assertEquals(List.of(), oldest(-1));
        assertEquals(0, lastBegan());
        assertEquals(List.of(), oldest(-1));
        assertEquals(41, lastBegan());
        drop(41);
        assertEquals(List.of(41L), oldest(-1));
    }

    /** A commit that is under way may be seen by one reader and not yet by the next. */
    @Test
    void ofACommitThatIsUnderWayNothingIsConcluded() {
        drop(11);
        given.set(11);
        assertEquals(List.of(11L), oldest(-1));
        reclaimed(11);
        given.set(-1);
        assertEquals(List.of(), oldest(-1));
        drop(12);
        assertEquals(List.of(12L), oldest(-1));
    }

    /** A removal that nobody was told of may be lost, and its numbers be given out again. */
    @Test
    void whenTheCatalogIsOpenedAgainTheFrontIsLookedFor() {
        drop(11, 12);
        assertEquals(List.of(11L, 12L), oldest(-1));
        reclaimed(11, 12);
        assertEquals(List.of(), oldest(-1));
        drop(11, 12);
        opening.incrementAndGet();
        assertEquals(List.of(11L, 12L), oldest(-1));
        assertEquals(0, lastBegan());
    }
}
