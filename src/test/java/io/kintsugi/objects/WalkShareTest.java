package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Clock;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.objects.Foreground.Requests;
import io.kintsugi.objects.UpkeepSnapshot.Balancing;
import io.kintsugi.objects.UpkeepSnapshot.State;
import io.kintsugi.shards.TopologyLevels;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The walks over all blobs keep to the share, also over rows that have no blob: time passes only while a page is read
 * or all wait, so it is exact on any machine.
 */
@Timeout(300)
class WalkShareTest {
    private static final long MILLI = 1_000_000;
    private static final long PAGE_NANOS = 4 * MILLI;
    private static final int PAGES = 50;
    private static final int WALKS = 2;

    @AutoClose
    private final TestStore store = new TestStore();

    private final AtomicLong nanos = new AtomicLong(1_000 * MILLI);
    private final AtomicLong pages = new AtomicLong();
    private final Clock clock = new Clock() {
        @Override
        public long millis() {
            return nanos.get() / MILLI;
        }

        @Override
        public long nanos() {
            return nanos.get();
        }
    };

    /** Each object is inline. */
    private final Catalog catalog = (Catalog) Proxy.newProxyInstance(
            Catalog.class.getClassLoader(), new Class<?>[] {Catalog.class}, (self, called, arguments) -> {
                if (!called.getName().equals("blobs")) {
                    return called.invoke(store.catalog, arguments);
                }
                pages.incrementAndGet();
                nanos.addAndGet(PAGE_NANOS);
                int page = ((Optional<?>) arguments[0])
                        .map(text -> Integer.parseInt((String) text))
                        .orElse(0);
                return new BlobPage(
                        List.of(), Optional.of(String.valueOf(page + 1)).filter(next -> page + 1 < PAGES));
            });

    private void walk(Governor governor) throws Exception {
        Mender mender = new Mender(
                catalog, store.blobs, store.survey, store.objects.guards().claims(), new LostBlobs(store.clock));
        HealWork healing = new HealWork(catalog, store.reports, mender, clock, governor);
        healing.census();
        Balancer balancer = new Balancer(
                catalog,
                new Balancer.Hands(
                        new ShardMover(catalog, store.blobs, store.superseded()),
                        new TopologyLevels(store.drives),
                        store.survey),
                clock,
                new Balancer.Rule(Duration.ofDays(365), MILLI),
                governor);
        balancer.step();
        TimedWorkers both = new TimedWorkers(nanos);
        both.start(() ->
                until(healing::step, () -> healing.snapshot().walks().getFirst().state() == State.DONE));
        both.start(() -> until(balancer::step, () -> balancer.snapshot().state() == Balancing.State.IDLE));
        both.join(MILLI);
        assertEquals(WALKS * PAGES, pages.get());
    }

    private static Void until(Runnable step, BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            step.run();
        }
        return null;
    }

    @Test
    void bothTogetherTakeTheirShareWhileClientsAreServed() throws Exception {
        Governor governor = new Governor(25, new Foreground(() -> new Requests(1, 1), List.of()), clock);
        long from = nanos.get();
        walk(governor);
        long passed = nanos.get() - from;
        long worked = governor.snapshot().workedNanos();
        assertTrue(worked >= WALKS * PAGES * PAGE_NANOS, "each page is counted: " + worked);
        assertTrue(worked <= passed / 4 + WorkBudget.MOST_NANOS + 2 * WALKS * PAGE_NANOS, worked + " of " + passed);
    }

    @Test
    void nobodyWaitsWhileNoClientIsThere() throws Exception {
        Governor governor = new Governor(25, Foreground.NONE, clock);
        walk(governor);
        assertEquals(0, governor.snapshot().waitedNanos());
    }
}
