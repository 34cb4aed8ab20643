package io.kintsugi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.cluster.Quorum.Decision;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FanoutTest {
    private static final Duration LONG = Duration.ofSeconds(180);

    private final List<CompletableFuture<String>> operations =
            Stream.generate(CompletableFuture<String>::new).limit(4).toList();

    private final Fanout<String> fanout = Fanout.start(new Quorum(4, 3), operations::get);

    @Test
    void isWonAsSoonAsEnoughHaveSucceeded() {
        operations.get(3).complete("d");
        operations.get(0).complete("a");
        assertEquals(Decision.PENDING, fanout.decision());
        operations.get(1).complete("b");
        assertEquals(Decision.WON, fanout.await(LONG));
        assertEquals(Optional.of("d"), fanout.value(3));
        assertFalse(fanout.ended(2));
        assertFalse(fanout.settled().isDone());
    }

    @Test
    void isLostAsSoonAsTooManyHaveFailed() {
        operations.get(3).completeExceptionally(new IllegalStateException("one"));
        operations.get(0).completeExceptionally(new IllegalStateException("two"));
        assertEquals(Decision.LOST, fanout.await(LONG));
        assertEquals(2, fanout.errors().size());
        assertEquals("one", fanout.error(3).orElseThrow().getMessage());
    }

    @Test
    void whoseDriveIsLostIsLeftToItself() {
        operations.get(0).complete("a");
        operations.get(3).complete("d");
        Throwable gone = new IllegalStateException("gone");
        assertEquals(Decision.LOST, fanout.await(LONG, i -> i == 1 || i == 2 ? Optional.of(gone) : Optional.empty()));
        assertEquals(List.of(gone, gone), fanout.errors());
        assertTrue(fanout.awaitAll(LONG));
        assertFalse(fanout.ended(1));
        assertFalse(fanout.settled().isDone(), "it may still use what it was lent");
        operations.get(1).complete("b");
        operations.get(2).completeExceptionally(new IllegalStateException("late"));
        assertTrue(fanout.settled().isDone());
        assertFalse(fanout.succeeded(1), "what was decided stays so");
        assertEquals(Decision.LOST, fanout.decision());
    }

    @Test
    void lateOutcomesAreStillAccountedFor() {
        for (int i = 0; i < 3; i++) {
            operations.get(i).complete("x");
        }
        assertEquals(Decision.WON, fanout.await(LONG));
        assertFalse(fanout.awaitAll(Duration.ofMillis(1)));
        operations.get(2).complete("ignored");
        operations.get(3).completeExceptionally(new IllegalStateException("late"));
        assertTrue(fanout.settled().isDone());
        assertTrue(fanout.awaitAll(Duration.ZERO));
        assertEquals("late", fanout.error(3).orElseThrow().getMessage());
        assertEquals(Decision.WON, fanout.decision());
    }

    @Test
    void theDeadlineEndsTheWaitAndNotTheOperations() {
        assertEquals(Decision.PENDING, fanout.await(Duration.ofMillis(1)));
        operations.forEach(operation -> assertFalse(operation.isDone()));
    }

    @Test
    void waitsForOutcomesOfOtherThreads() throws InterruptedException {
        Thread drives = Thread.startVirtualThread(() -> operations.forEach(operation -> operation.complete("x")));
        assertEquals(Decision.WON, fanout.await(LONG));
        drives.join();
        assertTrue(fanout.awaitAll(LONG));
    }

    @Test
    void anOperationThatThrowsHasFailedAndTheOthersAreStarted() {
        Fanout<String> some = Fanout.start(new Quorum(2, 1), i -> {
            if (i == 0) {
                throw new IllegalStateException("thrown");
            }
            return CompletableFuture.completedFuture("fine");
        });
        assertEquals(Decision.WON, some.await(LONG));
        assertEquals("thrown", some.error(0).orElseThrow().getMessage());
        assertTrue(some.succeeded(1));
    }
}
