package io.kintsugi.s3;

import io.kintsugi.base.NoWait;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * A bound in bytes on what documents take of memory, those of all requests together. Whoever is going to need some asks
 * for the most that it can be, and waits until that fits, first come, first served: a small request waits for those
 * before it, however large, and for none behind it. Who waits for longer than the patience is refused.
 *
 * <p>What is lent comes back by itself while the store works. What lies with a client ({@link Lease#handToClient})
 * comes back as fast as that client reads or sends, and a few slow ones could hold all of it. So while anybody waits,
 * they must be as fast as {@link S3Limits.Documents#minBytesPerSecond}, after a pause of one patience: those who are
 * not are cut off. Nobody is, however slow, while there is room for all.
 *
 * <p>Thread-safe; virtual threads park in {@link #take}. Nobody may take twice from one memory: who holds some and
 * waits for more could wait for himself.
 */
final class DocumentMemory {
    private static final long NANOS = 1_000_000_000;

    private final long maxBytes;
    private final long patienceNanos;
    private final long minBytesPerSecond;
    private final LongSupplier clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private final Set<Lease> withClients = new LinkedHashSet<>();
    private long bytes;
    private long refused;
    private long cutOff;

    /** @param clock nanoseconds, monotonic */
    DocumentMemory(long maxBytes, Duration patience, long minBytesPerSecond, LongSupplier clock) {
        this.maxBytes = maxBytes;
        this.patienceNanos = patience.toNanos();
        this.minBytesPerSecond = minBytesPerSecond;
        this.clock = clock;
    }

    /**
     * Lends that many bytes, or all there is if that is less: such a document is alone then.
     *
     * @param cut ends the client's connection; must not wait
     * @throws S3Exception {@code SlowDown} when others gave too little back in time, or the thread was interrupted
     */
    Lease take(long most, Runnable cut) {
        Lease lease = new Lease(Math.min(most, maxBytes), cut);
        lock.lock();
        try {
            if (!waiters.isEmpty() || !lend(lease)) {
                await(new Waiter(lease, lock.newCondition()));
            }
            return lease;
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #take} where nobody has to wait for it; else empty. */
    Optional<Lease> takeAtOnce(long most, Runnable cut) {
        Lease lease = new Lease(Math.min(most, maxBytes), cut);
        lock.lock();
        try {
            return waiters.isEmpty() && lend(lease) ? Optional.of(lease) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** What is lent, and how often there was too little. */
    Counted.Documents statistics() {
        lock.lock();
        try {
            return new Counted.Documents(maxBytes, bytes, waiters.size(), refused, cutOff);
        } finally {
            lock.unlock();
        }
    }

    private boolean lend(Lease lease) {
        if (lease.bytes > maxBytes - bytes) {
            return false;
        }
        bytes += lease.bytes;
        return true;
    }

    private void await(Waiter me) {
        assert NoWait.mayWait() : NoWait.COMPLAINT;
        waiters.addLast(me);
        long end = clock.getAsLong() + patienceNanos;
        try {
            for (long left = patienceNanos; !me.served && left > 0; left = end - clock.getAsLong()) {
                // one looks for all: the first, whose turn it is
                me.changed.awaitNanos(me == waiters.peekFirst() ? Math.min(left, cutOffTheLate()) : left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!me.served) {
                waiters.remove(me);
                refused++;
                serve();
            }
        }
        if (!me.served) {
            throw new S3Exception(S3Error.SLOW_DOWN);
        }
    }

    /** Lends to those who wait what there is by now, in their order. */
    private void serve() {
        while (!waiters.isEmpty() && lend(waiters.element().lease)) {
            Waiter next = waiters.remove();
            next.served = true;
            next.changed.signal();
        }
        if (!waiters.isEmpty()) {
            waiters.element().changed.signal();
        }
    }

    /** Returns in how many nanoseconds to look again. */
    private long cutOffTheLate() {
        long now = clock.getAsLong();
        long next = Long.MAX_VALUE;
        List<Lease> late = new ArrayList<>();
        for (Lease lease : withClients) {
            if (lease.dueNanos - now > 0) {
                next = Math.min(next, lease.dueNanos - now);
            } else {
                late.add(lease);
            }
        }
        for (Lease lease : late) {
            // it has its memory until its connection is closed, but is cut off once
            withClients.remove(lease);
            cutOff++;
            lease.cut.run();
        }
        return next;
    }

    private static final class Waiter {
        private final Lease lease;
        private final Condition changed;
        private boolean served;

        Waiter(Lease lease, Condition changed) {
            this.lease = lease;
            this.changed = changed;
        }
    }

    /** What one request has of it. Any thread; what comes after {@link #close} does nothing. */
    final class Lease {
        private final Runnable cut;
        private long bytes;
        private long dueNanos;

        private Lease(long bytes, Runnable cut) {
            this.bytes = bytes;
            this.cut = cut;
        }

        /** Gives back all but that many bytes, which from now on are there until the client has moved them. */
        void handToClient(long left) {
            lock.lock();
            try {
                shrink(left);
                if (bytes > 0) {
                    dueNanos = clock.getAsLong() + patienceNanos + bytes / minBytesPerSecond * NANOS;
                    withClients.add(this);
                }
            } finally {
                lock.unlock();
            }
        }

        /** The client has done its part: gives back all but that many bytes. */
        void takeBack(long left) {
            lock.lock();
            try {
                withClients.remove(this);
                shrink(left);
            } finally {
                lock.unlock();
            }
        }

        /** Gives all back. A second call does nothing. */
        void close() {
            takeBack(0);
        }

        private void shrink(long left) {
            long less = Math.max(0, bytes - left);
            bytes -= less;
            DocumentMemory.this.bytes -= less;
            if (less > 0) {
                serve();
            }
        }
    }
}
