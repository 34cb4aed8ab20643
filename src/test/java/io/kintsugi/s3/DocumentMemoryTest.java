package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class DocumentMemoryTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final long MAX = 100;
    private static final long BYTES_PER_SECOND = 10;

    private final AtomicLong now = new AtomicLong();
    private final DocumentMemory memory = memory(LONG, now::get);

    private static DocumentMemory memory(Duration patience, LongSupplier clock) {
        return new DocumentMemory(MAX, patience, BYTES_PER_SECOND, clock);
    }

    private DocumentMemory.Lease take(long bytes) {
        return memory.take(bytes, () -> {});
    }

    /** One that is taken by a thread of its own, which waits by now. */
    private CompletableFuture<DocumentMemory.Lease> waiting(long bytes) throws InterruptedException {
        int before = memory.statistics().waiting();
        CompletableFuture<DocumentMemory.Lease> taken = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                taken.complete(take(bytes));
            } catch (RuntimeException | Error e) {
                taken.completeExceptionally(e);
            }
        });
        while (memory.statistics().waiting() == before) {
            Thread.sleep(1);
        }
        return taken;
    }

    private void advance(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Example
    void whatDoesNotFitWaitsUntilOthersGiveBack() throws Exception {
        DocumentMemory.Lease first = take(60);
        CompletableFuture<DocumentMemory.Lease> second = waiting(50);
        first.takeBack(51);
        assertFalse(second.isDone());
        assertEquals(51, memory.statistics().bytes());
        first.takeBack(50);
        second.join().close();
        assertEquals(50, memory.statistics().bytes());
    }

    @Example
    void theFirstIsServedFirstHoweverSmallTheNextIs() throws Exception {
        DocumentMemory.Lease first = take(50);
        CompletableFuture<DocumentMemory.Lease> large = waiting(95);
        CompletableFuture<DocumentMemory.Lease> small = waiting(10);
        first.takeBack(6);
        assertFalse(small.isDone(), "it would fit");
        first.takeBack(5);
        DocumentMemory.Lease taken = large.join();
        assertFalse(small.isDone());
        taken.takeBack(85);
        small.join();
        assertEquals(MAX, memory.statistics().bytes());
    }

    @Example
    void whoWaitsTooLongIsToldToSlowDownAndNobodyBehindHimWaitsForIt() throws Exception {
        DocumentMemory impatient = memory(Duration.ofMillis(1), System::nanoTime);
        DocumentMemory.Lease first = impatient.take(90, () -> {});
        S3Exception refused = assertThrows(S3Exception.class, () -> impatient.take(20, () -> {}));
        assertEquals(S3Error.SLOW_DOWN, refused.error());
        assertEquals(new Counted.Documents(MAX, 90, 0, 1, 0), impatient.statistics());
        impatient.take(10, () -> {}).close();
        first.close();
        assertEquals(new Counted.Documents(MAX, 0, 0, 1, 0), impatient.statistics());
    }

    @Example
    void aWaiterThatGivesUpLetsTheNextOn() throws Exception {
        take(60);
        CompletableFuture<DocumentMemory.Lease> large = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                large.complete(take(50));
            } catch (RuntimeException e) {
                large.completeExceptionally(e);
            }
        });
        while (memory.statistics().waiting() == 0) {
            Thread.sleep(1);
        }
        CompletableFuture<DocumentMemory.Lease> small = waiting(40);
        thread.interrupt();
        small.join();
        assertThrows(CompletionException.class, large::join);
        assertEquals(MAX, memory.statistics().bytes());
    }

    @Example
    void whatIsLargerThanAllIsAlone() throws Exception {
        DocumentMemory.Lease all = take(1_000);
        CompletableFuture<DocumentMemory.Lease> next = waiting(1);
        all.takeBack(MAX);
        assertFalse(next.isDone());
        all.close();
        next.join();
        assertEquals(1, memory.statistics().bytes());
    }

    @Example
    void whatWasGivenBackStaysSo() {
        DocumentMemory.Lease lease = take(50);
        lease.close();
        lease.close();
        lease.handToClient(50);
        lease.takeBack(50);
        assertEquals(new Counted.Documents(MAX, 0, 0, 0, 0), memory.statistics());
    }

    @Example
    void slowClientsAreCutOffOnceAndOnlyWhileSomebodyWaits() throws Exception {
        Queue<String> cut = new ConcurrentLinkedQueue<>();
        DocumentMemory.Lease slow = memory.take(50, () -> cut.add("slow"));
        DocumentMemory.Lease sent = memory.take(10, () -> cut.add("sent"));
        DocumentMemory.Lease ours = memory.take(20, () -> cut.add("ours"));
        slow.handToClient(50);
        sent.handToClient(10);
        sent.takeBack(10);
        advance(Duration.ofSeconds(10));
        DocumentMemory.Lease young = memory.take(20, () -> cut.add("young"));
        young.handToClient(20);
        advance(LONG.minusSeconds(5));
        assertEquals(List.of(), List.copyOf(cut), "there is room for all");
        CompletableFuture<DocumentMemory.Lease> first = waiting(40);
        CompletableFuture<DocumentMemory.Lease> second = waiting(10);
        assertEquals(List.of("slow"), List.copyOf(cut));
        assertFalse(first.isDone(), "the memory is there when the connection is closed");
        advance(Duration.ofSeconds(10));
        ours.takeBack(19);
        while (cut.size() < 2) {
            Thread.sleep(1);
        }
        assertEquals(List.of("slow", "young"), List.copyOf(cut));
        slow.close();
        first.join().close();
        second.join().close();
        ours.close();
        sent.close();
        young.close();
        assertEquals(new Counted.Documents(MAX, 0, 0, 0, 2), memory.statistics());
    }

    /** The first of those who wait looks for clients that are late; whoever is first after him does too. */
    @Example
    void theNextLooksWhenTheFirstHasGone() throws Exception {
        Queue<String> cut = new ConcurrentLinkedQueue<>();
        DocumentMemory.Lease first = take(40);
        DocumentMemory.Lease slow = memory.take(60, () -> cut.add("slow"));
        slow.handToClient(60);
        advance(LONG);
        CompletableFuture<DocumentMemory.Lease> one = waiting(40);
        CompletableFuture<DocumentMemory.Lease> two = waiting(30);
        assertEquals(List.of(), List.copyOf(cut));
        advance(Duration.ofSeconds(60 / BYTES_PER_SECOND));
        first.close();
        one.join();
        while (cut.isEmpty()) {
            Thread.sleep(1);
        }
        slow.close();
        two.join();
        assertEquals(List.of("slow"), List.copyOf(cut));
    }

    /** Many at once, in any order: never more than the bound, everybody is served, and all comes back. */
    @Property(tries = 50)
    void isNeverBeyondItsBoundAndLosesNothing(@ForAll Random seed, @ForAll @IntRange(min = 1, max = 40) int threads) {
        AtomicLong held = new AtomicLong();
        AtomicLong most = new AtomicLong();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < threads; i++) {
                long bytes = seed.nextLong(2 * MAX);
                long kept = seed.nextLong(1 + bytes);
                boolean twice = seed.nextBoolean();
                all.add(CompletableFuture.runAsync(
                        () -> {
                            DocumentMemory.Lease lease = take(bytes);
                            long taken = Math.min(bytes, MAX);
                            most.accumulateAndGet(held.addAndGet(taken), Math::max);
                            Thread.yield();
                            long left = Math.min(taken, kept);
                            held.addAndGet(left - taken);
                            lease.handToClient(left);
                            Thread.yield();
                            held.addAndGet(-left);
                            lease.close();
                            if (twice) {
                                lease.close();
                            }
                        },
                        executor));
            }
        }
        all.forEach(CompletableFuture::join);
        assertTrue(most.get() <= MAX, () -> "" + most);
        assertEquals(new Counted.Documents(MAX, 0, 0, 0, 0), memory.statistics());
    }
}
