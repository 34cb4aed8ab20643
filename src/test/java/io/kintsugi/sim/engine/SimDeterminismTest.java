package io.kintsugi.sim.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A run is a function of its seed: not of the virtual machine, nor of what ran before. */
class SimDeterminismTest {
    private static final String STORE = "io.kintsugi.sim.engine.toys.SmallStore";
    private static final String ORDERS = "io.kintsugi.sim.engine.toys.Orders";
    private static final int SEEDS = 40;

    @Test
    void twoVirtualMachinesRunTheStoreTheSame() throws Exception {
        String here = SimDigest.of(STORE, 0, SEEDS);
        assertEquals(here, elsewhere(STORE));
        assertEquals(SEEDS, new HashSet<>(Arrays.asList(here.split(" "))).size(), "every seed is another run");
    }

    @Test
    void twoVirtualMachinesHaveTheSameOrders() throws Exception {
        assertEquals(SimDigest.of(ORDERS, 0, SEEDS), elsewhere(ORDERS));
    }

    private static String elsewhere(String scenario) throws Exception {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens",
                        "java.base/java.lang=ALL-UNNAMED",
                        "-Djdk.trackAllThreads=false",
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SimDigest.class.getName(),
                        scenario,
                        "0",
                        Integer.toString(SEEDS))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String hashes = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
        assertTrue(other.waitFor(15, TimeUnit.MINUTES), "the other one ends");
        return hashes;
    }

    @Test
    void usedClassesRunAsNewOnes() {
        Rewriter plain = Rewriter.of(List.of());
        List<SimReport> used = new ArrayList<>();
        List<SimReport> fresh = new ArrayList<>();
        for (long seed = 100; seed < 115; seed++) {
            used.add(SimEngine.run(seed, STORE, SimOptions.DEFAULT).orThrow());
            SimLoader loader = new SimLoader(plain);
            fresh.add(SimEngine.run(seed, STORE, SimOptions.DEFAULT, loader).orThrow());
            assertEquals("", loader.statics().unclear().orElse(""), "its classes could be used again");
        }
        assertEquals(fresh, used);
    }

    @Test
    void runsDoNotMeet() throws Exception {
        String alone = SimDigest.of(STORE, 200, 10);
        try (ExecutorService carriers = Executors.newFixedThreadPool(3)) {
            List<Future<String>> together =
                    carriers.invokeAll(Collections.nCopies(6, () -> SimDigest.of(STORE, 200, 10)));
            for (Future<String> one : together) {
                assertEquals(alone, one.get());
            }
        }
    }

    @Test
    void staticFieldsBeginAnew() {
        for (long seed = 0; seed < 5; seed++) {
            SimEngine.run(seed, "io.kintsugi.sim.engine.toys.Counted", SimOptions.DEFAULT)
                    .orThrow();
        }
    }

    /** The count is that of the whole virtual machine, where others may start one now and then: not in each attempt. */
    @Test
    void noThreadOfTheMachineIsStarted() {
        SimDigest.of(STORE, 0, 3);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 3; attempt++) {
            long before = threads.getTotalStartedThreadCount();
            SimDigest.of(STORE, 3, 20);
            least = Math.min(least, threads.getTotalStartedThreadCount() - before);
        }
        assertEquals(0, least);
    }
}
