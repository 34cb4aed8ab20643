package io.kintsugi.catalog;

import io.kintsugi.base.StoreException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A commit under way. */
final class Flight {
    private final long sequence;
    private final Duration deadline;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    Flight(long sequence, Duration deadline) {
        this.sequence = sequence;
        this.deadline = deadline;
    }

    long sequence() {
        return sequence;
    }

    void land() {
        done.complete(null);
    }

    void fail(StoreException.Unavailable reason) {
        done.completeExceptionally(reason);
    }

    /** @throws StoreException.Unavailable when its outcome is not known */
    void await() {
        Futures.await(done, deadline, "a commit under way");
    }
}
