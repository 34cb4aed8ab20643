package io.kintsugi.catalog;

import io.kintsugi.drives.KvBatch;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/**
 * The changes of the commits since a rebuild began, up to a bound of bytes. Threads: the sequencer adds, the rebuild
 * takes.
 */
final class CommitLog {
    private final long maxBytes;
    private final Queue<KvBatch> batches = new ArrayDeque<>();
    private long bytes;
    private boolean overflown;

    CommitLog(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    synchronized void add(KvBatch batch) {
        if (overflown || bytes + batch.bytes() > maxBytes) {
            overflown = true;
            batches.clear();
            return;
        }
        bytes += batch.bytes();
        batches.add(batch);
    }

    synchronized Optional<KvBatch> take() {
        Optional<KvBatch> next = Optional.ofNullable(batches.poll());
        next.ifPresent(batch -> bytes -= batch.bytes());
        return next;
    }

    synchronized int size() {
        return batches.size();
    }

    /** Whether commits were lost because there were too many. */
    synchronized boolean overflown() {
        return overflown;
    }
}
