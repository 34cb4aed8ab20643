package io.kintsugi.bench;

import io.kintsugi.it.StoreProcess;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Predicate;

/**
 * What clients notice of the walks over all blobs: pages of a listing and small reads, in turns without and with a walk
 * under way, on a store that {@link StartBench} has filled. A walk is begun by taking the folder of the last of four
 * drives away and putting it back, so that all that belongs on it is looked at, and everything is counted; that drive
 * has no replica of the catalog.
 *
 * <p>System properties: {@code bench.dir} (that of the filled store), {@code bench.keys} (how many it has, default
 * 1,000,000), {@code bench.rounds} (default 4); {@code bench.java} and {@code kintsugi.binary} as for {@link S3Bench}.
 */
public final class WalkBench {
    private static final int KIB = 1024;
    private static final int BUFFER = 2048 * KIB;
    private static final int SIZE = 4 * KIB;
    private static final int OBJECTS = 2_000;
    private static final int PAGES = 1_000;
    private static final int READS = 60_000;
    private static final int WARM = 3;
    private static final long LOOK_MILLIS = 50;
    private static final long MOST_MILLIS = 200_000;
    private static final ByteBuffer NO_BODY = ByteBuffer.allocate(0);

    private final StoreProcess store;
    private final byte[][] pages = new byte[PAGES][];
    private final byte[][] reads = new byte[OBJECTS][];

    private WalkBench(StoreProcess store) {
        this.store = store;
        SignedRequests requests = new SignedRequests(store.endpoint(), store.rootUser(), store.rootPassword());
        Random random = new Random(1);
        for (int i = 0; i < PAGES; i++) {
            int key = random.nextInt(Integer.getInteger("bench.keys", 1_000_000));
            String after = "start%2F" + key / 1000 + "%2F" + key;
            pages[i] =
                    requests.head("GET", "/bench", "list-type=2&max-keys=1000&prefix=start%2F&start-after=" + after, 0);
        }
        for (int i = 0; i < OBJECTS; i++) {
            reads[i] = requests.head("GET", "/bench/walk/" + i, "", 0);
        }
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        String[] java =
                ("-Xmx1g " + System.getProperty("bench.java", "")).strip().split(" +");
        try (StoreProcess store = StoreProcess.under(Path.of(System.getProperty("bench.dir")))
                .java(java)
                .start()) {
            WalkBench bench = new WalkBench(store);
            bench.fill();
            for (int i = 0; i < WARM; i++) {
                bench.list("warming up");
                bench.read("warming up");
            }
            List<double[]> alone = new ArrayList<>();
            List<double[]> beside = new ArrayList<>();
            for (int round = 0; round < Integer.getInteger("bench.rounds", 4); round++) {
                bench.await("the end of all walks", health -> !isWalking(health));
                alone.add(bench.round("no walk"));
                bench.beginWalk();
                beside.add(bench.round("a walk"));
            }
            bench.ratios(alone, beside);
            store.stop();
        }
    }

    private void fill() throws IOException {
        SignedRequests requests = new SignedRequests(store.endpoint(), store.rootUser(), store.rootPassword());
        new LightLoad(store.endpoint(), 64, BUFFER)
                .run(OBJECTS, i -> requests.head("PUT", "/bench/walk/" + i, "", SIZE), ByteBuffer.allocateDirect(SIZE));
    }

    private double[] round(String what) throws IOException, InterruptedException {
        boolean before = isWalking(health());
        double[] rates = {list(what), read(what)};
        System.out.printf("  walking before: %b, after: %b%n", before, isWalking(health()));
        return rates;
    }

    private double list(String what) throws IOException {
        return run(what + ", 1,000-key pages c=4", 4, pages, PAGES);
    }

    private double read(String what) throws IOException {
        return run(what + ", GET 4 KiB c=8", 8, reads, READS);
    }

    private double run(String what, int clients, byte[][] heads, int count) throws IOException {
        long cpu = cpuMillis();
        LightLoad.Result result =
                new LightLoad(store.endpoint(), clients, BUFFER).run(count, i -> heads[i % heads.length], NO_BODY);
        System.out.printf(
                Locale.ROOT,
                "%-36s %,9.0f/s  p50 %6.2f ms  p99 %6.2f ms  %4.0f us of processor time each, failed %d%n",
                what,
                result.perSecond(),
                result.p50Nanos() / 1e6,
                result.p99Nanos() / 1e6,
                1e3 * (cpuMillis() - cpu) / count,
                result.failures());
        return result.perSecond();
    }

    private long cpuMillis() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + store.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return 10 * (Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
    }

    private void beginWalk() throws IOException, InterruptedException {
        Path drive = store.drive(4);
        Path aside = drive.resolveSibling("aside");
        Files.move(drive, aside);
        await("the drive to be missed", health -> health.contains("\"drivesOnline\": 3"));
        Files.move(aside, drive);
        await("the drive to be back", health -> health.contains("\"drivesOnline\": 4") && isWalking(health));
    }

    private static boolean isWalking(String health) {
        return health.contains("\"healing\": true") || health.contains("\"balancing\": \"counting\"");
    }

    private String health() throws IOException, InterruptedException {
        try {
            return store.manage("/q/health/ready").body();
        } catch (HttpTimeoutException e) {
            return "";
        }
    }

    private void await(String what, Predicate<String> until) throws IOException, InterruptedException {
        String last = "";
        for (long waited = 0; waited < MOST_MILLIS; waited += LOOK_MILLIS) {
            last = health();
            if (until.test(last)) {
                return;
            }
            Thread.sleep(LOOK_MILLIS);
        }
        throw new IOException("waited in vain for " + what + ": " + last);
    }

    private void ratios(List<double[]> alone, List<double[]> beside) {
        System.out.printf(
                Locale.ROOT,
                "medians, with a walk and without: pages %,.0f and %,.0f/s; GET %,.0f and %,.0f/s%n",
                median(beside, 0),
                median(alone, 0),
                median(beside, 1),
                median(alone, 1));
    }

    private static double median(List<double[]> rates, int kind) {
        double[] sorted =
                rates.stream().mapToDouble(rate -> rate[kind]).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
