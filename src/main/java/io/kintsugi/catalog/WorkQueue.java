package io.kintsugi.catalog;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits for the sequencer, in the order of arrival; bounded. Any thread offers, one takes, and is woken when as
 * many are there as it waits for, not for each.
 */
final class WorkQueue {
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final int capacity;
    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition enough = lock.newCondition();
    private final ArrayDeque<Work> waiting = new ArrayDeque<>();
    /** The taker sleeps until so many are there. */
    private int wanted = 1;
    /** What waits includes what changes must not hold up. */
    private boolean urgent;

    private boolean closed;

    enum Offer {
        TAKEN,
        FULL,
        CLOSED
    }

    /**
     * @param capacity how much may wait
     * @param most how much is taken at once
     */
    WorkQueue(int capacity, int most) {
        this.capacity = capacity;
        this.most = most;
    }

    Offer offer(Work work) {
        lock.lock();
        try {
            if (closed) {
                return Offer.CLOSED;
            }
            if (waiting.size() >= capacity) {
                return Offer.FULL;
            }
            waiting.add(work);
            urgent |= work instanceof Work.Control;
            if (has(wanted)) {
                enough.signal();
            }
            return Offer.TAKEN;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for work, and then for more of it as long as the pace says.
     *
     * @return what is done at once; empty when the queue is closed and everything was taken
     */
    List<Work> take(CommitPace pace) throws InterruptedException {
        lock.lock();
        try {
            gather(pace);
            List<Work> taken = new ArrayList<>(Math.min(waiting.size(), most));
            while (!waiting.isEmpty() && taken.size() < most) {
                taken.add(waiting.remove());
            }
            urgent = waiting.stream().anyMatch(Work.Control.class::isInstance);
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Clients that are far away come together too, only later: their time begins with the first of them. */
    private void gather(CommitPace pace) throws InterruptedException {
        int before = waiting.size();
        CommitPace.Wait wait = pace.next(before);
        await(wait.changes(), wait.nanos());
        if (waiting.isEmpty() && !closed) {
            while (!await(1, IDLE_NANOS)) {
                pace.idle();
                wait = CommitPace.Wait.NONE;
            }
            await(wait.changes(), wait.nanos());
        }
        if (wait.nanos() > 0 && !closed && !urgent) {
            pace.waited(wait.changes() - before, waiting.size() - before);
        }
    }

    /** @return whether as many are there, or what can't wait */
    private boolean await(int changes, long nanos) throws InterruptedException {
        wanted = changes;
        long left = nanos;
        while (left > 0 && !has(changes)) {
            left = enough.awaitNanos(left);
        }
        return has(changes);
    }

    private boolean has(int changes) {
        return waiting.size() >= changes || urgent || closed;
    }

    /** Whether the taker sleeps. */
    boolean isAwaited() {
        lock.lock();
        try {
            return lock.hasWaiters(enough);
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is taken in any more; what waits can still be taken. */
    void close() {
        lock.lock();
        try {
            closed = true;
            enough.signal();
        } finally {
            lock.unlock();
        }
    }
}
