package io.kintsugi.bench;

import io.kintsugi.it.StoreProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether the store grows: a mixed load over a fixed set of keys that is written again and again, as fast as the store
 * can at first, so that its caches and pools fill, and then at a bounded rate for an hour. Every body that is read is
 * compared. Memory, file descriptors and threads of the store are sampled each minute; at the end the slope of the
 * second half is printed. Any wrong answer ends the run with status 1.
 *
 * <p>System properties: {@code bench.fullMinutes} without a bound (default 5), {@code bench.minutes} with one (default
 * 60), {@code bench.rate} (requests a second of all clients, default 120), {@code bench.clients} (default 4),
 * {@code bench.dir}, {@code bench.java} and {@code kintsugi.binary} as for {@link S3Bench}.
 */
public final class SoakBench {
    private static final int MIB = 1 << 20;
    private static final long MINUTE_MILLIS = 60_000;
    private static final int FULL_MINUTES = Integer.getInteger("bench.fullMinutes", 5);
    private static final Set<Integer> ENDED_BY_SIGTERM = Set.of(0, 128 + 15);
    private static final String HEAP = "jvm_memory_used_bytes{area=\"heap\"";

    private SoakBench() {}

    /** Of the store at one time; MiB, and seconds of processor time since its start. */
    private record Sample(double resident, double anonymous, double heap, long files, long threads, double cpu) {
        static Sample of(StoreProcess store) throws IOException, InterruptedException {
            Path proc = Path.of("/proc/" + store.pid());
            try (Stream<Path> files = Files.list(proc.resolve("fd"))) {
                return new Sample(
                        field(proc, "VmRSS:") / 1024,
                        field(proc, "RssAnon:") / 1024,
                        heap(store),
                        files.count(),
                        (long) field(proc, "Threads:"),
                        cpu(proc));
            }
        }

        private static double field(Path proc, String name) throws IOException {
            return Files.readAllLines(proc.resolve("status")).stream()
                    .filter(line -> line.startsWith(name))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        }

        /** At 100 ticks a second. */
        private static double cpu(Path proc) throws IOException {
            String stat = Files.readString(proc.resolve("stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
        }

        /** As the metrics tell it; 0 where they don't. */
        private static double heap(StoreProcess store) throws IOException, InterruptedException {
            HttpResponse<String> metrics = store.manage("/q/metrics");
            return metrics.body()
                            .lines()
                            .filter(line -> line.startsWith(HEAP))
                            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                            .sum()
                    / MIB;
        }
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        int minutes = FULL_MINUTES + Integer.getInteger("bench.minutes", 60);
        String[] java =
                ("-Xmx1g " + System.getProperty("bench.java", "")).strip().split(" +");
        boolean good;
        try (BenchFolder folder = BenchFolder.open("kintsugi-soak");
                StoreProcess store =
                        StoreProcess.under(folder.path()).java(java).start()) {
            makeBucket(store);
            List<SoakClient> clients = clients(store);
            List<Thread> threads = clients.stream().map(Thread::new).toList();
            threads.forEach(Thread::start);
            List<Sample> samples = sample(store, clients, minutes);
            clients.forEach(SoakClient::stop);
            for (Thread thread : threads) {
                thread.join();
            }
            slopes(samples);
            failures(clients).forEach(System.out::println);
            good = failures(clients).isEmpty() && ENDED_BY_SIGTERM.contains(store.stop());
        }
        System.out.println(good ? "all answers were right" : "FAILED");
        System.exit(good ? 0 : 1);
    }

    private static void makeBucket(StoreProcess store) throws IOException {
        try (PlainClient client = new PlainClient(store.endpoint())) {
            SignedRequests requests = new SignedRequests(store.endpoint(), store.rootUser(), store.rootPassword());
            client.send(requests.head("PUT", "/soak", "", 0), new byte[0]);
        }
    }

    private static List<SoakClient> clients(StoreProcess store) throws IOException {
        int count = Integer.getInteger("bench.clients", 4);
        double each = Double.parseDouble(System.getProperty("bench.rate", "120")) / count;
        long pacedFrom = System.nanoTime() + Duration.ofMinutes(FULL_MINUTES).toNanos();
        List<SoakClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(new SoakClient(store, i, each, pacedFrom));
        }
        return clients;
    }

    /** One a minute, until the time is over or a client has ended. */
    private static List<Sample> sample(StoreProcess store, List<SoakClient> clients, int minutes)
            throws IOException, InterruptedException {
        List<Sample> samples = new ArrayList<>();
        System.out.println("minute  resident  anonymous  heap MiB  files  threads  cpu s  requests");
        for (int minute = 0; minute <= minutes; minute++) {
            Sample sample = Sample.of(store);
            samples.add(sample);
            System.out.printf(
                    Locale.ROOT,
                    "%6d %9.1f %10.1f %9.1f %6d %8d %6.1f %9d%n",
                    minute,
                    sample.resident,
                    sample.anonymous,
                    sample.heap,
                    sample.files,
                    sample.threads,
                    sample.cpu,
                    clients.stream().mapToLong(SoakClient::done).sum());
            if (!failures(clients).isEmpty()) {
                break;
            }
            if (minute < minutes) {
                Thread.sleep(MINUTE_MILLIS);
            }
        }
        return samples;
    }

    private static List<String> failures(List<SoakClient> clients) {
        return clients.stream()
                .map(SoakClient::failure)
                .filter(failure -> !failure.isEmpty())
                .toList();
    }

    private static void slopes(List<Sample> samples) {
        List<Sample> tail = samples.subList(samples.size() / 2, samples.size());
        System.out.printf(
                Locale.ROOT,
                "slope of the last %d samples, an hour: resident %+.1f MiB, anonymous %+.1f MiB, files %+.1f%n",
                tail.size(),
                slope(tail.stream().mapToDouble(Sample::resident).toArray()),
                slope(tail.stream().mapToDouble(Sample::anonymous).toArray()),
                slope(tail.stream().mapToDouble(Sample::files).toArray()));
    }

    /** Of the least squares' line through one value a minute, for an hour. */
    private static double slope(double... values) {
        double middle = (values.length - 1) / 2.0;
        double above = 0;
        double below = 0;
        for (int i = 0; i < values.length; i++) {
            above += (i - middle) * values[i];
            below += (i - middle) * (i - middle);
        }
        return below == 0 ? 0 : 60 * above / below;
    }
}
