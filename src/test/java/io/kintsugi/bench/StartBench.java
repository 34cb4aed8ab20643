package io.kintsugi.bench;

import io.kintsugi.it.StoreProcess;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * How long a store with many objects takes to its first answer: fills it through its API, then starts it again, in
 * turns after an orderly end and after a {@code kill -9} in the middle of PUTs.
 *
 * <p>System properties: {@code bench.keys} (objects, default 1,000,000), {@code bench.size} (bytes of each, default
 * 1,024), {@code bench.rounds} (default 5), {@code bench.kills} (default true; without them each start follows an
 * orderly end, and no compaction that a killed store owed runs beside it), {@code bench.dir} (where the drives are;
 * those of an earlier run are used again as they are, and stay), {@code bench.java} and {@code kintsugi.binary} as for
 * {@link S3Bench}.
 */
public final class StartBench {
    private static final int KIB = 1024;
    private static final int SIZE = Integer.getInteger("bench.size", KIB);
    private static final int BATCH = 100_000;
    private static final boolean KILLS = Boolean.parseBoolean(System.getProperty("bench.kills", "true"));
    private static final int BEFORE_A_KILL = 30_000;
    private static final ByteBuffer NO_BODY = ByteBuffer.allocate(0);

    private final StoreProcess.Setup setup;
    private StoreProcess store;

    private StartBench(Path dir) {
        setup = StoreProcess.under(dir)
                .java(("-Xmx1g " + System.getProperty("bench.java", "")).strip().split(" +"));
    }

    public static void main(String[] args) throws IOException {
        try (BenchFolder folder = BenchFolder.open("kintsugi-start")) {
            measure(folder.path());
        }
    }

    private static void measure(Path dir) throws IOException {
        boolean used = Files.exists(dir.resolve("drive1"));
        StartBench bench = new StartBench(dir);
        try {
            bench.start("first");
            if (!used) {
                bench.fill(Integer.getInteger("bench.keys", 1_000_000));
            }
            for (int round = 0; round < Integer.getInteger("bench.rounds", 5); round++) {
                bench.stop();
                bench.start("orderly");
                if (KILLS) {
                    bench.kill();
                    bench.start("killed");
                }
            }
            bench.stop();
        } finally {
            bench.store.close();
        }
    }

    private void start(String after) throws IOException {
        long begun = System.nanoTime();
        store = setup.launch();
        SignedRequests requests = requests();
        byte[] head = requests.head("HEAD", "/bench/start/0/0", "", 0);
        awaitAnswer(head);
        System.out.printf(
                Locale.ROOT,
                "%-8s first answer after %5d ms, %4d ms of processor time, %d bytes of log files%n",
                after,
                (System.nanoTime() - begun) / 1_000_000,
                cpuMillis(),
                logBytes());
    }

    /** Processor time of the store so far, at 100 ticks a second: on a busy machine the figure to compare. */
    private long cpuMillis() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + store.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return 10 * (Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
    }

    private void awaitAnswer(byte[] head) throws IOException {
        LightLoad one = new LightLoad(store.endpoint(), 1, KIB);
        for (int i = 0; i < 60_000 && store.isAlive(); i++) {
            try {
                one.run(1, n -> head, NO_BODY);
                return;
            } catch (ConnectException e) {
                pause();
            }
        }
        throw new IOException("the store did not answer: " + store.log());
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private SignedRequests requests() {
        URI endpoint = store.endpoint();
        return new SignedRequests(endpoint, store.rootUser(), store.rootPassword());
    }

    /** Bytes of the write-ahead logs that the store found, as far as they are still there. */
    private long logBytes() throws IOException {
        long bytes = 0;
        for (int drive = 1; drive <= 4; drive++) {
            try (var files = Files.walk(store.drive(drive).resolve("kv"))) {
                for (Path log :
                        files.filter(file -> file.toString().endsWith(".log")).toList()) {
                    bytes += Files.size(log);
                }
            }
        }
        return bytes;
    }

    private void fill(int keys) throws IOException {
        LightLoad load = new LightLoad(store.endpoint(), 64, KIB);
        load.run(1, i -> requests().head("PUT", "/bench", "", 0), NO_BODY);
        ByteBuffer body = ByteBuffer.allocateDirect(SIZE);
        for (int from = 0; from < keys; from += BATCH) {
            int first = from;
            byte[][] heads = puts(first, Math.min(BATCH, keys - from));
            LightLoad.Result result = load.run(heads.length, i -> heads[i], body);
            System.out.printf(
                    Locale.ROOT,
                    "%,9d objects: %,7.0f PUT/s  p50 %.2f ms  p99 %.2f ms  failed %d%n",
                    first + heads.length,
                    result.perSecond(),
                    result.p50Nanos() / 1e6,
                    result.p99Nanos() / 1e6,
                    result.failures());
        }
    }

    private byte[][] puts(int first, int count) {
        SignedRequests requests = requests();
        byte[][] heads = new byte[count][];
        Arrays.setAll(
                heads, i -> requests.head("PUT", "/bench/start/" + (first + i) / 1000 + "/" + (first + i), "", SIZE));
        return heads;
    }

    private void stop() {
        long begun = System.nanoTime();
        store.stop();
        System.out.printf(Locale.ROOT, "orderly end took %d ms%n", (System.nanoTime() - begun) / 1_000_000);
    }

    /** In the middle of PUTs. */
    private void kill() throws IOException {
        LightLoad load = new LightLoad(store.endpoint(), 64, KIB);
        byte[][] heads = puts(0, BEFORE_A_KILL);
        try {
            load.run(BEFORE_A_KILL, i -> killingAt(heads, i), ByteBuffer.allocateDirect(SIZE));
        } catch (SocketException e) {
            return; // as it should be
        } catch (IOException e) {
            if (store.isAlive()) {
                throw e;
            }
        }
    }

    private byte[] killingAt(byte[][] heads, int index) {
        if (index == BEFORE_A_KILL - 64) {
            store.kill();
        }
        return heads[index];
    }
}
