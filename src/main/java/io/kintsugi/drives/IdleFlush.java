package io.kintsugi.drives;

import org.rocksdb.RocksDBException;

/**
 * Has rows go from log and memory to tables once nothing was written for a while: a kill of an idle store then leaves
 * next to nothing to replay, and the memory of its write buffers is free. One thread.
 */
final class IdleFlush {
    /** So many looks in a row that saw nothing new. */
    static final int QUIET_LOOKS = 30;

    private final KvStore store;
    private long seen;
    private long flushed;
    private int quiet;

    IdleFlush(KvStore store) {
        this.store = store;
    }

    /** Does not wait for the flush that it may begin. */
    void look() throws RocksDBException {
        long now = store.lastSequence();
        quiet = now == seen ? quiet + 1 : 0;
        seen = now;
        if (quiet >= QUIET_LOOKS && flushed != now) {
            flushed = now;
            store.beginFlush();
        }
    }
}
