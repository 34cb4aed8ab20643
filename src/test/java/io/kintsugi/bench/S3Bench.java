package io.kintsugi.bench;

import io.kintsugi.it.StoreProcess;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/**
 * Starts the store on four drives of EC 2+2 and measures it: {@code ./mvnw package -DskipTests}, then {@code java -cp
 * 'target/test-classes:target/classes:target/quarkus-app/lib/main/*' io.kintsugi.bench.S3Bench}, or with
 * {@code -Dkintsugi.binary=target/kintsugi} the native image.
 *
 * <p>System properties: {@code bench.only} (names of measurements, separated by commas: {@code small}, {@code large},
 * {@code list}, or finer {@code small64}, {@code small8}, {@code head}, {@code overwrite}, {@code mib1}, {@code mib64},
 * {@code mib64c1}), {@code bench.keys} (objects of the listing, default 1,000,000), {@code bench.dir} (where the drives
 * go, default a temporary folder), {@code bench.java} (more options for the JVM of the store, separated by spaces),
 * {@code bench.repeat} (how often small and large objects are measured, default 1).
 */
public final class S3Bench {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;
    private static final int WARM_UP = 100_000;
    private static final ByteBuffer NO_BODY = ByteBuffer.allocate(0);

    private final Path dir;
    private final URI endpoint;
    private final SignedRequests requests;
    private final long pid;

    private S3Bench(StoreProcess store, Path dir) {
        this.dir = dir;
        pid = store.pid();
        endpoint = store.endpoint();
        requests = new SignedRequests(endpoint, store.rootUser(), store.rootPassword());
    }

    public static void main(String[] args) throws IOException {
        try (BenchFolder folder = BenchFolder.open("kintsugi-bench")) {
            measure(folder.path());
        }
    }

    private static void measure(Path dir) throws IOException {
        try (StoreProcess store = StoreProcess.under(dir).java(javaOptions()).launch()) {
            long launched = System.nanoTime();
            awaitFirstAnswer(store);
            System.out.printf(Locale.ROOT, "first answer after %d ms%n", (System.nanoTime() - launched) / 1_000_000);
            awaitReady(store);
            System.out.printf(Locale.ROOT, "idle RSS %d MiB%n", rssMib(store.pid()));
            new S3Bench(store, dir).run();
            System.out.printf(Locale.ROOT, "RSS at the end %d MiB%n", rssMib(store.pid()));
        }
        removeDrives(dir);
    }

    /** A bench leaves gigabytes behind; what else lies in the folder is not ours. */
    private static void removeDrives(Path dir) throws IOException {
        for (String folder : List.of("drive1", "drive2", "drive3", "drive4", "limit")) {
            BenchFolder.remove(dir.resolve(folder));
        }
    }

    private void run() throws IOException {
        new LightLoad(endpoint, 1, KIB).run(1, i -> requests.head("PUT", "/bench", "", 0), NO_BODY);
        if (wants("small", "small64", "head", "overwrite")) {
            small(64, WARM_UP, "warm-up ");
        }
        for (int i = 0; i < Integer.getInteger("bench.repeat", 1); i++) {
            if (wants("small", "small64")) {
                small(64, 100_000, i == 0 ? "" : i + " ");
            }
            if (wants("small", "head")) {
                heads(64, 100_000);
            }
            if (wants("small", "overwrite")) {
                overwrites(64, 100_000);
            }
        }
        if (wants("small", "small8")) {
            small(8, 30_000, "");
        }
        if (wants("large", "mib1", "mib64", "mib64c1")) {
            large(MIB, 8, 1_000, "warm-up ");
        }
        for (int i = 0; i < Integer.getInteger("bench.repeat", 1); i++) {
            String label = i == 0 ? "" : i + " ";
            if (wants("large", "mib1")) {
                large(MIB, 8, 2_000, label);
            }
            if (wants("large", "mib64")) {
                large(64 * MIB, 4, 32, label);
            }
        }
        if (wants("large", "mib64c1")) {
            large(64 * MIB, 1, 16, "");
        }
        if (wants("list")) {
            list(Integer.getInteger("bench.keys", 1_000_000));
        }
    }

    private static boolean wants(String... names) {
        Set<String> only =
                Set.of(System.getProperty("bench.only", "small,large,list").split(","));
        return List.of(names).stream().anyMatch(only::contains);
    }

    private static String[] javaOptions() {
        return ("-Xmx1g " + System.getProperty("bench.java", "")).strip().split(" +");
    }

    /** HEAD of the objects of the warm-up. */
    private void heads(int concurrency, int count) throws IOException {
        LightLoad load = new LightLoad(endpoint, concurrency, 16 * KIB);
        byte[][] warm = heads("HEAD", WARM_UP, "small64warm-up", 0);
        byte[][] heads = new byte[count][];
        Arrays.setAll(heads, i -> warm[i % WARM_UP]);
        measure("HEAD 4 KiB", load, heads, NO_BODY, 0);
    }

    /** PUTs of keys that are there already, those of the warm-up. */
    private void overwrites(int concurrency, int count) throws IOException {
        LightLoad load = new LightLoad(endpoint, concurrency, 16 * KIB);
        byte[][] puts = heads("PUT", Math.min(count, WARM_UP), "small64warm-up", 4L * KIB);
        measure("PUT 4 KiB again", load, puts, random(4 * KIB), 4L * KIB);
    }

    private void small(int concurrency, int count, String label) throws IOException {
        LightLoad load = new LightLoad(endpoint, concurrency, 16 * KIB);
        ByteBuffer body = random(4 * KIB);
        byte[][] puts = heads("PUT", count, "small" + concurrency + label.strip(), 4 * KIB);
        measure(label + "PUT 4 KiB", load, puts, body, 4L * KIB);
        byte[][] gets = heads("GET", count, "small" + concurrency + label.strip(), 0);
        measure(label + "GET 4 KiB", load, gets, NO_BODY, 4L * KIB);
    }

    private void large(int size, int concurrency, int count, String label) throws IOException {
        LightLoad load = new LightLoad(endpoint, concurrency, 256 * KIB);
        ByteBuffer body = random(size);
        String name = "large" + size + "-" + concurrency + label.strip();
        String what = size / MIB + " MiB";
        byte[][] puts = heads("PUT", count, name, size);
        LightLoad.Result put = measure(label + "PUT " + what, load, puts, body, size);
        byte[][] gets = heads("GET", count, name, 0);
        LightLoad.Result get = measure(label + "GET " + what, load, gets, NO_BODY, size);
        if (label.isEmpty()) {
            Limit limit = Limit.measure(dir, size, concurrency);
            System.out.println(limit.beside(put.perSecond() * size, true));
            System.out.println(limit.beside(get.perSecond() * size, false));
        }
    }

    private void list(int keys) throws IOException {
        LightLoad load = new LightLoad(endpoint, 64, 2 * MIB);
        String form = "/bench/list/%03d/%07d";
        int batch = 100_000;
        for (int from = 0; from < keys; from += batch) {
            int first = from;
            SignedRequests fresh = requests;
            load.run(
                    Math.min(batch, keys - from),
                    i -> fresh.head("PUT", String.format(form, (first + i) / 10_000, first + i), "", 16),
                    random(16));
        }
        int pages = keys / 1_000;
        byte[][] heads = new byte[pages][];
        for (int i = 0; i < pages; i++) {
            String after = String.format("list%%2F%03d%%2F%07d", i / 10, i * 1_000);
            heads[i] =
                    requests.head("GET", "/bench", "list-type=2&max-keys=1000&prefix=list%2F&start-after=" + after, 0);
        }
        LightLoad pageLoad = new LightLoad(endpoint, 4, 2 * MIB);
        pageLoad.run(Math.min(200, pages), i -> heads[i], NO_BODY);
        LightLoad.Result result = measure("LIST 1,000 of " + keys, pageLoad, heads, NO_BODY, 0);
        System.out.printf(Locale.ROOT, "    %,.0f keys/s%n", result.perSecond() * 1_000);
    }

    private byte[][] heads(String method, int count, String name, long length) {
        byte[][] heads = new byte[count][];
        for (int i = 0; i < count; i++) {
            heads[i] = requests.head(method, "/bench/" + name + "/" + i, "", length);
        }
        return heads;
    }

    private LightLoad.Result measure(String what, LightLoad load, byte[][] heads, ByteBuffer body, long bytesEach)
            throws IOException {
        long cpu = cpuMillis();
        LightLoad.Result result = load.run(heads.length, i -> heads[i], body);
        print(what, load.concurrency(), result, bytesEach, (cpuMillis() - cpu) * 1_000.0 / heads.length);
        return result;
    }

    /** @param cpuMicros of the store, user and system, for each request */
    private static void print(String what, int concurrency, LightLoad.Result result, long bytesEach, double cpuMicros) {
        System.out.printf(
                Locale.ROOT,
                "%-24s c=%-3d %,10.0f/s %8.3f GB/s  p50 %7.2f ms  p99 %7.2f ms  cpu %,9.1f us  failed %d%n",
                what,
                concurrency,
                result.perSecond(),
                result.perSecond() * bytesEach / 1e9,
                result.p50Nanos() / 1e6,
                result.p99Nanos() / 1e6,
                cpuMicros,
                result.failures());
    }

    private static ByteBuffer random(int size) {
        byte[] bytes = new byte[size];
        new Random(1).nextBytes(bytes);
        return ByteBuffer.allocateDirect(size).put(bytes).flip();
    }

    private static void awaitFirstAnswer(StoreProcess store) throws IOException {
        URI endpoint = store.endpoint();
        byte[] head = ("GET / HTTP/1.1\r\nhost: " + endpoint.getAuthority() + "\r\n\r\n").getBytes();
        LightLoad one = new LightLoad(endpoint, 1, KIB);
        for (int i = 0; i < 20_000 && store.isAlive(); i++) {
            try {
                one.run(1, n -> head, NO_BODY);
                return;
            } catch (ConnectException e) {
                sleep(2);
            }
        }
        throw new IOException("the store did not answer: " + store.log());
    }

    private static void awaitReady(StoreProcess store) throws IOException {
        try {
            while (store.manage("/q/health/ready").statusCode() != 200) {
                sleep(20);
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void sleep(long millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** Processor time that the store has used so far, at 100 ticks a second. */
    private long cpuMillis() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return 10 * (Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
    }

    private static long rssMib(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / KIB)
                .findFirst()
                .orElse(0);
    }
}
