package io.kintsugi.cluster;

import io.kintsugi.base.NoWait;
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
 * when the last one has ended; whatever memory an operation uses must live until its own future is done. So one whose
 * drive is gone is only left to itself: it counts as failed for who waits, and stays under way.
 *
 * <p>Started by one thread; outcomes arrive on the drives' threads; any thread may wait.
 */
public final class Fanout<T> {
    private static final long TURN_NANOS = Duration.ofMillis(250).toNanos();
    private static final IntFunction<Optional<Throwable>> NONE_LOST = index -> Optional.empty();

    private final Quorum quorum;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final CompletableFuture<Fanout<T>> settled = new CompletableFuture<>();
    private final Object[] values;
    private final Throwable[] errors;
    private final boolean[] done;
    private final boolean[] left;
    private int under;
    private int succeeded;
    private int failed;

    private Fanout(Quorum quorum) {
        this.quorum = quorum;
        this.values = new Object[quorum.total()];
        this.errors = new Throwable[quorum.total()];
        this.done = new boolean[quorum.total()];
        this.left = new boolean[quorum.total()];
        this.under = quorum.total();
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
        return await(atMost, NONE_LOST);
    }

    /**
     * The same, and looks a few times a second for drives that will not answer any more.
     *
     * @param lost of the drive of an operation that is under way: why it is not worth to wait for; empty while it is
     */
    public Quorum.Decision await(Duration atMost, IntFunction<Optional<Throwable>> lost) {
        inTurns(atMost, false, lost);
        return decision();
    }

    /** Waits until every operation has ended, at most so long; returns whether they have. */
    public boolean awaitAll(Duration atMost) {
        return awaitAll(atMost, NONE_LOST);
    }

    /** The same; those whose drives are lost, as in {@link #await(Duration, IntFunction)}, count as ended. */
    public boolean awaitAll(Duration atMost, IntFunction<Optional<Throwable>> lost) {
        inTurns(atMost, true, lost);
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

    /** Whether that operation has ended, either way. One that was left to itself has not, until it does. */
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
            return done[index] && !left[index] && errors[index] == null;
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

    private void inTurns(Duration atMost, boolean all, IntFunction<Optional<Throwable>> lost) {
        long end = System.nanoTime() + atMost.toNanos();
        long remaining = atMost.toNanos();
        while (!awaitTurn(Math.min(remaining, TURN_NANOS), all)) {
            remaining = end - System.nanoTime();
            if (remaining <= 0 || Thread.currentThread().isInterrupted()) {
                return;
            }
            leaveLost(lost);
        }
    }

    private boolean awaitTurn(long nanos, boolean all) {
        assert NoWait.mayWait() : NoWait.COMPLAINT;
        long remaining = nanos;
        lock.lock();
        try {
            while (remaining > 0 && !enough(all)) {
                remaining = changed.awaitNanos(remaining);
            }
            return enough(all);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return enough(all);
        } finally {
            lock.unlock();
        }
    }

    private boolean enough(boolean all) {
        return all ? succeeded + failed == quorum.total() : quorum.decide(succeeded, failed) != Quorum.Decision.PENDING;
    }

    private void leaveLost(IntFunction<Optional<Throwable>> lost) {
        for (int i = 0; i < quorum.total(); i++) {
            int index = i;
            if (!ended(i)) {
                lost.apply(i).ifPresent(why -> leave(index, why));
            }
        }
    }

    private void leave(int index, Throwable why) {
        lock.lock();
        try {
            if (!done[index] && !left[index]) {
                left[index] = true;
                errors[index] = why;
                failed++;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void settle(int index, T value, Throwable error) {
        boolean last;
        lock.lock();
        try {
            done[index] = true;
            if (!left[index]) {
                count(index, value, error);
            }
            under--;
            last = under == 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (last) {
            settled.complete(this);
        }
    }

    private void count(int index, T value, Throwable error) {
        values[index] = value;
        errors[index] = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (error == null) {
            succeeded++;
        } else {
            failed++;
        }
    }
}
