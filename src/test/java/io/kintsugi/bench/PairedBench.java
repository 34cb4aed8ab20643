package io.kintsugi.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Measures this store and another S3 server side by side: both run at once on folders of one disk, and each kind of
 * work goes to one, then to the other, A B A B, so that a busy machine is busy for both. Prints the medians and their
 * ratio, the processor time that each server took for each round, and for large objects what this machine could do at
 * most ({@link Limit}).
 *
 * <p>{@code ./mvnw package -DskipTests}, then {@code java -cp
 * 'target/test-classes:target/classes:target/quarkus-app/lib/main/*' -Dbench.other='server --port {port} {dir}/d1'
 * io.kintsugi.bench.PairedBench}. Without {@code bench.other} only this store is measured. System properties:
 *
 * <ul>
 *   <li>{@code bench.other}: the command of the other server ({@link Contender#other})
 *   <li>{@code bench.ceiling}: true to measure {@link EmptyServer}, too: what no store can exceed with this generator
 *   <li>{@code bench.warp}: the path of warp, to use it as the generator; else {@link LightWorkloads}
 *   <li>{@code bench.only}: parts of the names of the workloads, separated by commas
 *   <li>{@code bench.rounds}: pairs, default 3
 *   <li>{@code bench.seconds}: of each run with warp, default 10
 *   <li>{@code bench.dir}: where the drives go, default a temporary folder
 *   <li>{@code kintsugi.binary}: the native image, to measure that
 * </ul>
 */
public final class PairedBench {
    private static final int ROUNDS = Integer.getInteger("bench.rounds", 3);

    private PairedBench() {}

    public static void main(String[] args) throws IOException {
        try (BenchFolder folder = BenchFolder.open("kintsugi-bench")) {
            compareAll(folder.path());
        }
    }

    private static void compareAll(Path dir) throws IOException {
        List<Workload> workloads = workloads();
        List<Contender> servers = new ArrayList<>();
        try {
            servers.add(Contender.kintsugi(dir.resolve("kintsugi")));
            String other = System.getProperty("bench.other", "");
            if (!other.isBlank()) {
                servers.add(Contender.other(other, dir.resolve("other")));
            }
            if (Boolean.getBoolean("bench.ceiling")) {
                servers.add(Contender.empty(dir.resolve("empty")));
            }
            for (Contender server : servers) {
                System.out.printf(Locale.ROOT, "%s: %d MiB idle%n", server.name(), server.rssMib());
            }
            for (Workload workload : workloads) {
                compare(workload, servers, dir);
            }
            for (Contender server : servers) {
                System.out.printf(Locale.ROOT, "%s: %d MiB at the end%n", server.name(), server.rssMib());
            }
        } finally {
            for (Contender server : servers) {
                server.close();
            }
            BenchFolder.remove(dir.resolve("kintsugi"));
            BenchFolder.remove(dir.resolve("other"));
            BenchFolder.remove(dir.resolve("empty"));
            BenchFolder.remove(dir.resolve("limit"));
        }
    }

    private static List<Workload> workloads() {
        String warp = System.getProperty("bench.warp", "");
        List<Workload> all = warp.isBlank() ? LightWorkloads.all() : WarpWorkload.all(Path.of(warp));
        String[] only = System.getProperty("bench.only", "").split(",");
        return all.stream()
                .filter(workload -> Arrays.stream(only).anyMatch(workload.name()::contains))
                .toList();
    }

    private static void compare(Workload workload, List<Contender> servers, Path dir) throws IOException {
        for (Contender server : servers) {
            workload.prepare(server);
        }
        double[][] rates = new double[servers.size()][ROUNDS];
        double[][] cpuMillis = new double[servers.size()][ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < servers.size(); i++) {
                long before = servers.get(i).cpuMillis();
                rates[i][round] = workload.run(servers.get(i), round);
                cpuMillis[i][round] = servers.get(i).cpuMillis() - before;
            }
        }
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-28s", workload.name()));
        for (int i = 0; i < servers.size(); i++) {
            line.append(String.format(
                    Locale.ROOT, "  %s %,10.1f %s", servers.get(i).name(), median(rates[i]), workload.unit()));
        }
        for (int i = 1; i < servers.size(); i++) {
            line.append(String.format(
                    Locale.ROOT, "  ratio to %s %.2f", servers.get(i).name(), median(rates[0]) / median(rates[i])));
        }
        if (servers.size() == 3) {
            line.append(String.format(Locale.ROOT, "  at most %.2f", median(rates[2]) / median(rates[1])));
        }
        System.out.println(line.append("  rounds ").append(rounds(rates)));
        System.out.printf(Locale.ROOT, "%-28s  ms of processor time in each round %s%n", "", rounds(cpuMillis));
        workload.beside(dir, median(rates[0])).ifPresent(System.out::println);
    }

    private static String rounds(double[][] rates) {
        StringBuilder text = new StringBuilder();
        for (int round = 0; round < rates[0].length; round++) {
            for (double[] server : rates) {
                text.append(String.format(Locale.ROOT, "%.0f ", server[round]));
            }
        }
        return text.toString().strip();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
