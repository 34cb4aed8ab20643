package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.base.ByteSink;
import io.kintsugi.base.Clock;
import io.kintsugi.iam.AmzTestDate;
import io.kintsugi.iam.RootCredentials;
import io.kintsugi.iam.SigV4Verifier;
import io.kintsugi.iam.TestSigner;
import io.kintsugi.objects.UploadBody;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The real server on a free port, before handlers that keep bodies in memory: {@code PutObject} takes one,
 * {@code GetObject} gives as many bytes as its key says.
 */
final class WireFixture implements AutoCloseable {
    static final String HOST = "localhost";
    static final RootCredentials ROOT = new RootCredentials("tester", "a-secret-of-the-test");
    private static final int SMALL = 1024;
    private static final int CHUNK = 100_000;

    final BlockingQueue<byte[]> stored = new LinkedBlockingQueue<>();
    final AtomicInteger lent = new AtomicInteger();
    final CountDownLatch hold = new CountDownLatch(1);
    final S3Server server;
    /** What was thrown on event loops, where no request could be told of it. */
    final Queue<Throwable> faults = new ConcurrentLinkedQueue<>();

    private final Vertx vertx = Vertx.vertx().exceptionHandler(faults::add);

    WireFixture(S3Limits limits) throws IOException {
        server = started(limits, ownHandlers());
    }

    /** Before handlers of the test's. */
    WireFixture(S3Limits limits, S3Handlers handlers) throws IOException {
        server = started(limits, handlers);
    }

    private S3Server started(S3Limits limits, S3Handlers handlers) throws IOException {
        S3Settings settings = new S3Settings("127.0.0.1", 0, List.of("s3.example.org"), 2, limits);
        return S3Server.start(vertx, settings, new SigV4Verifier(ROOT, "us-east-1", Clock.SYSTEM), handlers);
    }

    private S3Handlers ownHandlers() {
        return new S3Handlers(Map.of(
                S3Operation.PUT_OBJECT, this::put,
                S3Operation.GET_OBJECT, this::get,
                S3Operation.HEAD_OBJECT,
                        exchange -> exchange.respond(S3Response.ok().header("Content-Length", 12345)),
                S3Operation.HEAD_BUCKET, exchange -> exchange.respond(S3Response.ok()),
                S3Operation.DELETE_OBJECT, exchange -> exchange.respond(S3Response.noContent()),
                S3Operation.DELETE_OBJECTS,
                        exchange -> exchange.respond(S3Response.ok().body("text/plain", exchange.readBody(SMALL))),
                S3Operation.LIST_BUCKETS,
                        exchange -> {
                            throw new IllegalStateException("a fault of the test's handler");
                        },
                S3Operation.GET_BUCKET_LOCATION, exchange -> hold()));
    }

    private void hold() {
        try {
            hold.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new S3Exception(S3Error.NO_SUCH_BUCKET);
    }

    private void put(S3Exchange exchange) {
        if (exchange.request().key().value().equals("refused")) {
            throw new S3Exception(S3Error.PRECONDITION_FAILED);
        }
        UploadBody body = exchange.uploadBody();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        while (body.read(buffer) >= 0) {
            bytes.write(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
        stored.add(bytes.toByteArray());
        S3Response stored = S3Response.ok().header("x-amz-meta-length", bytes.size());
        exchange.request().header("x-amz-meta-colour").ifPresent(colour -> stored.header("x-amz-meta-colour", colour));
        body.checksumAlgorithm().ifPresent(sum -> stored.header("x-amz-meta-checksum", sum.wireName()));
        exchange.respond(stored);
    }

    /** The key is the number of bytes; a key {@code 100-of-200} breaks off in the middle. */
    private void get(S3Exchange exchange) {
        String[] words = exchange.request().key().value().split("-of-");
        long given = Long.parseLong(words[0]);
        long promised = Long.parseLong(words[words.length - 1]);
        S3Response head = S3Response.ok().header("ETag", "\"x\"");
        exchange.request().query("response-content-type").ifPresent(type -> head.header("Content-Type", type));
        ByteSink sink = exchange.stream(head, promised);
        for (long sent = 0; sent < given; sent += CHUNK) {
            lent.incrementAndGet();
            sink.write(ByteBuffer.allocateDirect((int) Math.min(CHUNK, given - sent)), lent::decrementAndGet);
        }
        if (given < promised) {
            throw new IllegalStateException("the test's bytes are at an end");
        }
    }

    /** Until that many requests have come since the start, which may have ended again. */
    void awaitBegun(long count) throws InterruptedException {
        while (server.requestsBegun() < count) {
            Thread.sleep(1);
        }
    }

    /** Until that many requests are being served. */
    void awaitInFlight(long count) throws InterruptedException {
        while (server.counted().inFlight() != count) {
            Thread.sleep(1);
        }
    }

    /**
     * Whether the answer to a request on that connection says that the connection will be closed, or it was closed
     * already, while it was idle.
     */
    boolean isStopping(RawClient client) throws IOException {
        try {
            client.head("HEAD", "/b", signed("HEAD", "/b", Map.of()));
            return "close".equals(client.receive(false).headers().get("connection"));
        } catch (EOFException | SocketException e) {
            return true;
        }
    }

    /** Until every buffer of an answer was given back. */
    void awaitNothingLent() throws InterruptedException {
        while (lent.get() != 0) {
            Thread.sleep(1);
        }
    }

    RawClient client() throws IOException {
        return new RawClient(server.port());
    }

    TestSigner signer() {
        return new TestSigner(ROOT.accessKey(), ROOT.secretKey(), "us-east-1", AmzTestDate.now());
    }

    /** Signed headers; the payload is unsigned if {@code more} does not say otherwise. */
    Map<String, String> signed(String method, String path, Map<String, String> query, Map<String, String> more) {
        Map<String, String> headers = new TreeMap<>(more);
        headers.put("host", HOST);
        headers.putIfAbsent("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
        return signer().sign(method, path, query, headers);
    }

    Map<String, String> signed(String method, String path, Map<String, String> more) {
        return signed(method, path, Map.of(), more);
    }

    @Override
    public void close() {
        hold.countDown();
        try {
            server.stop(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        vertx.close().toCompletionStage().toCompletableFuture().join();
        assertEquals(List.of(), List.copyOf(faults));
    }
}
