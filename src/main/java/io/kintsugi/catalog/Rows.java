package io.kintsugi.catalog;

import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import java.util.List;
import java.util.Optional;

/** Reads the rows of some state of the catalog; blocks within a deadline. */
interface Rows {
    /** The value; nobody changes the array. */
    Optional<byte[]> get(KvSpace space, byte[] key);

    /** The first {@code limit} rows with {@code from <= key < to}. */
    List<KvRow> range(KvSpace space, byte[] from, byte[] to, int limit);

    /**
     * The first rows of the range, as many as are read at once: at most {@code limit}, and a few megabytes of them, but
     * one at least if there is any. Only that none comes says that there is no other.
     */
    default List<KvRow> some(KvSpace space, byte[] from, byte[] to, int limit) {
        return range(space, from, to, limit);
    }

    default Optional<KvRow> first(KvSpace space, byte[] from, byte[] to) {
        return range(space, from, to, 1).stream().findFirst();
    }
}
