package io.kintsugi.sim.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What bounds and changes a run.
 *
 * @param maxSteps a run that needs more has failed
 * @param maxSimulated a run that takes longer has failed
 * @param historyChars how much of the history is kept
 * @param mutations what is changed in the code that runs
 * @param parameters for the scenario
 */
public record SimOptions(
        long maxSteps,
        Duration maxSimulated,
        int historyChars,
        List<Mutation> mutations,
        Map<String, String> parameters) {
    public static final SimOptions DEFAULT =
            new SimOptions(2_000_000, Duration.ofDays(1), 4 << 20, List.of(), Map.of());

    public SimOptions {
        mutations = List.copyOf(mutations);
        parameters = Map.copyOf(parameters);
    }

    public SimOptions withLimits(long steps, Duration simulated) {
        return new SimOptions(steps, simulated, historyChars, mutations, parameters);
    }

    public SimOptions withParameter(String name, String value) {
        Map<String, String> more = new TreeMap<>(parameters);
        more.put(name, value);
        return new SimOptions(maxSteps, maxSimulated, historyChars, mutations, more);
    }

    public SimOptions mutate(Mutation mutation) {
        List<Mutation> more = new ArrayList<>(mutations);
        more.add(mutation);
        return new SimOptions(maxSteps, maxSimulated, historyChars, more, parameters);
    }
}
