package io.kintsugi.catalog;

import io.kintsugi.base.NoWait;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Waiting with a deadline that is almost never reached, for very many virtual threads. The JDK sets a timer for each
 * timed wait of a virtual thread and wakes the thread of the timers up for it, which costs more than the read that is
 * waited for. Here a waiter is put into one of a few lists, by the tick in which its time is over, and a tick that
 * finds it served only drops it.
 *
 * <p>Deadlines are met up to two ticks late. While nobody waits nothing ticks. Threads: any; no locks.
 */
final class Waits {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    /** A power of two. What lies further ahead is put in again when its list's turn comes. */
    private static final int SLOTS = 64;

    /** A wait that ended so much too late says that the process stood still. */
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final Waits SHARED = new Waits();

    private final List<Queue<Waiter>> slots = Stream.generate(ConcurrentLinkedQueue<Waiter>::new)
            .limit(SLOTS)
            .<Queue<Waiter>>map(q -> q)
            .toList();
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicBoolean ticking = new AtomicBoolean();
    /** Everything up to this tick was looked at. */
    private volatile long done = Long.MIN_VALUE;

    private Waits() {}

    private static final class Waiter {
        private final long deadline;
        private volatile Thread thread = Thread.currentThread();
        private volatile boolean late;

        Waiter(long deadline) {
            this.deadline = deadline;
        }

        void wake() {
            LockSupport.unpark(thread);
        }

        boolean isServed() {
            return thread == null;
        }
    }

    /**
     * Whether the future is complete, normally or not, within that time; a little more when the wait ended much too
     * late, as when the machine was paused.
     *
     * @throws InterruptedException when the thread is interrupted while it waits
     */
    static boolean isDone(CompletableFuture<?> future, long nanos) throws InterruptedException {
        if (!future.isDone() && nanos > 0) {
            assert NoWait.mayWait() : NoWait.COMPLAINT;
            long begun = System.nanoTime();
            await(future, nanos);
            if (!future.isDone() && System.nanoTime() - begun - nanos > LATE_NANOS) {
                // the process stood still: whoever was to answer could not
                await(future, LATE_NANOS);
            }
        }
        return future.isDone();
    }

    private static void await(CompletableFuture<?> future, long nanos) throws InterruptedException {
        if (Thread.currentThread().isVirtual()) {
            SHARED.awaitUntil(future, System.nanoTime() + nanos);
        } else {
            awaitAtOnce(future, nanos);
        }
    }

    /** A platform thread has its timer in the kernel, where it costs nothing. */
    private static void awaitAtOnce(CompletableFuture<?> future, long nanos) throws InterruptedException {
        try {
            future.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // which of the two, the caller sees by itself
        }
    }

    private void awaitUntil(CompletableFuture<?> future, long deadline) throws InterruptedException {
        Waiter waiter = new Waiter(deadline);
        future.whenComplete((value, failure) -> waiter.wake());
        add(waiter);
        try {
            while (!future.isDone() && !waiter.late) {
                LockSupport.park(this);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        } finally {
            waiter.thread = null;
        }
    }

    private static long tickOf(long nanos) {
        return Math.floorDiv(nanos, TICK_NANOS);
    }

    private void add(Waiter waiter) {
        put(waiter);
        if (ticking.compareAndSet(false, true)) {
            // whoever put something in meanwhile may have reckoned with an earlier time: the first tick looks at all
            done = tickOf(System.nanoTime()) - SLOTS;
            tickLater();
        }
    }

    /** A list that is just being looked at might never be again in time: then it is put into a later one too. */
    private void put(Waiter waiter) {
        long tick;
        do {
            waiting.incrementAndGet();
            long now = tickOf(System.nanoTime());
            tick = Math.clamp(tickOf(waiter.deadline) + 1, now + 1, now + SLOTS - 1);
            slots.get((int) (tick & SLOTS - 1)).add(waiter);
        } while (done >= tick);
    }

    private void tickLater() {
        CompletableFuture.delayedExecutor(TICK_NANOS, TimeUnit.NANOSECONDS, Runnable::run)
                .execute(this::tick);
    }

    private void tick() {
        try {
            long tick = tickOf(System.nanoTime());
            for (long t = Math.max(done + 1, tick - SLOTS + 1); t <= tick; t++) {
                done = t;
                look(slots.get((int) (t & SLOTS - 1)));
            }
        } finally {
            goOn();
        }
    }

    private void goOn() {
        if (waiting.get() > 0) {
            tickLater();
            return;
        }
        ticking.set(false);
        if (waiting.get() > 0 && ticking.compareAndSet(false, true)) {
            tickLater();
        }
    }

    /** All are taken out first: one that is put in again may come into the same list, for its next turn. */
    private void look(Queue<Waiter> slot) {
        List<Waiter> found = new ArrayList<>();
        for (Waiter next = slot.poll(); next != null; next = slot.poll()) {
            found.add(next);
        }
        waiting.addAndGet(-found.size());
        long now = System.nanoTime();
        for (Waiter waiter : found) {
            if (waiter.deadline <= now) {
                waiter.late = true;
                waiter.wake();
            } else if (!waiter.isServed()) {
                put(waiter);
            }
        }
    }
}
