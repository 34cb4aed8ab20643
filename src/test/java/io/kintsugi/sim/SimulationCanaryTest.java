package io.kintsugi.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.sim.engine.SimReport;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A store with a mistake in it does not live through all of a few seeds that the real one lives through. */
class SimulationCanaryTest {
    /** Each begins with seeds that found it; without those most need twenty, one needs 172. */
    private static final int SEEDS = Integer.getInteger("kintsugi.sim.canarySeeds", 1000);

    private static final int REQUESTS = 20;

    @ParameterizedTest
    @EnumSource
    void aMistakeIsFound(Canary canary) {
        Optional<SimReport> found = canary.seeds(SEEDS)
                .mapToObj(seed -> canary.live(seed, REQUESTS))
                .filter(report -> report.failure().isPresent())
                .findFirst();
        assertTrue(found.isPresent(), canary + " lived through " + SEEDS + " seeds");
        Throwable failure = found.orElseThrow().failure().orElseThrow();
        assertTrue(isAFinding(failure), () -> canary + ": the run itself went wrong: " + failure);
    }

    /** By name, as each run has classes of its own. An error of any other kind shows no mistake. */
    private static boolean isAFinding(Throwable failure) {
        return failure.getClass().getName().equals(Violation.class.getName());
    }
}
