package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thread that waits for several sleeps until there is something to be done. */
@Timeout(300)
class FuturesTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final List<CompletableFuture<Void>> three =
            Stream.generate(CompletableFuture<Void>::new).limit(3).toList();

    private Thread waiter(Duration most) {
        long deadline = System.nanoTime() + most.toNanos();
        Thread waiter = Thread.ofPlatform().daemon().start(() -> Futures.awaitAll(three, deadline));
        SimCatalogs.until(
                () -> waiter.getState() == Thread.State.TIMED_WAITING || waiter.getState() == Thread.State.TERMINATED);
        return waiter;
    }

    @Test
    void theLastSuccessEndsTheWait() {
        Thread waiter = waiter(LONG);
        three.get(2).complete(null);
        three.get(0).complete(null);
        assertFalse(waiter.getState() == Thread.State.TERMINATED);
        three.get(1).complete(null);
        SimCatalogs.join(waiter);
    }

    /** Whoever is refused for a full queue is asked again at once, however long the others take. */
    @Test
    void aFailureEndsTheWait() {
        Thread waiter = waiter(LONG);
        three.get(1).completeExceptionally(new IllegalStateException("full"));
        SimCatalogs.join(waiter);
    }

    @Test
    void theTimeEndsTheWait() {
        SimCatalogs.join(waiter(Duration.ofMillis(20)));
    }

    @Test
    void noneAreNotWaitedFor() {
        Futures.awaitAll(List.of(), System.nanoTime() + LONG.toNanos());
    }
}
