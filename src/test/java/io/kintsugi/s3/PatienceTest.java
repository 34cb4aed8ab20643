package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.junit.jupiter.api.Test;

/** Whom {@link Patience} sends away, in a time of the test's own. */
class PatienceTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    private final Patience patience = new Patience(Duration.ofMillis(200));

    @Test
    void aBurstIsServed() {
        for (long at = 0; at < 10 * SECOND; at += 100 * MILLI) {
            assertTrue(patience.serves(at % SECOND == 0 ? 0 : 5 * SECOND, at));
        }
    }

    @Test
    void aStandingQueueIsCutShort() {
        assertTrue(patience.serves(900 * MILLI, 0));
        assertTrue(patience.serves(900 * MILLI, 500 * MILLI), "the interval is not over");
        assertFalse(patience.serves(900 * MILLI, 1_000 * MILLI));
        assertTrue(patience.serves(400 * MILLI, 1_100 * MILLI), "this one is late, but not too late");
        assertFalse(patience.serves(401 * MILLI, 1_200 * MILLI));
    }

    @Test
    void oneThatDidNotWaitEndsIt() {
        patience.serves(900 * MILLI, 0);
        assertFalse(patience.serves(900 * MILLI, 1_000 * MILLI));
        assertTrue(patience.serves(10 * MILLI, 1_500 * MILLI));
        assertTrue(patience.serves(900 * MILLI, 2_000 * MILLI), "the next interval forgives");
    }

    @Test
    void whatWasLongAgoCountsForNothing() {
        patience.serves(900 * MILLI, 0);
        assertFalse(patience.serves(900 * MILLI, 1_000 * MILLI));
        assertTrue(patience.serves(900 * MILLI, 60 * SECOND));
    }

    /** A request of the model: who asks again at once, whatever the answer. */
    private static final class Model {
        private static final int SERVE_MICROS = 2_000;
        private static final int REFUSE_MICROS = 20;
        private final Deque<Long> queue = new ArrayDeque<>();
        private long micros;
        private long refused;
        private final long[] latencies = new long[100_000];
        private int served;

        void run(Patience patience, int clients, long untilMicros) {
            while (queue.size() < clients) {
                queue.add(micros);
            }
            while (micros < untilMicros) {
                long since = queue.remove();
                boolean serves = patience.serves((micros - since) * 1_000, micros * 1_000);
                micros += serves ? SERVE_MICROS : REFUSE_MICROS;
                refused += serves ? 0 : 1;
                if (serves) {
                    latencies[served++] = micros - since;
                }
                queue.add(micros);
            }
        }

        long medianMicros(int from) {
            long[] sorted = Arrays.copyOfRange(latencies, from, served);
            Arrays.sort(sorted);
            return sorted[sorted.length / 2];
        }
    }

    /** 2,000 clients of which 500 a second can be served: without anybody being sent away, each would wait 4 s. */
    @Test
    void underOverloadWhoIsServedIsServedInTime() {
        Model model = new Model();
        model.run(patience, 2_000, 3_000_000);
        int before = model.served;
        model.run(patience, 2_000, 30_000_000);
        assertTrue(model.medianMicros(before) <= 402_000, "median " + model.medianMicros(before) + " us");
        double busy = (model.served - before) * (double) Model.SERVE_MICROS / 27_000_000;
        assertTrue(busy > 0.5, "most of the time is spent on those that are served, not " + busy);
        assertTrue(model.refused > 0);
    }

    /** 100 clients keep it as busy as it can be, and wait 200 ms at most. */
    @Test
    void aFullHouseIsNoOverload() {
        Model model = new Model();
        model.run(patience, 100, 30_000_000);
        assertEquals(0, model.refused);
    }
}
