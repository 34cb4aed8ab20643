package io.kintsugi.drives;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits to be committed, in the order of submission; bounded by number and by bytes. Any thread offers, one takes.
 */
final class CommitQueue {
    static final int MAX_WAITING = 16_384;
    static final long MAX_WAITING_BYTES = 64L << 20;
    private static final int MAX_GROUP = 4096;
    private static final long MAX_GROUP_BYTES = 8L << 20;

    /** What is to be done. */
    sealed interface Work {
        long bytes();
    }

    record Rows(KvBatch batch) implements Work {
        @Override
        public long bytes() {
            return batch.bytes();
        }
    }

    record Pack(ShardName name, ByteBuffer bytesOfShard) implements Work {
        @Override
        public long bytes() {
            return bytesOfShard.remaining();
        }
    }

    /** Removes a packed shard; needs no sync. */
    record Unpack(ShardName name) implements Work {
        @Override
        public long bytes() {
            return PackedKey.BYTES;
        }
    }

    record RaiseEpoch(long epoch) implements Work {
        @Override
        public long bytes() {
            return Long.BYTES;
        }
    }

    record RecordRoster(Roster roster) implements Work {
        @Override
        public long bytes() {
            return Long.BYTES;
        }
    }

    /** Work, who waits for it, and since when. */
    record Entry(Work work, DriveOp op, CompletableFuture<Void> done, long since) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final ArrayDeque<Entry> waiting = new ArrayDeque<>();
    private long bytes;
    private boolean closed;

    enum Offer {
        TAKEN,
        FULL,
        CLOSED
    }

    Offer offer(Entry entry) {
        lock.lock();
        try {
            if (closed) {
                return Offer.CLOSED;
            }
            boolean tooMuch = bytes + entry.work().bytes() > MAX_WAITING_BYTES && !waiting.isEmpty();
            if (waiting.size() >= MAX_WAITING || tooMuch) {
                return Offer.FULL;
            }
            waiting.add(entry);
            bytes += entry.work().bytes();
            arrived.signal();
            return Offer.TAKEN;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for work, and returns all that fits into one group; empty when the queue is closed and everything was
     * taken.
     */
    List<Entry> take() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                arrived.awaitUninterruptibly();
            }
            List<Entry> group = new ArrayList<>();
            long groupBytes = 0;
            while (!waiting.isEmpty() && group.size() < MAX_GROUP && groupBytes < MAX_GROUP_BYTES) {
                Entry entry = waiting.remove();
                groupBytes += entry.work().bytes();
                group.add(entry);
            }
            bytes -= groupBytes;
            return group;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Closes the queue, and fails what was not taken yet. */
    void abandon(DriveException why) {
        close();
        List<Entry> left = take();
        while (!left.isEmpty()) {
            left.forEach(entry -> entry.done().completeExceptionally(why));
            left = take();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
