package io.kintsugi.catalog;

import io.kintsugi.base.ObjectKey;
import io.kintsugi.drives.KvSpace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Rows of OBJECTS that a caller read before it handed in its change, so that the sequencer need not: good while their
 * stripes were not touched.
 *
 * <p>A thousand changes may wait, for as long as a drive hangs, and the row of an object of 10,000 parts has megabytes.
 * So a change brings no long row along, and not many of others: those the sequencer reads itself.
 */
final class Known {
    static final Known NOTHING = new Known(List.of(), stripe -> 0);
    /** What is longer is not kept while something is waited for. */
    static final int LONG_ROW_BYTES = 32 << 10;
    /** Of all rows of one change. */
    private static final int MOST_BYTES = 1 << 20;

    /** The latest stamp of a stripe. */
    @FunctionalInterface
    interface Now {
        long last(int stripe);
    }

    @SuppressWarnings("ArrayRecordComponent")
    record Row(byte[] key, Optional<byte[]> value, int stripe, long stamp) {}

    private final List<Row> rows;
    private final Now now;
    private int next;

    Known(List<Row> rows, Now now) {
        this.rows = rows;
        this.now = now;
    }

    /**
     * The value as it was read, if it was and still holds. Rows are mostly asked for in the order in which they were
     * read.
     */
    Optional<Optional<byte[]>> get(KvSpace space, byte[] key) {
        if (space != KvSpace.OBJECTS) {
            return Optional.empty();
        }
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get((next + i) % rows.size());
            if (Arrays.equals(row.key(), key)) {
                next = (next + i) % rows.size();
                return row.stamp() == now.last(row.stripe()) ? Optional.of(row.value()) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** Reads rows in the caller's thread, so that the one sequencer need not wait for a drive. */
    static final class Gathering {
        private final Rows committed;
        private final Stamps stamps;
        private final List<Row> rows = new ArrayList<>();
        private long readBytes;
        private long keptBytes;

        Gathering(Rows committed, Stamps stamps) {
            this.committed = committed;
            this.stamps = stamps;
        }

        /** The current object of a key. */
        void object(BucketRow bucket, ObjectKey key) {
            int stripe = Stamps.ofKey(bucket.id(), key);
            long stamp = stamps.last(stripe);
            if (stamps.moving(stripe)) {
                return;
            }
            byte[] name = Keys.object(bucket.id(), key);
            Optional<byte[]> value = committed.get(KvSpace.OBJECTS, name);
            int length = value.map(row -> row.length).orElse(0);
            readBytes += length;
            if (length <= LONG_ROW_BYTES && keptBytes + length <= MOST_BYTES) {
                keptBytes += length;
                rows.add(new Row(name, value, stripe, stamp));
            }
        }

        /** Of all rows that were read, whether they are kept or not. */
        long readBytes() {
            return readBytes;
        }

        Known known() {
            return new Known(rows, stamps::last);
        }
    }
}
