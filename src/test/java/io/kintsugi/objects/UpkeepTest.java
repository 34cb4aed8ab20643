package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Entropy;
import io.kintsugi.catalog.CatalogSettings;
import io.kintsugi.catalog.EmbeddedCatalog;
import io.kintsugi.drives.DriveException;
import io.kintsugi.objects.UpkeepSnapshot.State;
import io.kintsugi.shards.TopologyLevels;
import io.kintsugi.shards.TopologyRecord;
import io.kintsugi.sim.SimOp;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class UpkeepTest {
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    /** Scrubbing would find some of what healing is to find. */
    private static final ObjectSettings UNSCRUBBED = new ObjectSettings(
            ObjectSettings.Limits.DEFAULTS,
            ObjectSettings.DEFAULTS.defaultChecksum(),
            ObjectSettings.Upkeep.DEFAULTS.with(25, Optional.empty(), Optional.empty()));

    @AutoClose
    private final TestStore store = new TestStore(UNSCRUBBED);

    /** That of the process after the first. */
    private Optional<EmbeddedCatalog> catalog = Optional.empty();

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
        return upkeep(store.objects, store.reports);
    }

    private Upkeep upkeep(Objects objects, HealReports reports) {
        return objects.upkeep(
                reports,
                new Upkeep.Drives(
                        store.survey,
                        new TopologyLevels(store.drives),
                        store.spares,
                        TopologyRecord.ofScrubbing(store.drives, Duration.ofSeconds(30)),
                        TopologyRecord.ofRowScrubbing(store.drives, Duration.ofSeconds(30)),
                        TopologyRecord.ofEnding(store.drives, Duration.ofSeconds(30))),
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

    private void live() throws InterruptedException {
        try (Upkeep upkeep = upkeep()) {
            upkeep.start();
            await(() -> upkeep.snapshot().healing().idle());
        }
    }

    private Upkeep nextProcess() {
        catalog.ifPresent(EmbeddedCatalog::close);
        store.catalog.close();
        catalog = Optional.of(EmbeddedCatalog.open(store.drives, store.clock, CatalogSettings.DEFAULT));
        return upkeep(
                new Objects(catalog.get(), store.blobs, store.clock, Entropy.FAST, store.settings),
                new HealReports(store.clock));
    }

    @AfterEach
    void close() {
        catalog.ifPresent(EmbeddedCatalog::close);
    }

    @Test
    void afterAnOrderlyEndNotEveryBlobIsLookedAt() throws InterruptedException {
        store.put(TestBody.of(100_000, 1));
        live();
        try (Upkeep upkeep = nextProcess()) {
            upkeep.start();
            await(() -> upkeep.snapshot().healing().idle());
            assertEquals(List.of(), upkeep.snapshot().healing().walks());
        }
        store.loseShards(1);
        try (Upkeep upkeep = nextProcess()) {
            upkeep.start();
            await(() -> upkeep.snapshot().healing().idle());
            assertEquals(0, store.shardCount(1), "nobody told that process, and nothing is looked for");
            upkeep.restore(store.drives.sim(1).id());
            await(() -> upkeep.snapshot().healing().idle());
            assertEquals(1, store.shardCount(1));
        }
    }

    /** It can't be known what the process knew that did not come to its end. */
    @Test
    void afterAKillEveryBlobIsLookedAt() throws InterruptedException {
        store.put(TestBody.of(100_000, 1));
        live();
        Upkeep killed = nextProcess();
        killed.start();
        await(() -> killed.snapshot().healing().idle());
        store.loseShards(1);
        try (Upkeep upkeep = nextProcess()) {
            upkeep.start();
            await(() -> upkeep.snapshot().healing().idle());
            assertEquals(1, store.shardCount(1));
            assertEquals(
                    State.DONE, upkeep.snapshot().healing().walks().getFirst().state());
        } finally {
            killed.close();
        }
    }

    /** A report that waits when the process ends is known to nobody after it. */
    @Test
    void whatWasReportedAndNotMendedIsLookedFor() throws InterruptedException {
        store.put(TestBody.of(100_000, 1));
        live();
        try (Upkeep upkeep = upkeep()) {
            upkeep.start();
            await(() -> upkeep.snapshot().healing().idle());
            store.drives.sim(1).failNext(99, DriveException.Kind.IO, SimOp.WRITE_PACKED);
            store.put(TestBody.of(100_000, 2));
            await(() -> upkeep.snapshot().healing().failed() > 0 && store.reports.size() > 0);
        }
        store.drives.sim(1).release();
        try (Upkeep upkeep = nextProcess()) {
            upkeep.start();
            await(() -> upkeep.snapshot().healing().idle());
            assertFalse(upkeep.snapshot().healing().walks().isEmpty());
        }
    }

    /** Nobody has said so yet when the process ends: it believes that nothing is missing. */
    @Test
    void aDriveThatIsBackEmptyAndNobodyHasHeardOfIsLookedThrough() throws InterruptedException {
        store.put(TestBody.of(100_000, 1));
        int drive = withoutReplica();
        try (Upkeep upkeep = upkeep()) {
            upkeep.start();
            await(() -> upkeep.snapshot().healing().idle());
            store.drives.sim(drive).replaceByEmpty();
        }
        assertEquals(0, store.shardCount(drive));
        try (Upkeep upkeep = nextProcess()) {
            upkeep.start();
            await(() -> upkeep.snapshot().healing().idle());
            assertEquals(1, store.shardCount(drive));
        }
    }

    /** What happens to it is no change of the catalog, which would tell the next process. */
    private int withoutReplica() {
        return IntStream.range(0, store.drives.sims().size())
                .filter(i -> !store.catalog
                        .status()
                        .live()
                        .contains(store.drives.sim(i).id()))
                .findFirst()
                .orElseThrow();
    }

    /** Who is told of a drive has looked through it when the walk is done: a mark is left again. */
    @Test
    void aDriveThatCameBackAndIsWholeCostsTheNextProcessNothing() throws InterruptedException {
        store.put(TestBody.of(100_000, 1));
        int drive = withoutReplica();
        try (Upkeep upkeep = upkeep()) {
            upkeep.start();
            await(() -> upkeep.snapshot().healing().idle());
            store.drives.sim(drive).replaceByEmpty();
            upkeep.restore(store.drives.sim(drive).id());
            await(() -> upkeep.snapshot().healing().idle());
        }
        assertEquals(1, store.shardCount(drive));
        try (Upkeep upkeep = nextProcess()) {
            upkeep.start();
            await(() -> upkeep.snapshot().healing().idle());
            assertEquals(List.of(), upkeep.snapshot().healing().walks());
        }
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
