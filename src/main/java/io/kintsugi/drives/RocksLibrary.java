package io.kintsugi.drives;

import org.rocksdb.RocksDB;

/**
 * Loads the native library, once. The only place that does: a native image initialises this class, and
 * {@code org.rocksdb}, at run time.
 */
final class RocksLibrary {
    static {
        RocksDB.loadLibrary();
    }

    private RocksLibrary() {}

    /** Returns when the library is loaded. */
    static void load() {
        // the static initialiser has done it
    }
}
