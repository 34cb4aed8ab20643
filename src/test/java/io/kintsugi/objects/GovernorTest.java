package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Clock;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.objects.Foreground.Latency;
import io.kintsugi.objects.Foreground.Requests;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All background work together takes its share and no more, and gives way when clients come. */
@Timeout(300)
class GovernorTest {
    private static final long MILLI = 1_000_000;
    private static final long PIECE_NANOS = 4 * MILLI;

    private final AtomicLong nanos = new AtomicLong(1_000 * MILLI);
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
    private final AtomicReference<Requests> requests = new AtomicReference<>(new Requests(0, 0));
    private final AtomicReference<Latency> latency = new AtomicReference<>(new Latency(0, 0));
    private final AtomicReference<Latency> more = new AtomicReference<>(new Latency(0, 0));
    private final Governor governor = new Governor(
            25, new Foreground(requests::get, List.of(() -> latency.updateAndGet(l -> l.plus(more.get())))), clock);

    @ParameterizedTest
    @CsvSource({
        // now, clients, slowdown, next
        "1000, false, 1.0, 1000",
        "  20, false, 9.0, 1000",
        "1000,  true, 1.0,  250",
        "1000,  true, 2.0,  125",
        " 250,  true, 1.5,  250",
        " 100,  true, 1.9,  100",
        " 100,  true, 1.3,  112",
        " 249,  true, 1.0,  250",
        " 100,  true, 2.0,   50",
        "  30,  true, 9.0,   20",
        "  20,  true, 9.0,   20",
        "  20,  true, 1.0,   32",
    })
    void theShareGoesDownByHalvesAndUpInSteps(int now, boolean clients, double slowdown, int next) {
        assertEquals(next, new ShareRule(250).next(now, clients, slowdown));
    }

    @Test
    void aShareBelowTheFloorIsTheFloor() {
        assertEquals(10, new ShareRule(10).next(10, true, 9));
        assertEquals(10, new ShareRule(10).next(1000, true, 1));
        assertThrows(IllegalArgumentException.class, () -> new ShareRule(0));
        assertThrows(IllegalArgumentException.class, () -> new ShareRule(1001));
    }

    @Test
    void slowIsWhatIsNoticedAndAMultiple() {
        Slowdown slowdown = new Slowdown();
        assertEquals(1, slowdown.next(List.of(new Latency(0, 0))));
        assertEquals(1, slowdown.next(List.of(new Latency(100, 200 * MILLI))), "the first mean: 2 ms");
        assertEquals(3, slowdown.next(List.of(new Latency(200, 806 * MILLI))), 0.01);
        assertEquals(1, slowdown.next(List.of(new Latency(207, 9_000 * MILLI))), "too few to tell");
        assertEquals(1, slowdown.next(List.of(new Latency(10, 10 * MILLI))), "a drive went");
        assertEquals(1, slowdown.next(List.of(new Latency(110, 11 * MILLI))), "fast: 10 us");
        assertEquals(1, slowdown.next(List.of(new Latency(210, 61 * MILLI))), "50 times that, and not noticed");
    }

    @Test
    void theWorstKindCounts() {
        Slowdown slowdown = new Slowdown();
        slowdown.next(List.of(new Latency(0, 0), new Latency(0, 0)));
        slowdown.next(List.of(new Latency(100, 200 * MILLI), new Latency(100, 500 * MILLI)));
        assertEquals(4, slowdown.next(List.of(new Latency(200, 400 * MILLI), new Latency(200, 2_520 * MILLI))), 0.01);
    }

    /** It has waited for the drive, and not worked: all other work would stand still for a quarter of an hour. */
    @Test
    void aDriveThatHangsDoesNotUseUpTheBudget() {
        WorkBudget budget = new WorkBudget(0);
        budget.draw(WorkBudget.PIECE_NANOS);
        long most = budget.waitNanos(ShareRule.FLOOR);
        WorkBudget other = new WorkBudget(0);
        other.draw(20 * WorkBudget.PIECE_NANOS);
        assertEquals(most, other.waitNanos(ShareRule.FLOOR));
    }

    @Test
    void withoutClientsNobodyWaits() {
        try (Governor.Permit permit = governor.permit()) {
            for (int i = 0; i < 1_000; i++) {
                permit.next(1);
                nanos.addAndGet(PIECE_NANOS);
            }
        }
        assertEquals(0, governor.snapshot().waitedNanos());
        assertEquals(ShareRule.ALL, governor.snapshot().share());
        assertEquals(1_000, governor.snapshot().bytes());
        assertEquals(1_000 * PIECE_NANOS, governor.snapshot().workedNanos());
    }

    /** Time passes only while somebody works or all wait: so the share is exact, whatever machine this runs on. */
    @Test
    void whileClientsAreServedAllTogetherWorkForTheirShare() throws Exception {
        requests.set(new Requests(1, 1));
        long from = nanos.get();
        int workers = 3;
        TimedWorkers all = new TimedWorkers(nanos);
        for (int i = 0; i < workers; i++) {
            all.start(this::work);
        }
        all.join(MILLI);
        UpkeepSnapshot.Governing end = governor.snapshot();
        long passed = nanos.get() - from;
        assertTrue(
                end.workedNanos() <= passed / 4 + WorkBudget.MOST_NANOS + 2 * workers * PIECE_NANOS,
                end.workedNanos() + " of " + passed);
        assertEquals(250, end.share());
        assertEquals(0, end.permits());
    }

    private Void work() {
        try (Governor.Permit permit = governor.permit()) {
            for (int i = 0; i < 50; i++) {
                permit.next(1);
                nanos.addAndGet(PIECE_NANOS);
            }
        }
        return null;
    }

    @Test
    void clientsThatComeAreSeenAtTheNextStripe() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Governor.Permit permit = governor.permit()) {
            permit.next(1);
            nanos.addAndGet(100 * MILLI);
            requests.set(new Requests(1, 1));
            permit.next(1);
            assertEquals(250, governor.snapshot().share());
            nanos.addAndGet(100 * MILLI);
            Future<?> next = threads.submit(() -> permit.next(1));
            while (governor.snapshot().workedNanos() < 200 * MILLI) {
                Thread.yield();
            }
            assertFalse(next.isDone(), "time stands still, and it has had more than its share");
            requests.set(new Requests(1, 0));
            nanos.addAndGet(1_000 * MILLI);
            next.get();
        }
    }

    @Test
    void slowClientsGetMoreAndMore() throws Exception {
        requests.set(new Requests(1, 1));
        for (int i = 0; i < 2; i++) {
            try (Governor.Permit permit = governor.permit()) {
                permit.next(1);
            }
            latency.set(new Latency(100, 200 * MILLI));
            nanos.addAndGet(200 * MILLI);
        }
        // at each look a hundred operations of 10 ms have ended; alone they took 2 ms
        more.set(new Latency(100, 1_000 * MILLI));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> worker = threads.submit(() -> {
                try (Governor.Permit permit = governor.permit()) {
                    for (int i = 0; i < 8; i++) {
                        nanos.addAndGet(200 * MILLI);
                        permit.next(1);
                    }
                }
            });
            while (!worker.isDone()) {
                nanos.addAndGet(10_000 * MILLI);
                Thread.yield();
            }
            worker.get();
        }
        assertEquals(ShareRule.FLOOR, governor.snapshot().share());
        assertTrue(governor.snapshot().slowdown() >= ShareRule.SLOW);
    }

    @Test
    void whoWaitsIsToldWhenTheServerStops() throws Exception {
        requests.set(new Requests(1, 1));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Governor.Permit permit = governor.permit()) {
            permit.next(1);
            nanos.addAndGet(100 * MILLI);
            Future<Unavailable> told = threads.submit(() -> assertThrows(Unavailable.class, () -> permit.next(1)));
            while (governor.snapshot().share() == ShareRule.ALL) {
                Thread.yield();
            }
            governor.close();
            assertEquals(Unavailable.Kind.STOPPING, told.get().kind());
        }
    }
}
