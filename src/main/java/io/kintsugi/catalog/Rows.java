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

    default Optional<KvRow> first(KvSpace space, byte[] from, byte[] to) {
        return range(space, from, to, 1).stream().findFirst();
    }
}
