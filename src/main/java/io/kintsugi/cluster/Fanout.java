package io.kintsugi.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;

/**
 * One operation a drive, started together and waited for with a {@link Quorum} and a deadline. The wait ends as soon as
 * the quorum is won or lost: an operation that hangs holds nobody. It goes on all the same, and {@link #settled} tells
 * when the last one has ended; whatever memory an operation uses must live until its own future is done.
 *
 * <p>Started by one thread; outcomes arrive on the drives' threads; any thread may wait.
 */
public final class Fanout<T> {
    private final Quorum quorum;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final CompletableFuture<Fanout<T>> settled = new CompletableFuture<>();
    private final Object[] values;
    private final Throwable[] errors;
    private final boolean[] done;
    private int succeeded;
    private int failed;

    private Fanout(Quorum quorum) {
        this.quorum = quorum;
        this.values = new Object[quorum.total()];
        this.errors = new Throwable[quorum.total()];
        this.done = new boolean[quorum.total()];
    }

    /**
     * Starts operation 0 to {@code total - 1} in this thread.
     *
     * @param operation starts one and returns its future; one that throws has failed
     */
    public static <T> Fanout<T> start(Quorum quorum, IntFunction<CompletableFuture<T>> operation) {
        Fanout<T> fanout = new Fanout<>(quorum);
        for (int i = 0; i < quorum.total(); i++) {
            int index = i;
            begin(operation, i).whenComplete((value, error) -> fanout.settle(index, value, error));
        }
        return fanout;
    }

    private static <T> CompletableFuture<T> begin(IntFunction<CompletableFuture<T>> operation, int index) {
        try {
            return operation.apply(index);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Waits until the quorum is won or lost, at most so long. {@code PENDING}: the deadline passed, or the thread was
     * interrupted (it stays so).
     */
    public Quorum.Decision await(Duration atMost) {
        return await(atMost, false);
    }

    /** Waits until every operation has ended, at most so long; returns whether they have. */
    public boolean awaitAll(Duration atMost) {
        await(atMost, true);
        lock.lock();
        try {
            return succeeded + failed == quorum.total();
        } finally {
            lock.unlock();
        }
    }

    /** Completes, always normally, when every operation has ended. */
    public CompletableFuture<Fanout<T>> settled() {
        return settled;
    }

    public Quorum.Decision decision() {
        lock.lock();
        try {
            return quorum.decide(succeeded, failed);
        } finally {
            lock.unlock();
        }
    }

    /** Whether that operation has ended, either way. */
    public boolean ended(int index) {
        lock.lock();
        try {
            return done[index];
        } finally {
            lock.unlock();
        }
    }

    public boolean succeeded(int index) {
        lock.lock();
        try {
            return done[index] && errors[index] == null;
        } finally {
            lock.unlock();
        }
    }

    /** What that operation returned; empty when it has not succeeded. An operation of {@code Void} has no value. */
    @SuppressWarnings("unchecked")
    public Optional<T> value(int index) {
        lock.lock();
        try {
            return Optional.ofNullable((T) values[index]);
        } finally {
            lock.unlock();
        }
    }

    /** Why that operation failed; empty when it has not. */
    public Optional<Throwable> error(int index) {
        lock.lock();
        try {
            return Optional.ofNullable(errors[index]);
        } finally {
            lock.unlock();
        }
    }

    /** What has failed so far. */
    public List<Throwable> errors() {
        lock.lock();
        try {
            List<Throwable> all = new ArrayList<>();
            for (Throwable error : errors) {
                if (error != null) {
                    all.add(error);
                }
            }
            return all;
        } finally {
            lock.unlock();
        }
    }

    private Quorum.Decision await(Duration atMost, boolean all) {
        long left = atMost.toNanos();
        lock.lock();
        try {
            while (left > 0 && !enough(all)) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return decision();
    }

    private boolean enough(boolean all) {
        return all ? succeeded + failed == quorum.total() : quorum.decide(succeeded, failed) != Quorum.Decision.PENDING;
    }

    private void settle(int index, T value, Throwable error) {
        boolean last;
        lock.lock();
        try {
            done[index] = true;
            values[index] = value;
            errors[index] = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
            if (error == null) {
                succeeded++;
            } else {
                failed++;
            }
            last = succeeded + failed == quorum.total();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (last) {
            settled.complete(this);
        }
    }
}
