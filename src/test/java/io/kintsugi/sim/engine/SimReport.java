package io.kintsugi.sim.engine;

import java.time.Duration;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param steps how often a thread was given the processor
 * @param simulated how much simulated time went by
 * @param history what was logged; its beginning only when it was longer than {@link SimOptions#historyChars}
 * @param historyHash over all that was logged and over the order of all steps: equal if and only if the runs were equal
 * @param failure what went wrong first, if anything did
 */
public record SimReport(
        long seed, long steps, Duration simulated, String history, long historyHash, Optional<Throwable> failure) {
    /** Throws an {@link AssertionError} with seed and history when the run failed. */
    public SimReport orThrow() {
        if (failure.isPresent()) {
            throw new AssertionError(
                    "seed " + seed + " failed after " + steps + " steps: " + failure.get() + "\n" + history,
                    failure.get());
        }
        return this;
    }
}
