package io.kintsugi.sim;

import io.kintsugi.sim.engine.SimReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Lives side by side, one virtual machine for each core: two in one machine would meet at monitors of the JDK, which no
 * seed orders.
 */
final class ManyLives {
    private static final Path FOLDER = Path.of("target", "sim");
    private static final int MIBS_FOR_EACH = 700;
    /** For the default on a crowded machine; many more seeds are given more. */
    private static final long MINUTES = 60;

    private static final int SEEDS_IN_A_MINUTE = 20;

    private ManyLives() {}

    /** Seeds from {@code first} on. */
    record Plan(long first, int seeds, int requests) {}

    private record Machine(Process process, Path said) {}

    /** What went wrong in lives that failed, and machines that did; empty when all is well. */
    static List<String> failures(Plan plan) throws IOException, InterruptedException {
        Files.createDirectories(FOLDER);
        int machines = Math.clamp(plan.seeds(), 1, Runtime.getRuntime().availableProcessors());
        List<Machine> all = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        try {
            for (int i = 0; i < machines; i++) {
                all.add(start(plan, i, machines));
            }
            long minutes = MINUTES + plan.seeds() / SEEDS_IN_A_MINUTE;
            for (Machine machine : all) {
                boolean ended = machine.process().waitFor(minutes, TimeUnit.MINUTES);
                if (!ended || machine.process().exitValue() != 0) {
                    failures.add((ended ? "" : "not ended within " + minutes + " minutes; ")
                            + Files.readString(machine.said()));
                }
            }
        } finally {
            all.forEach(machine -> machine.process().destroyForcibly());
        }
        return failures;
    }

    private static Machine start(Plan plan, int index, int machines) throws IOException {
        Path said = FOLDER.resolve("lives-" + index + ".txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens",
                        "java.base/java.lang=ALL-UNNAMED",
                        "-Djdk.trackAllThreads=false",
                        "-Xmx" + MIBS_FOR_EACH + "m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ManyLives.class.getName(),
                        Long.toString(plan.first() + index),
                        Long.toString(plan.first() + plan.seeds()),
                        Integer.toString(machines),
                        Integer.toString(plan.requests()))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        return new Machine(process, said);
    }

    /** First seed, the one behind the last, the step between two, requests. Ends with 1 when a life failed. */
    public static void main(String[] words) {
        long behind = Long.parseLong(words[1]);
        int step = Integer.parseInt(words[2]);
        int requests = Integer.parseInt(words[3]);
        int failed = 0;
        for (long seed = Long.parseLong(words[0]); seed < behind; seed += step) {
            SimReport report = SimulationRun.of(seed, requests, List.of());
            if (report.failure().isPresent()) {
                failed++;
                System.out.println(SimulationRun.told(report, requests));
            }
        }
        System.out.println(failed + " lives failed");
        System.exit(failed == 0 ? 0 : 1);
    }
}
