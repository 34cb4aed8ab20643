package io.kintsugi.bench;

import io.kintsugi.it.StoreProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * One client of {@link SoakBench}: it has a fixed set of keys to itself, so it knows what each of them must hold, and
 * does one thing after the other, at its pace. The first answer that is not as it must be ends it.
 */
final class SoakClient implements Runnable {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;
    private static final int PART = 5 * MIB;
    private static final int RANGE = 64 * KIB;
    private static final long NANOS_OF_A_SIGNER = 300_000_000_000L;
    private static final byte[] NOTHING = {};

    /** Keys of one size. Inline, packed, in files, and in two parts. */
    private enum Kind {
        SMALL(4 * KIB, 300),
        MEDIUM(160 * KIB, 40),
        LARGE(6 * MIB, 4),
        PARTS(2 * PART, 1);

        private final int size;
        private final int keys;

        Kind(int size, int keys) {
            this.size = size;
            this.keys = keys;
        }
    }

    /** What is done, and how often of a thousand times. */
    private enum Deed {
        PUT_SMALL(250),
        GET_SMALL(400),
        HEAD(120),
        DELETE(40),
        LIST(50),
        PUT_MEDIUM(35),
        GET_MEDIUM(45),
        PUT_LARGE(6),
        GET_LARGE(6),
        RANGE_OF_LARGE(42),
        UPLOAD_PARTS(3),
        ABORT_PARTS(3);

        private final int weight;

        Deed(int weight) {
            this.weight = weight;
        }
    }

    private final StoreProcess store;
    private final PlainClient http;
    private final String folder;
    private final Random random;
    private final long nanosBetween;
    private final long pacedFrom;
    /** What each key was written with, 0 where there is none. */
    private final long[][] seeds = new long[Kind.values().length][];

    private SignedRequests requests;
    private long signerUntil;
    private volatile long done;
    private volatile boolean stopped;
    private volatile String failure = "";

    /** @param pacedFrom on the clock of {@link System#nanoTime}: until then it goes as fast as it can */
    SoakClient(StoreProcess store, int number, double perSecond, long pacedFrom) throws IOException {
        this.store = store;
        http = new PlainClient(store.endpoint());
        folder = "c" + number;
        random = new Random(number);
        nanosBetween = (long) (1e9 / perSecond);
        this.pacedFrom = pacedFrom;
        for (Kind kind : Kind.values()) {
            seeds[kind.ordinal()] = new long[kind.keys];
        }
    }

    @Override
    public void run() {
        try (http) {
            long due = System.nanoTime();
            while (!stopped) {
                act();
                done++;
                long now = System.nanoTime();
                due = now - pacedFrom < 0 ? now : Math.max(due + nanosBetween, now - nanosBetween);
                LockSupport.parkNanos(due - now);
            }
        } catch (IOException | RuntimeException e) {
            failure = folder + ": " + e;
        }
    }

    void stop() {
        stopped = true;
    }

    long done() {
        return done;
    }

    /** Why it ended, empty when it did not. */
    String failure() {
        return failure;
    }

    private void act() throws IOException {
        if (requests == null || System.nanoTime() - signerUntil > 0) {
            requests = new SignedRequests(store.endpoint(), store.rootUser(), store.rootPassword());
            signerUntil = System.nanoTime() + NANOS_OF_A_SIGNER;
        }
        switch (deed()) {
            case PUT_SMALL -> put(Kind.SMALL);
            case GET_SMALL -> get(Kind.SMALL);
            case HEAD -> head();
            case DELETE -> delete();
            case LIST -> list();
            case PUT_MEDIUM -> put(Kind.MEDIUM);
            case GET_MEDIUM -> get(Kind.MEDIUM);
            case PUT_LARGE -> put(Kind.LARGE);
            case GET_LARGE -> get(Kind.LARGE);
            case RANGE_OF_LARGE -> range();
            case UPLOAD_PARTS -> parts(true);
            case ABORT_PARTS -> parts(false);
        }
    }

    private Deed deed() {
        int left = random.nextInt(
                Arrays.stream(Deed.values()).mapToInt(d -> d.weight).sum());
        for (Deed deed : Deed.values()) {
            left -= deed.weight;
            if (left < 0) {
                return deed;
            }
        }
        throw new IllegalStateException();
    }

    private void put(Kind kind) throws IOException {
        int key = random.nextInt(kind.keys);
        long seed = newSeed();
        expect(200, "PUT", path(kind, key), "", bytes(seed, kind.size));
        seeds[kind.ordinal()][key] = seed;
    }

    private void get(Kind kind) throws IOException {
        int key = random.nextInt(kind.keys);
        long seed = seeds[kind.ordinal()][key];
        byte[] body = expect(seed == 0 ? 404 : 200, "GET", path(kind, key), "", NOTHING)
                .body();
        if (seed != 0) {
            require(Arrays.equals(body, bytes(seed, kind.size)), "other bytes in " + path(kind, key));
        }
    }

    private void head() throws IOException {
        int key = random.nextInt(Kind.SMALL.keys);
        boolean there = seeds[0][key] != 0;
        long length = expect(there ? 200 : 404, "HEAD", path(Kind.SMALL, key), "", NOTHING)
                .length();
        require(!there || length == Kind.SMALL.size, "another length of " + path(Kind.SMALL, key));
    }

    private void delete() throws IOException {
        int key = random.nextInt(Kind.SMALL.keys);
        expect(204, "DELETE", path(Kind.SMALL, key), "", NOTHING);
        seeds[0][key] = 0;
    }

    private void list() throws IOException {
        String query = "list-type=2&max-keys=1000&prefix=" + folder + "%2FSMALL%2F";
        String page = expect(200, "GET", "/soak", query, NOTHING).text();
        long found = page.split("<Key>", -1).length - 1L;
        long expected = Arrays.stream(seeds[0]).filter(seed -> seed != 0).count();
        require(found == expected, "a listing of " + found + " keys instead of " + expected);
    }

    private void range() throws IOException {
        int key = random.nextInt(Kind.LARGE.keys);
        long seed = seeds[Kind.LARGE.ordinal()][key];
        if (seed == 0) {
            return;
        }
        int from = random.nextInt(Kind.LARGE.size - RANGE);
        String range = "range: bytes=" + from + "-" + (from + RANGE - 1) + "\r\n";
        PlainClient.Answer answer = http.send(requests.head("GET", path(Kind.LARGE, key), "", 0, range), NOTHING);
        byte[] whole = bytes(seed, Kind.LARGE.size);
        require(
                answer.status() == 206 && Arrays.equals(answer.body(), Arrays.copyOfRange(whole, from, from + RANGE)),
                "a wrong range of " + path(Kind.LARGE, key) + ", status " + answer.status());
    }

    private void parts(boolean complete) throws IOException {
        String path = path(Kind.PARTS, 0);
        String begun = expect(200, "POST", path, "uploads=", NOTHING).text();
        String id = begun.substring(begun.indexOf("<UploadId>") + 10, begun.indexOf("</UploadId>"));
        long seed = newSeed();
        byte[] whole = bytes(seed, Kind.PARTS.size);
        StringBuilder xml = new StringBuilder("<CompleteMultipartUpload>");
        for (int part = 1; part <= 2; part++) {
            byte[] body = Arrays.copyOfRange(whole, (part - 1) * PART, part * PART);
            String etag = expect(200, "PUT", path, "partNumber=" + part + "&uploadId=" + id, body)
                    .etag();
            xml.append("<Part><PartNumber>").append(part).append("</PartNumber><ETag>");
            xml.append(etag).append("</ETag></Part>");
        }
        if (!complete) {
            expect(204, "DELETE", path, "uploadId=" + id, NOTHING);
            return;
        }
        byte[] body = xml.append("</CompleteMultipartUpload>").toString().getBytes(StandardCharsets.US_ASCII);
        expect(200, "POST", path, "uploadId=" + id, body);
        seeds[Kind.PARTS.ordinal()][0] = seed;
        get(Kind.PARTS);
    }

    private PlainClient.Answer expect(int status, String method, String path, String query, byte[] body)
            throws IOException {
        PlainClient.Answer answer = http.send(requests.head(method, path, query, body.length), body);
        require(
                answer.status() == status,
                method + " " + path + "?" + query + ": " + answer.status() + " instead of " + status + " "
                        + (answer.status() / 100 == 2 ? "" : answer.text()));
        return answer;
    }

    private static void require(boolean holds, String otherwise) throws IOException {
        if (!holds) {
            throw new IOException(otherwise);
        }
    }

    private String path(Kind kind, int key) {
        return "/soak/" + folder + "/" + kind + "/" + key;
    }

    private long newSeed() {
        return random.nextLong() | 1;
    }

    private static byte[] bytes(long seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
