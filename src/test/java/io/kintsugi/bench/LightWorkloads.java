package io.kintsugi.bench;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Work of {@link LightLoad}: one thread that sends requests which were signed before the clock runs. */
final class LightWorkloads {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;
    private static final String BUCKET = "/bench";
    private static final ByteBuffer NO_BODY = ByteBuffer.allocate(0);
    private static final int RANGE = 64 * KIB;
    private static final int BATCH = 1_000;

    private LightWorkloads() {}

    static List<Workload> all() {
        return List.of(
                new Put("PUT 4 KiB c=8", 4 * KIB, 8, 10_000),
                new Put("PUT 4 KiB c=32", 4 * KIB, 32, 10_000),
                new Put("PUT 4 KiB c=64", 4 * KIB, 64, 10_000),
                new Get("GET 4 KiB c=8", "GET", 4 * KIB, 8, 2_000, 20_000),
                new Get("GET 4 KiB c=64", "GET", 4 * KIB, 64, 2_000, 40_000),
                new Get("STAT c=64", "HEAD", 4 * KIB, 64, 2_000, 40_000),
                new Put("PUT 1 MiB c=8", MIB, 8, 400),
                new Get("GET 1 MiB c=8", "GET", MIB, 8, 200, 1_000),
                new Put("PUT 64 MiB c=4", 64 * MIB, 4, 12),
                new Get("GET 64 MiB c=4", "GET", 64 * MIB, 4, 8, 32),
                new Multipart("multipart 5 MiB parts c=4", 4, 4, 10),
                new Ranges("ranged GET 64 KiB of 1 GiB c=8", 1024, 8, 4_000),
                new Listing("LIST c=4", 20_000, 4, 200),
                new BatchDelete("batch DELETE c=4", 20_000, 4));
    }

    private static SignedRequests signer(Contender server) {
        return new SignedRequests(server.endpoint(), server.user(), server.password());
    }

    private static void makeBucket(Contender server) throws IOException {
        byte[] head = signer(server).head("PUT", BUCKET, "", 0);
        new LightLoad(server.endpoint(), 1, KIB).run(1, i -> head, NO_BODY);
    }

    private static void fill(Contender server, String name, int count, int bytes) throws IOException {
        makeBucket(server);
        byte[][] heads = heads(server, "PUT", count, name, bytes);
        require(new LightLoad(server.endpoint(), bytes > MIB ? 2 : 16, 256 * KIB)
                .run(count, i -> heads[i], random(bytes)));
    }

    private static byte[][] heads(Contender server, String method, int count, String name, long length) {
        SignedRequests signer = signer(server);
        byte[][] heads = new byte[count][];
        for (int i = 0; i < count; i++) {
            heads[i] = signer.head(method, BUCKET + "/" + name + "/" + i, "", length);
        }
        return heads;
    }

    private static LightLoad.Result require(LightLoad.Result result) throws IOException {
        if (result.failures() > 0) {
            throw new IOException(result.failures() + " of " + result.requests() + " requests failed");
        }
        return result;
    }

    /** A mebibyte of chance, again and again. */
    private static ByteBuffer random(int size) {
        byte[] bytes = new byte[Math.min(size, MIB)];
        new Random(1).nextBytes(bytes);
        ByteBuffer all = ByteBuffer.allocateDirect(size);
        while (all.hasRemaining()) {
            all.put(bytes, 0, Math.min(bytes.length, all.remaining()));
        }
        return all.flip();
    }

    /** The whole answer to one request, as text. */
    private static String ask(Contender server, String method, String path, String query) throws IOException {
        byte[] head = signer(server).head(method, path, query, 0, "connection: close\r\n");
        URI endpoint = server.endpoint();
        try (Socket socket = new Socket(endpoint.getHost(), endpoint.getPort())) {
            socket.getOutputStream().write(head);
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!answer.startsWith("HTTP/1.1 2")) {
                throw new IOException(method + " " + path + "?" + query + ": " + answer);
            }
            return answer;
        }
    }

    /** What the machine could do at most; empty for small requests, which move few bytes. */
    private static Optional<Limit> limit(Path dir, int bytes, int clients) throws IOException {
        return bytes < MIB ? Optional.empty() : Optional.of(Limit.measure(dir, bytes, clients));
    }

    private static String unitFor(int bytes) {
        return bytes >= MIB ? "MB/s" : "obj/s";
    }

    private static double rate(LightLoad.Result result, int bytes) {
        return result.perSecond() * (bytes >= MIB ? bytes / 1e6 : 1);
    }

    private record Put(String name, int bytes, int clients, int count) implements Workload {
        @Override
        public String unit() {
            return unitFor(bytes);
        }

        @Override
        public void prepare(Contender server) throws IOException {
            makeBucket(server);
        }

        @Override
        public double run(Contender server, int round) throws IOException {
            byte[][] heads = heads(server, "PUT", count, "put" + bytes + "-" + clients + "-" + round, bytes);
            LightLoad load = new LightLoad(server.endpoint(), clients, 256 * KIB);
            return rate(require(load.run(count, i -> heads[i], random(bytes))), bytes);
        }

        @Override
        public Optional<String> beside(Path dir, double rate) throws IOException {
            return limit(dir, bytes, clients).map(limit -> limit.beside(rate * 1e6, true));
        }
    }

    /** Parts of uploads that were begun before the clock runs, and are aborted behind it. */
    private record Multipart(String name, int clients, int uploads, int parts) implements Workload {
        private static final int PART = 5 * MIB;
        private static final Pattern UPLOAD = Pattern.compile("<UploadId>([^<]+)</UploadId>");

        @Override
        public String unit() {
            return "MB/s";
        }

        @Override
        public void prepare(Contender server) throws IOException {
            makeBucket(server);
        }

        @Override
        public double run(Contender server, int round) throws IOException {
            SignedRequests signer = signer(server);
            List<byte[]> heads = new ArrayList<>();
            List<String> aborts = new ArrayList<>();
            for (int i = 0; i < uploads; i++) {
                String path = path(round, i);
                Matcher begun = UPLOAD.matcher(ask(server, "POST", path, "uploads="));
                if (!begun.find()) {
                    throw new IOException("no upload id for " + path);
                }
                String id = "uploadId=" + URLEncoder.encode(begun.group(1), StandardCharsets.UTF_8);
                aborts.add(id);
                for (int part = 1; part <= parts; part++) {
                    heads.add(signer.head("PUT", path, "partNumber=" + part + "&" + id, PART));
                }
            }
            LightLoad load = new LightLoad(server.endpoint(), clients, 256 * KIB);
            LightLoad.Result result = require(load.run(heads.size(), heads::get, random(PART)));
            for (int i = 0; i < uploads; i++) {
                ask(server, "DELETE", path(round, i), aborts.get(i));
            }
            return rate(result, PART);
        }

        private static String path(int round, int upload) {
            return BUCKET + "/parts/" + round + "-" + upload;
        }

        @Override
        public Optional<String> beside(Path dir, double rate) throws IOException {
            return limit(dir, PART, clients).map(limit -> limit.beside(rate * 1e6, true));
        }
    }

    private record Get(String name, String method, int bytes, int clients, int objects, int count) implements Workload {
        @Override
        public String unit() {
            return unitFor(bytes);
        }

        @Override
        public void prepare(Contender server) throws IOException {
            fill(server, "get" + bytes, objects, bytes);
        }

        @Override
        public double run(Contender server, int round) throws IOException {
            byte[][] heads = heads(server, method, objects, "get" + bytes, 0);
            LightLoad load = new LightLoad(server.endpoint(), clients, 256 * KIB);
            return rate(require(load.run(count, i -> heads[i % objects], NO_BODY)), bytes);
        }

        @Override
        public Optional<String> beside(Path dir, double rate) throws IOException {
            return limit(dir, bytes, clients).map(limit -> limit.beside(rate * 1e6, false));
        }
    }

    /** Ranges at random places of one object. */
    private record Ranges(String name, int mebibytes, int clients, int count) implements Workload {
        @Override
        public String unit() {
            return "obj/s";
        }

        @Override
        public void prepare(Contender server) throws IOException {
            fill(server, "ranges", 1, mebibytes * MIB);
        }

        @Override
        public double run(Contender server, int round) throws IOException {
            SignedRequests signer = signer(server);
            Random random = new Random(round);
            byte[][] heads = new byte[count][];
            for (int i = 0; i < count; i++) {
                long from = random.nextLong((long) mebibytes * MIB - RANGE);
                String range = "range: bytes=" + from + "-" + (from + RANGE - 1) + "\r\n";
                heads[i] = signer.head("GET", BUCKET + "/ranges/0", "", 0, range);
            }
            LightLoad load = new LightLoad(server.endpoint(), clients, 256 * KIB);
            return require(load.run(count, i -> heads[i], NO_BODY)).perSecond();
        }
    }

    private record Listing(String name, int keys, int clients, int pages) implements Workload {
        @Override
        public String unit() {
            return "keys/s";
        }

        @Override
        public void prepare(Contender server) throws IOException {
            fill(server, "list", keys, 16);
        }

        @Override
        public double run(Contender server, int round) throws IOException {
            SignedRequests signer = signer(server);
            IntFunction<byte[]> page = i -> signer.head(
                    "GET", BUCKET, "list-type=2&max-keys=1000&prefix=list%2F&start-after=list%2F" + (10 + i % 40), 0);
            LightLoad load = new LightLoad(server.endpoint(), clients, 2 * MIB);
            return require(load.run(pages, page, NO_BODY)).perSecond() * BATCH;
        }
    }

    private record BatchDelete(String name, int keys, int clients) implements Workload {
        @Override
        public String unit() {
            return "keys/s";
        }

        @Override
        public void prepare(Contender server) throws IOException {
            makeBucket(server);
        }

        @Override
        public double run(Contender server, int round) throws IOException {
            String folder = "delete" + round;
            fill(server, folder, keys, 16);
            SignedRequests signer = signer(server);
            byte[][] requests = new byte[keys / BATCH][];
            for (int i = 0; i < requests.length; i++) {
                requests[i] = request(signer, folder, i * BATCH);
            }
            LightLoad load = new LightLoad(server.endpoint(), clients, 2 * MIB);
            return require(load.run(requests.length, i -> requests[i], NO_BODY)).perSecond() * BATCH;
        }

        private static byte[] request(SignedRequests signer, String folder, int from) throws IOException {
            StringBuilder xml = new StringBuilder("<Delete><Quiet>true</Quiet>");
            for (int i = from; i < from + BATCH; i++) {
                xml.append("<Object><Key>").append(folder).append('/').append(i).append("</Key></Object>");
            }
            byte[] body = xml.append("</Delete>").toString().getBytes(StandardCharsets.US_ASCII);
            byte[] head = signer.head("POST", BUCKET, "delete=", body.length, "content-md5: " + md5(body) + "\r\n");
            return ByteBuffer.allocate(head.length + body.length)
                    .put(head)
                    .put(body)
                    .array();
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
}
