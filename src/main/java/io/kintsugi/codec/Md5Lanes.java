package io.kintsugi.codec;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Computes the MD5 of several bodies at a time, one in each lane of a vector. MD5 is one long chain of steps that wait
 * for each other, so a body by itself leaves most of a core idle, and so do several, each on a core of its own.
 *
 * <p>Nobody waits for company: who comes when no thread computes begins at once, and takes in whoever comes meanwhile,
 * every {@value #STEP_BYTES} bytes anew. When its own bytes are done it hands the others over to one of theirs. Of such
 * threads there may be one for every four cores, so that a few bodies on a big machine are spread rather than joined.
 *
 * <p>Thread-safe; who waits, waits for nothing but this computation, and parks if it is a virtual thread.
 */
final class Md5Lanes {
    static final Md5Lanes SHARED = new Md5Lanes(
            Kernels.best(Kernel.MD5_LANES), Math.max(1, Runtime.getRuntime().availableProcessors() / 4));

    /** Fewer bytes are not worth a way to another thread. */
    static final long WORTH_BYTES = 128 << 10;

    private static final int MAX_LANES = 16;
    private static final long STEP_BYTES = 64 << 10;

    private final CodecPath path;
    private final int maxLeaders;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Job> waiting = new ArrayDeque<>();
    private int leaders;

    Md5Lanes(CodecPath path, int maxLeaders) {
        this.path = path;
        this.maxLeaders = maxLeaders;
    }

    /** Whether this machine has vectors for it: without, each body is faster on a core of its own. */
    boolean hasLanes() {
        return path != CodecPath.SCALAR;
    }

    /**
     * Adds the pieces to the digest whose context this is, and returns when that is done.
     *
     * @param seen bytes that the digest has eaten before
     * @param pieces direct buffers; their positions stay where they are
     */
    void update(byte[] context, long seen, ByteBuffer... pieces) {
        BlockCursor cursor = new BlockCursor(Kernel.MD5, Kernel.MD5.best(), context, seen, Arrays.asList(pieces));
        Job job = new Job(cursor, lock.newCondition());
        if (cursor.hasBlocks()) {
            List<Job> lanes = joined(job);
            if (!lanes.isEmpty()) {
                lead(job, lanes);
            }
            if (job.failure != null) {
                throw new IllegalStateException("another thread failed to compute this digest", job.failure);
            }
        }
        Reference.reachabilityFence(pieces);
    }

    /** Returns the lanes that this thread has to work on from now on; empty when another has done its job. */
    private List<Job> joined(Job job) {
        lock.lock();
        try {
            if (leaders < maxLeaders) {
                leaders++;
                List<Job> lanes = new ArrayList<>(MAX_LANES);
                lanes.add(job);
                return lanes;
            }
            waiting.add(job);
            while (!job.done && job.inherited.isEmpty()) {
                job.changed.awaitUninterruptibly();
            }
            return job.done ? List.of() : job.inherited;
        } finally {
            lock.unlock();
        }
    }

    private void lead(Job own, List<Job> lanes) {
        boolean more = true;
        try {
            while (more) {
                takeIn(lanes);
                step(lanes);
                more = !endedOrHandedOver(own, lanes);
            }
        } catch (RuntimeException | Error e) {
            fail(own, lanes, e);
            throw e;
        }
    }

    private void takeIn(List<Job> lanes) {
        lock.lock();
        try {
            while (lanes.size() < MAX_LANES && !waiting.isEmpty()) {
                lanes.add(waiting.remove());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Eats so many blocks of each lane as the one with the fewest has, within a step. */
    private void step(List<Job> lanes) {
        long blocks = STEP_BYTES / BlockCursor.BLOCK_BYTES;
        for (Job job : lanes) {
            blocks = Math.min(blocks, job.cursor.blocks());
        }
        if (lanes.size() == 1) {
            lanes.getFirst().cursor.eat(blocks);
        } else {
            eatLanes(lanes, blocks);
        }
    }

    private void eatLanes(List<Job> lanes, long blocks) {
        byte[][] contexts = new byte[lanes.size()][];
        long[] addresses = new long[lanes.size()];
        for (int i = 0; i < addresses.length; i++) {
            contexts[i] = lanes.get(i).cursor.context();
            addresses[i] = lanes.get(i).cursor.address();
        }
        Kernels.md5Lanes(path.ordinal(), contexts, addresses, addresses.length, blocks);
        for (Job job : lanes) {
            job.cursor.ate(blocks);
        }
    }

    private boolean endedOrHandedOver(Job own, List<Job> lanes) {
        boolean ownEnded = false;
        List<Job> ended = List.of();
        for (Job job : lanes) {
            if (!job.cursor.hasBlocks()) {
                ended = ended.isEmpty() ? new ArrayList<>(lanes.size()) : ended;
                ended.add(job);
                ownEnded |= job == own;
            }
        }
        if (ended.isEmpty()) {
            return false;
        }
        lanes.removeAll(ended);
        lock.lock();
        try {
            ended.forEach(Job::end);
            if (ownEnded) {
                handOver(lanes);
            }
        } finally {
            lock.unlock();
        }
        return ownEnded;
    }

    /** Under the lock: one of those that are not done goes on, if there is any. */
    private void handOver(List<Job> lanes) {
        if (lanes.isEmpty() && !waiting.isEmpty()) {
            lanes.add(waiting.remove());
        }
        if (lanes.isEmpty()) {
            leaders--;
            return;
        }
        Job heir = lanes.getFirst();
        heir.inherited = lanes;
        heir.changed.signal();
    }

    private void fail(Job own, List<Job> lanes, Throwable failure) {
        lock.lock();
        try {
            lanes.remove(own);
            for (Job job : lanes) {
                job.failure = failure;
                job.end();
            }
            lanes.clear();
            handOver(lanes);
        } finally {
            lock.unlock();
        }
    }

    /** The pieces of one update, and how far they are eaten. Belongs to the leader, until it is done. */
    private static final class Job {
        private final BlockCursor cursor;
        private final Condition changed;
        /** Under the lock. */
        private boolean done;

        private List<Job> inherited = List.of();
        private Throwable failure;

        Job(BlockCursor cursor, Condition changed) {
            this.cursor = cursor;
            this.changed = changed;
        }

        void end() {
            done = true;
            changed.signal();
        }
    }
}
