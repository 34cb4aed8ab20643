package io.kintsugi.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.sim.engine.SimReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * The whole store on simulated drives, threads, time and chance: every seed is a life with faults, and the invariants
 * hold in each. {@code -Dkintsugi.sim.seeds} runs more of them, {@code -Dkintsugi.sim.seed} begins at another,
 * {@code -Dkintsugi.sim.requests} makes them longer.
 */
class StoreSimulationTest {
    private static final int SEEDS = Integer.getInteger("kintsugi.sim.seeds", 200);
    private static final long FIRST = Long.getLong("kintsugi.sim.seed", 1);
    private static final int REQUESTS = Integer.getInteger("kintsugi.sim.requests", 20);

    /** One after the other: two runs at once would meet at monitors of the JDK, which no seed orders. */
    @Test
    void everyInvariantHoldsInEveryLife() {
        List<String> failures = new ArrayList<>();
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            SimReport report = SimulationRun.of(seed, REQUESTS, Optional.empty());
            if (report.failure().isPresent()) {
                failures.add(SimulationRun.told(report, REQUESTS));
            }
        }
        assertTrue(failures.isEmpty(), () -> failures.size() + " lives failed\n" + failures.getFirst());
    }

    @Test
    void theSameSeedIsTheSameLife() {
        SimReport once = SimulationRun.of(FIRST, REQUESTS, Optional.empty());
        SimReport again = SimulationRun.of(FIRST, REQUESTS, Optional.empty());
        assertEquals(once.history(), again.history());
        assertEquals(once.historyHash(), again.historyHash(), "the order of all steps");
        SimReport other = SimulationRun.of(FIRST + 1, REQUESTS, Optional.empty());
        assertNotEquals(once.history(), other.history());
    }
}
