package io.kintsugi.catalog;

import io.kintsugi.base.NoWait;
import io.kintsugi.base.StoreException;
import io.kintsugi.drives.DriveException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Waiting for futures, never for ever. */
final class Futures {
    private Futures() {}

    /** @throws StoreException what the future failed with, or {@code TIMEOUT} */
    static <T> T await(CompletableFuture<T> future, Duration deadline, String what) {
        try {
            if (Waits.isDone(future, deadline.toNanos())) {
                return future.get();
            }
            throw new StoreException.Unavailable(
                    StoreException.Unavailable.Kind.TIMEOUT,
                    "The catalog did not finish " + what + " within " + deadline.toMillis() + " ms");
        } catch (InterruptedException e) {
            throw interrupted(what);
        } catch (ExecutionException e) {
            throw asStore(e.getCause(), what);
        }
    }

    static StoreException interrupted(String what) {
        Thread.currentThread().interrupt();
        return new StoreException.Unavailable(
                StoreException.Unavailable.Kind.TIMEOUT, "Interrupted while waiting for " + what);
    }

    static StoreException asStore(Throwable cause, String what) {
        if (cause instanceof StoreException known) {
            return known;
        }
        if (cause instanceof CompletionException wrapped && wrapped.getCause() != null) {
            return asStore(wrapped.getCause(), what);
        }
        return new StoreException.Failed("The catalog failed at " + what, cause);
    }

    /** Whether it completed normally by the time; what it failed with does not matter. */
    static boolean succeeds(CompletableFuture<?> future, long deadlineNanos) {
        assert NoWait.mayWait() : NoWait.COMPLAINT;
        try {
            return Waits.isDone(future, deadlineNanos - System.nanoTime()) && !future.isCompletedExceptionally();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Until all have succeeded, one has failed, or the time is over: wakes the caller once, where waiting for one after
     * the other may wake it for each.
     */
    static void awaitAll(List<? extends CompletableFuture<?>> futures, long deadlineNanos) {
        CompletableFuture<Void> all = new CompletableFuture<>();
        AtomicInteger left = new AtomicInteger(futures.size());
        for (CompletableFuture<?> future : futures) {
            future.whenComplete((value, failure) -> {
                if (left.decrementAndGet() == 0 || failure != null) {
                    all.complete(null);
                }
            });
        }
        if (!futures.isEmpty()) {
            succeeds(all, deadlineNanos);
        }
    }

    /** Whether it failed because a queue was full. */
    static boolean isBusy(CompletableFuture<?> future) {
        return future.isCompletedExceptionally()
                && causeOf(future) instanceof DriveException e
                && e.kind() == DriveException.Kind.BUSY;
    }

    /** What a failed future failed with. */
    static Throwable causeOf(CompletableFuture<?> failed) {
        Throwable cause = failed.exceptionNow();
        return cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
    }
}
