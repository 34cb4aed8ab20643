package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.objects.UpkeepSnapshot.State;
import io.kintsugi.shards.TopologyLevels;
import io.kintsugi.shards.TopologyRecord;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class UpkeepTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @AutoClose
    private final TestStore store = new TestStore();

    /** Time passes meanwhile: who meets a blob that another worker is at tries again later. */
    private void await(BooleanSupplier condition) throws InterruptedException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < until, "it did not come about");
            store.clock.pass(Duration.ofMillis(100));
            Thread.sleep(5);
        }
    }

    private Upkeep upkeep() {
        return store.objects.upkeep(
                store.reports,
                new Upkeep.Drives(
                        store.survey,
                        new TopologyLevels(store.drives),
                        store.spares,
                        TopologyRecord.ofScrubbing(store.drives, Duration.ofSeconds(30)),
                        TopologyRecord.ofRowScrubbing(store.drives, Duration.ofSeconds(30))),
                Foreground.NONE);
    }

    private static boolean runs() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("kintsugi-heal"));
    }

    @Test
    void whatAnEarlierProcessLeftUndoneIsFoundByTheCensus() throws InterruptedException {
        store.put(TestBody.of(100_000, 1));
        store.loseShards(1);
        try (Upkeep upkeep = upkeep()) {
            upkeep.start();
            await(() -> upkeep.snapshot().healing().idle());
            assertEquals(1, store.shardCount(1));
            store.loseShards(2);
            upkeep.restore(store.drives.sim(2).id());
            await(() -> upkeep.snapshot().healing().idle());
            assertEquals(1, store.shardCount(2));
            assertTrue(runs());
        }
        assertFalse(runs(), "its threads have ended");
    }

    @Test
    void aDriveThatIsLostIsNotDone() {
        Upkeep upkeep = upkeep();
        upkeep.restore(store.drives.sim(2).id());
        upkeep.lost(store.drives.sim(2).id());
        UpkeepSnapshot.Walk walk = upkeep.snapshot().healing().walks().getFirst();
        assertEquals(State.INTERRUPTED, walk.state());
        assertEquals(Optional.of(store.drives.sim(2).id()), walk.drive());
        upkeep.close();
    }

    @Test
    void aStepThatFailsIsTakenAgain() throws InterruptedException {
        AtomicInteger steps = new AtomicInteger();
        CountDownLatch twice = new CountDownLatch(2);
        Worker worker = new Worker("kintsugi-test", () -> {
            twice.countDown();
            if (steps.incrementAndGet() == 1) {
                throw new IllegalStateException("a step that fails on purpose");
            }
            return Duration.ofHours(1);
        });
        worker.start();
        await(() -> steps.get() == 1);
        worker.wake();
        assertTrue(twice.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        worker.close();
        worker.close();
        assertEquals(2, steps.get());
    }
}
