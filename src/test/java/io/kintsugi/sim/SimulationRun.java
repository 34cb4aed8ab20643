package io.kintsugi.sim;

import io.kintsugi.sim.engine.Mutation;
import io.kintsugi.sim.engine.SimEngine;
import io.kintsugi.sim.engine.SimOptions;
import io.kintsugi.sim.engine.SimReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One run of {@link StoreScenario}, and what is told of it when it fails. */
final class SimulationRun {
    /**
     * For each request of a client some times what the longest lives take: those on many drives whose shards move. One
     * of thirty seeds takes four to thirty times as many as most, and more where rows are longer; what never ends is
     * told a little later for it.
     */
    private static final long MAX_STEPS = 600_000;

    private static final int TAIL_LINES = 60;
    private static final Path FOLDER = Path.of("target", "sim");

    private SimulationRun() {}

    static SimReport of(long seed, int requests, List<Mutation> mistakes) {
        return of(SimOptions.DEFAULT, seed, requests, mistakes);
    }

    /** A life with these {@link Twists}, names with commas between them, whatever its seed says. */
    static SimReport twisted(String twists, long seed, int requests, List<Mutation> mistakes) {
        return of(SimOptions.DEFAULT.withParameter(Twists.PARAMETER, twists), seed, requests, mistakes);
    }

    private static SimReport of(SimOptions basic, long seed, int requests, List<Mutation> mistakes) {
        SimOptions options = basic.withLimits(MAX_STEPS * requests, Duration.ofDays(1))
                .withParameter(StoreScenario.REQUESTS, Integer.toString(requests));
        for (Mutation mistake : mistakes) {
            options = options.mutate(mistake);
        }
        return SimEngine.run(seed, StoreScenario.class.getName(), options);
    }

    /** Seed, how to run it again, what is wrong, and the end of the history; all of it goes to {@code target/sim}. */
    static String told(SimReport report, int requests) {
        Path file = FOLDER.resolve("seed-" + report.seed() + ".txt");
        try {
            Files.createDirectories(FOLDER);
            Files.writeString(file, report.history());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var lines = report.history().lines().toList();
        var tail = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
        return "seed " + report.seed() + ": " + report.failure().orElseThrow() + "\nagain: ./mvnw test "
                + "-Dtest=StoreSimulationTest -Dkintsugi.sim.seed=" + report.seed() + " -Dkintsugi.sim.seeds=1"
                + " -Dkintsugi.sim.requests=" + requests + "\nhistory: " + file + ", its end:\n"
                + String.join("\n", tail);
    }
}
