package io.kintsugi.drives;

import org.rocksdb.RocksDBException;

/**
 * Has rows go from log and memory to tables once nothing was written for a while: a kill of an idle store then leaves
 * next to nothing to replay, and the memory of its write buffers is free. A few rows wait for others, for an hour at
 * most: tables are compacted four at a time, however small they are, and a compaction that meets a deletion of an old
 * value writes up to half of all values anew (decision 0037). One thread.
 */
final class IdleFlush {
    /** So many looks in a row that saw nothing new. */
    static final int QUIET_LOOKS = 30;
    /** What may be left to replay. */
    static final int FEW_ROWS = 10_000;
    /** An hour. */
    static final int LEAST_LOOKS = 3600;

    private final KvStore store;
    private long seen;
    private long flushed;
    private int quiet;
    /** Looks since rows went to tables. */
    private int since = LEAST_LOOKS;

    IdleFlush(KvStore store) {
        this.store = store;
    }

    /** Does not wait for the flush that it may begin. */
    void look() throws RocksDBException {
        long now = store.lastSequence();
        quiet = now == seen ? quiet + 1 : 0;
        seen = now;
        since = Math.min(LEAST_LOOKS, since + 1);
        boolean worthIt = now - flushed >= FEW_ROWS || since >= LEAST_LOOKS;
        if (quiet >= QUIET_LOOKS && flushed != now && worthIt) {
            flushed = now;
            since = 0;
            store.beginFlush();
        }
    }
}
