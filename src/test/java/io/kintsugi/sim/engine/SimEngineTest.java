package io.kintsugi.sim.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SimEngineTest {
    private static final String TOYS = "io.kintsugi.sim.engine.toys.";

    private static SimReport run(long seed, String toy) {
        return SimEngine.run(seed, TOYS + toy, SimOptions.DEFAULT);
    }

    private static SimReport firstFailure(String toy) {
        return LongStream.range(0, 300)
                .mapToObj(seed -> run(seed, toy))
                .filter(report -> report.failure().isPresent())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aRaceIsFoundAndFoundAgain() {
        SimReport failed = firstFailure("LostUpdate");
        assertTrue(failed.history().contains("counted 1"), failed.history());
        assertThrows(AssertionError.class, failed::orThrow);
        SimReport again = run(failed.seed(), "LostUpdate");
        assertEquals(failed.historyHash(), again.historyHash());
        assertEquals(failed.history(), again.history());
    }

    @Test
    void seedsInterleaveDifferently() {
        Set<Long> hashes = new HashSet<>();
        for (long seed = 0; seed < 20; seed++) {
            hashes.add(run(seed, "SmallStore").orThrow().historyHash());
        }
        assertEquals(20, hashes.size());
    }

    @Test
    void theStoreRunsTheSameTwice() {
        SimReport first = run(7, "SmallStore").orThrow();
        SimReport second = run(7, "SmallStore").orThrow();
        assertEquals(first, second);
        assertNotEquals(0, first.steps());
    }

    @Test
    void aDeadlockIsReportedWithStacks() {
        SimReport failed = firstFailure("Toys$Deadlock");
        String message = failed.failure().orElseThrow().getMessage();
        assertTrue(message.contains("nothing can go on"), message);
        assertTrue(message.contains("leftFirst") && message.contains("rightFirst"), message);
    }

    @Test
    void timersFireInOrder() {
        SimReport report = run(1, "Toys$Timers").orThrow();
        assertTrue(report.history().contains("[1, 2, 3, 4, 5, 6, 7, 8]"), report.history());
    }

    @Test
    void nothingRunsOfAProcessThatWasKilled() {
        for (long seed = 0; seed < 30; seed++) {
            run(seed, "Toys$Killed").orThrow();
        }
    }

    @Test
    void whatIsOneStepGivesWayNowhere() {
        for (long seed = 0; seed < 30; seed++) {
            run(seed, "Whole").orThrow();
        }
    }

    @Test
    void callsThatCanNotBeSimulatedAreRefused() {
        String message = run(1, "Toys$Forbidden").failure().orElseThrow().getMessage();
        assertTrue(message.contains("Toys$Forbidden#run") && message.contains("java.util.Random"), message);
    }
}
