package io.kintsugi.bench;

import io.kintsugi.it.StoreProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntFunction;

/**
 * Many keys and many clients: pages of a store that {@link StartBench} has filled, common prefixes, batch deletes, and
 * a mixed load over many connections, whose memory is printed each round.
 *
 * <p>System properties: {@code bench.dir} (that of the filled store), {@code bench.keys} (how many it has, default
 * 1,000,000), {@code bench.prefixes} (default 100,000, made when they are not there), {@code bench.connections}
 * (default 2,000), {@code bench.rounds} (default 5), {@code bench.only} ({@code list}, {@code prefixes},
 * {@code delete}, which takes the prefixes' keys away, {@code connections}); {@code bench.java} and
 * {@code kintsugi.binary} as for {@link S3Bench}.
 */
public final class ScaleBench {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;
    private static final int PAGE = 1_000;
    private static final int OBJECT = 4 * KIB;
    private static final int OBJECTS = 2_000;
    private static final int REQUESTS_A_ROUND = 40_000;
    private static final ByteBuffer NO_BODY = ByteBuffer.allocate(0);

    private final StoreProcess store;
    private final URI endpoint;
    private final int keys = Integer.getInteger("bench.keys", 1_000_000);
    private final int prefixes = Integer.getInteger("bench.prefixes", 100_000);

    private ScaleBench(StoreProcess store) {
        this.store = store;
        this.endpoint = store.endpoint();
    }

    public static void main(String[] args) throws IOException {
        String[] java =
                ("-Xmx1g " + System.getProperty("bench.java", "")).strip().split(" +");
        List<String> only = List.of(System.getProperty("bench.only", "list,prefixes,delete,connections")
                .split(","));
        try (StoreProcess store = StoreProcess.under(Path.of(System.getProperty("bench.dir")))
                .java(java)
                .start()) {
            ScaleBench bench = new ScaleBench(store);
            bench.load(1).run(1, i -> bench.requests().head("PUT", "/bench", "", 0), NO_BODY);
            if (only.contains("list")) {
                bench.list();
            }
            if (only.contains("prefixes") || only.contains("delete")) {
                bench.makePrefixes();
            }
            if (only.contains("prefixes")) {
                bench.listPrefixes();
            }
            if (only.contains("delete")) {
                bench.delete();
            }
            if (only.contains("connections")) {
                bench.connections(Integer.getInteger("bench.connections", 2_000));
            }
            store.stop();
        }
    }

    private SignedRequests requests() {
        return new SignedRequests(endpoint, store.rootUser(), store.rootPassword());
    }

    private LightLoad load(int clients) {
        return new LightLoad(endpoint, clients, 2 * MIB);
    }

    private void list() throws IOException {
        Random random = new Random(1);
        byte[][] pages = new byte[PAGE][];
        SignedRequests requests = requests();
        for (int i = 0; i < pages.length; i++) {
            int key = random.nextInt(keys);
            String after = "start%2F" + key / 1000 + "%2F" + key;
            pages[i] =
                    requests.head("GET", "/bench", "list-type=2&max-keys=1000&prefix=start%2F&start-after=" + after, 0);
        }
        load(4).run(pages.length, i -> pages[i], NO_BODY);
        print("pages at random places", 4, load(4).run(pages.length, i -> pages[i], NO_BODY), PAGE, "keys");
        print("pages at random places", 1, load(1).run(pages.length, i -> pages[i], NO_BODY), PAGE, "keys");
        byte[] first = requests.head("GET", "/bench", "list-type=2&max-keys=1000&prefix=start%2F", 0);
        print("first page", 1, load(1).run(PAGE, i -> first, NO_BODY), PAGE, "keys");
    }

    private void makePrefixes() throws IOException {
        byte[] last = requests().head("HEAD", path(prefixes - 1), "", 0);
        if (load(1).run(1, i -> last, NO_BODY).failures() == 0) {
            return;
        }
        SignedRequests requests = requests();
        LightLoad load = new LightLoad(endpoint, 64, 16 * KIB);
        print(
                "PUT 16 bytes",
                64,
                load.run(prefixes, i -> requests.head("PUT", path(i), "", 16), random(16)),
                1,
                "objects");
    }

    private static String path(int prefix) {
        return String.format(Locale.ROOT, "/bench/p/%06d/x", prefix);
    }

    private void listPrefixes() throws IOException {
        SignedRequests requests = requests();
        byte[][] pages = new byte[prefixes / PAGE][];
        for (int i = 0; i < pages.length; i++) {
            String after = String.format(Locale.ROOT, "p%%2F%06d", i * PAGE);
            pages[i] = requests.head(
                    "GET", "/bench", "delimiter=%2F&list-type=2&max-keys=1000&prefix=p%2F&start-after=" + after, 0);
        }
        for (int clients : new int[] {4, 4, 1}) {
            int count = 4 * pages.length;
            LightLoad.Result result = load(clients).run(count, i -> pages[i % pages.length], NO_BODY);
            print("common prefixes", clients, result, PAGE, "prefixes");
        }
    }

    private void delete() throws IOException {
        SignedRequests requests = requests();
        byte[][] batches = new byte[prefixes / PAGE][];
        for (int i = 0; i < batches.length; i++) {
            batches[i] = batch(requests, i * PAGE);
        }
        print("batch DELETE", 4, load(4).run(batches.length, i -> batches[i], NO_BODY), PAGE, "keys");
    }

    private static byte[] batch(SignedRequests requests, int from) throws IOException {
        StringBuilder xml = new StringBuilder("<Delete><Quiet>true</Quiet>");
        for (int i = from; i < from + PAGE; i++) {
            xml.append("<Object><Key>")
                    .append(path(i).substring("/bench/".length()))
                    .append("</Key></Object>");
        }
        byte[] body = xml.append("</Delete>").toString().getBytes(StandardCharsets.US_ASCII);
        return joined(
                requests.head("POST", "/bench", "delete=", body.length, "content-md5: " + md5(body) + "\r\n"), body);
    }

    /** A half GETs, a quarter PUTs, and HEADs and short pages. */
    private void connections(int count) throws IOException {
        byte[] body = new byte[OBJECT];
        new Random(2).nextBytes(body);
        LightLoad fill = new LightLoad(endpoint, 64, 16 * KIB);
        SignedRequests signer = requests();
        fill.run(OBJECTS, i -> joined(signer.head("PUT", "/bench/many/" + i, "", OBJECT), body), NO_BODY);
        for (int round = 0; round < Integer.getInteger("bench.rounds", 5); round++) {
            SignedRequests requests = requests();
            byte[][] mixed = new byte[OBJECTS * 4][];
            for (int i = 0; i < mixed.length; i++) {
                String path = "/bench/many/" + i % OBJECTS;
                mixed[i] = switch (i % 8) {
                    case 0, 1 -> joined(requests.head("PUT", path, "", OBJECT), body);
                    case 2 -> requests.head("HEAD", path, "", 0);
                    case 3 -> requests.head("GET", "/bench", "list-type=2&max-keys=10&prefix=many%2F", 0);
                    default -> requests.head("GET", path, "", 0);
                };
            }
            LightLoad many = new LightLoad(endpoint, count, 16 * KIB);
            IntFunction<byte[]> heads = i -> mixed[i % mixed.length];
            print("mixed load", count, many.run(REQUESTS_A_ROUND, heads, NO_BODY), 1, "requests");
        }
    }

    private void print(String what, int clients, LightLoad.Result result, int each, String unit) throws IOException {
        System.out.printf(
                Locale.ROOT,
                "%-24s c=%-4d %,10.0f %s/s  p50 %7.2f ms  p99 %7.2f ms  failed %d, 503 %d  resident %d MiB%n",
                what,
                clients,
                result.perSecond() * each,
                unit,
                result.p50Nanos() / 1e6,
                result.p99Nanos() / 1e6,
                result.failures() - result.slowDowns(),
                result.slowDowns(),
                residentMib());
    }

    private long residentMib() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + store.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / KIB)
                .findFirst()
                .orElse(0);
    }

    private static byte[] joined(byte[] head, byte[] body) {
        return ByteBuffer.allocate(head.length + body.length)
                .put(head)
                .put(body)
                .array();
    }

    private static ByteBuffer random(int size) {
        byte[] bytes = new byte[size];
        new Random(1).nextBytes(bytes);
        return ByteBuffer.allocateDirect(size).put(bytes).flip();
    }

    private static String md5(byte[] bytes) throws IOException {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }
}
