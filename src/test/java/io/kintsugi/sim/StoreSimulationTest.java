package io.kintsugi.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.sim.engine.SimReport;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole store on simulated drives, threads, time and chance: every seed is a life with faults, and the invariants
 * hold in each. {@code -Dkintsugi.sim.seeds} runs more of them, {@code -Dkintsugi.sim.seed} begins at another,
 * {@code -Dkintsugi.sim.requests} makes them longer.
 */
class StoreSimulationTest {
    private static final int SEEDS = Integer.getInteger("kintsugi.sim.seeds", 1000);
    private static final long FIRST = Long.getLong("kintsugi.sim.seed", 1);
    private static final int REQUESTS = Integer.getInteger("kintsugi.sim.requests", 20);

    @Test
    void everyInvariantHoldsInEveryLife() throws Exception {
        assertEquals("", String.join("\n", ManyLives.failures(new ManyLives.Plan(FIRST, SEEDS, REQUESTS))));
    }

    /** What a life was found by that failed once. As the store changes a seed becomes another life, so they are few. */
    @ParameterizedTest
    @ValueSource(longs = {20803, 30107})
    void livesThatFailedOnce(long seed) {
        SimReport report = SimulationRun.twisted(Twists.NONE, seed, REQUESTS, List.of());
        assertTrue(report.failure().isEmpty(), () -> SimulationRun.told(report, REQUESTS));
    }

    @Test
    void theSameSeedIsTheSameLife() {
        SimReport once = SimulationRun.of(FIRST, REQUESTS, List.of());
        SimReport again = SimulationRun.of(FIRST, REQUESTS, List.of());
        assertEquals(once.history(), again.history());
        assertEquals(once.historyHash(), again.historyHash(), "the order of all steps");
        SimReport other = SimulationRun.of(FIRST + 1, REQUESTS, List.of());
        assertNotEquals(once.history(), other.history());
    }
}
