package io.kintsugi.catalog;

import io.kintsugi.drives.KvSpace;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Rows of OBJECTS that a caller read before it handed in its change, so that the sequencer need not: good while their
 * stripes were not touched.
 */
final class Known {
    static final Known NOTHING = new Known(List.of(), stripe -> 0);

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
}
