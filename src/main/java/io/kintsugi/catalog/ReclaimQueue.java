package io.kintsugi.catalog;

import io.kintsugi.base.Clock;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The reclaim queue as it is read. Entries come with ever greater numbers and go at the front, and a key-value store
 * passes over each that has gone, one by one, until it has compacted them: after a million a look at the front took a
 * tenth of a second, and up to a whole one. So it is remembered up to which number there is none any more. After a
 * start, or when the catalog was opened again, that is found out anew. Any thread.
 */
final class ReclaimQueue {
    private static final byte[] END = Keys.reclaim(Long.MAX_VALUE);

    private final Rows rows;
    private final Open open;
    private final Clock clock;
    private volatile Front front;

    /** @param clock of time that goes by */
    ReclaimQueue(Rows rows, Open open, Clock clock) {
        this.rows = rows;
        this.open = open;
        this.clock = clock;
        this.front = new Front(open.opening(), -1, -1);
    }

    /** The state of the catalog. */
    interface Open {
        /** Which one is open: see {@link Stamps#opening}. */
        long opening();

        /**
         * The greatest number that commits have given out which have ended: whoever reads behind this sees what they
         * have done. -1 while one is under way, which a reader may see or not.
         */
        long given();
    }

    /**
     * What is true of one opening.
     *
     * @param gone no entry up to this one is there, nor will be
     * @param seen the greatest that there can have been
     */
    private record Front(long opening, long gone, long seen) {
        /** @param given before the page was read */
        Front with(List<KvRow> page, long given) {
            if (page.isEmpty()) {
                // greater ones may be on their way
                return new Front(opening, Math.max(seen, given), Math.max(seen, given));
            }
            return new Front(opening, Math.max(gone, sequence(page.getFirst()) - 1), last(page));
        }

        Front behind(List<KvRow> page) {
            return new Front(opening, gone, last(page));
        }

        private long last(List<KvRow> page) {
            return page.isEmpty() ? seen : Math.max(seen, sequence(page.getLast()));
        }
    }

    private static long sequence(KvRow row) {
        return Keys.sequenceOf(row.key());
    }

    /** As {@link Catalog#reclaimable(Duration, long, int)}. */
    List<Reclaim> oldest(Duration age, long behind, int limit) {
        Front known = known();
        long given = open.given();
        long from = Math.max(behind, known.gone());
        List<KvRow> page = rows.range(KvSpace.RECLAIM, Keys.reclaim(from + 1), END, limit);
        front = from == known.gone() ? known.with(page, given) : known.behind(page);
        return page.stream()
                .map(row -> SmallRow.decodeReclaim(sequence(row), row.value()))
                .filter(entry -> isDroppedFor(age, entry))
                .toList();
    }

    /** Of a state that was opened since, nothing is known. */
    private Front known() {
        long now = open.opening();
        Front before = front;
        return before.opening() == now ? before : new Front(now, -1, -1);
    }

    /** What was dropped in what is still to come was dropped by an earlier process, whose reads have ended with it. */
    private boolean isDroppedFor(Duration age, Reclaim entry) {
        Instant now = clock.now();
        return !entry.dropped().isAfter(now.minus(age)) || entry.dropped().isAfter(now);
    }
}
