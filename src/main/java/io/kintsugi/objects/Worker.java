package io.kintsugi.objects;

import io.kintsugi.base.Clock;
import io.kintsugi.base.Seldom;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One background thread that takes a step again and again, and rests in between as long as the step says. A step that
 * fails is told to the log and tried again after a pause. Thread-safe; started and closed at most once.
 */
final class Worker implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Worker.class.getName());
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);
    private static final Duration STOP = Duration.ofSeconds(30);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private final Thread thread;
    private final Step step;
    private final Seldom lines = new Seldom(Clock.SYSTEM, AFTER_FAILURE);
    private boolean wake;
    private volatile boolean closed;

    Worker(String name, Step step) {
        this.step = step;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    /** A bounded piece of work. */
    @FunctionalInterface
    interface Step {
        /** Returns how long to rest. */
        Duration run();
    }

    void start() {
        thread.start();
    }

    /** Ends the rest, if there is one. */
    void wake() {
        lock.lock();
        try {
            wake = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether a step under way should come to its end. */
    boolean stopping() {
        return closed;
    }

    /** Whether no step is under way any more, and none will be. */
    boolean hasEnded() {
        return closed && !thread.isAlive();
    }

    private void run() {
        while (!closed) {
            Duration rest;
            try {
                rest = step.run();
            } catch (RuntimeException | Error e) {
                // also for want of memory: nobody else would ever do this work
                rest = AFTER_FAILURE;
                if (!closed) {
                    failed(e);
                }
            }
            rest(rest);
        }
    }

    /** One that is woken often may fail often. */
    private void failed(Throwable e) {
        lines.admit()
                .ifPresent(held -> LOG.log(
                        Level.WARNING,
                        thread.getName() + " failed; tried again in " + AFTER_FAILURE.toSeconds()
                                + " s, or when there is more to do" + Seldom.suffix(held),
                        e));
    }

    /** Also for rests within a step. Ends early when the worker is woken or closed. */
    void rest(Duration time) {
        lock.lock();
        try {
            long left = time.toNanos();
            while (!wake && !closed && left > 0) {
                left = woken.awaitNanos(left);
            }
            wake = false;
        } catch (InterruptedException e) {
            // only close() interrupts: the loop ends then
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the step under way, and waits for it. Idempotent. */
    @Override
    public void close() {
        closed = true;
        wake();
        thread.interrupt();
        try {
            if (thread.isAlive() && !thread.join(STOP)) {
                LOG.log(Level.WARNING, thread.getName() + " did not end within " + STOP.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
