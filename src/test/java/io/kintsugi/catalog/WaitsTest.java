package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever waits is woken by the future or by the time, whichever comes first; nobody is forgotten. */
@Timeout(300)
class WaitsTest {
    private static final long LONG = Duration.ofMinutes(10).toNanos();

    private static long millis(long number) {
        return TimeUnit.MILLISECONDS.toNanos(number);
    }

    @Test
    void whatIsDoneIsNotWaitedFor() throws InterruptedException {
        assertTrue(Waits.isDone(CompletableFuture.completedFuture(1), 0));
        assertTrue(Waits.isDone(CompletableFuture.failedFuture(new IllegalStateException()), LONG));
        assertFalse(Waits.isDone(new CompletableFuture<>(), 0));
        assertFalse(Waits.isDone(new CompletableFuture<>(), -1));
    }

    /** 900 ms are longer than one turn of the lists. */
    @ParameterizedTest
    @ValueSource(longs = {15, 900})
    void theTimeEndsAWait(long millis) throws Exception {
        try (var virtual = Executors.newVirtualThreadPerTaskExecutor();
                var platform = Executors.newSingleThreadExecutor()) {
            for (var threads : List.of(virtual, platform)) {
                long begun = System.nanoTime();
                assertFalse(threads.submit(() -> Waits.isDone(new CompletableFuture<>(), millis(millis)))
                        .get());
                assertTrue(System.nanoTime() - begun >= millis(millis));
            }
        }
    }

    @Test
    void anInterruptEndsAWait() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<Thread> waiting = new CompletableFuture<>();
            Future<Boolean> wait = threads.submit(() -> {
                waiting.complete(Thread.currentThread());
                return Waits.isDone(new CompletableFuture<>(), LONG);
            });
            Thread.sleep(50); // long enough that it is put in again at least once
            waiting.join().interrupt();
            Throwable thrown = assertThrows(java.util.concurrent.ExecutionException.class, wait::get);
            assertEquals(InterruptedException.class, thrown.getCause().getClass());
        }
    }

    /** Many at once, some served and some not, after pauses in which the ticking has ended. */
    @Test
    void nobodyIsForgotten() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 3; round++) {
                List<CompletableFuture<Integer>> served = new ArrayList<>();
                List<Future<Boolean>> waits = new ArrayList<>();
                for (int i = 0; i < 1_000; i++) {
                    CompletableFuture<Integer> future = new CompletableFuture<>();
                    boolean late = i % 2 == 0;
                    long nanos = late ? ThreadLocalRandom.current().nextLong(millis(30)) : LONG;
                    waits.add(threads.submit(() -> Waits.isDone(future, nanos)));
                    if (!late) {
                        served.add(future);
                    }
                }
                served.forEach(future -> future.complete(1));
                for (int i = 0; i < waits.size(); i++) {
                    assertEquals(i % 2 == 1, waits.get(i).get());
                }
                Thread.sleep(40);
            }
        }
    }
}
