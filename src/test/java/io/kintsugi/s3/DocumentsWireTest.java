package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The memory of documents, over the wire: slow clients that hold all of it, and what becomes of the others. */
class DocumentsWireTest {
    /** More than the buffers of both sockets take of an answer that nobody reads. */
    private static final int ANSWER = 14 << 20;

    private static final int READERS = 4;
    private static final int BODY = 3 << 20;
    /** An eighth is for bodies. */
    private static final long MEMORY = (long) READERS * ANSWER / 7 * 8;

    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Map<String, String> LISTING = Map.of("list-type", "2");

    private static WireFixture wire(long minBytesPerSecond) throws IOException {
        S3Limits limits = S3Limits.DEFAULT.with(new S3Limits.Documents(MEMORY, SHORT, minBytesPerSecond));
        return new WireFixture(
                limits,
                new S3Handlers(Map.of(
                        S3Operation.LIST_OBJECTS_V2,
                        exchange -> {
                            exchange.reserve(ANSWER);
                            exchange.respond(S3Response.ok().body("text/plain", new byte[ANSWER]));
                        },
                        S3Operation.DELETE_OBJECTS,
                        exchange -> {
                            int length = exchange.readBody(BODY).length;
                            exchange.reserve(DocumentSizes.parsed(length));
                            exchange.respond(S3Response.ok().header("x-amz-meta-length", length));
                        },
                        S3Operation.GET_OBJECT,
                        exchange -> {
                            exchange.keep(MEMORY / 2);
                            exchange.stream(S3Response.ok(), ANSWER).write(ByteBuffer.allocate(ANSWER), () -> {});
                        },
                        S3Operation.HEAD_BUCKET,
                        exchange -> exchange.respond(S3Response.ok()))));
    }

    private static RawClient listing(WireFixture wire, List<RawClient> clients) throws IOException {
        RawClient client = wire.client();
        clients.add(client);
        return client.head("GET", "/b?list-type=2", wire.signed("GET", "/b", LISTING, Map.of()));
    }

    private static void awaitHeld(WireFixture wire, long bytes) throws InterruptedException {
        while (wire.server.counted().documents().bytes() != bytes) {
            Thread.sleep(1);
        }
    }

    /** Clients that don't read hold all of it. */
    private static void holdAll(WireFixture wire, List<RawClient> clients) throws Exception {
        for (int i = 1; i <= READERS; i++) {
            listing(wire, clients);
            awaitHeld(wire, (long) i * ANSWER);
        }
        assertEquals(0, wire.server.counted().documents().refused());
    }

    private static void close(List<RawClient> clients) throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
    }

    @Test
    void oneMoreThanFitIsAskedToSlowDownAndServedWhenTheOthersHaveRead() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try (WireFixture wire = wire(1)) {
            holdAll(wire, clients);
            RawClient.Response refused = listing(wire, clients).receive();
            assertEquals(503, refused.status());
            assertEquals("SlowDown", refused.code());
            assertTrue(refused.headers().containsKey("retry-after"));
            try (RawClient small = wire.client()) {
                small.head("HEAD", "/b", wire.signed("HEAD", "/b", Map.of()));
                assertEquals(200, small.receive(false).status(), "what is no document is served");
            }
            for (RawClient slow : clients.subList(0, READERS)) {
                assertEquals(ANSWER, slow.receive().body().length);
            }
            awaitHeld(wire, 0);
            assertEquals(ANSWER, listing(wire, clients).receive().body().length);
            awaitHeld(wire, 0);
            assertEquals(1, wire.server.counted().documents().refused());
            assertEquals(0, wire.server.counted().documents().cutOff());
            close(clients);
        }
    }

    @Test
    void clientsThatReadTooSlowlyAreCutOffWhileOthersWait() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try (WireFixture wire = wire(1L << 30)) {
            holdAll(wire, clients);
            while (listing(wire, clients).receive().status() != 200) {
                // the others are given some time to read
            }
            long cutOff = wire.server.counted().documents().cutOff();
            assertTrue(cutOff > 0);
            int failed = 0;
            for (RawClient slow : clients.subList(0, READERS)) {
                try {
                    assertEquals(ANSWER, slow.receive().body().length);
                } catch (IOException e) {
                    failed++;
                }
            }
            assertEquals(cutOff, failed);
            awaitHeld(wire, 0);
            close(clients);
        }
    }

    @Test
    void whatClientsHadThatWentIsThereForOthers() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try (WireFixture wire = wire(1)) {
            holdAll(wire, clients);
            close(clients);
            awaitHeld(wire, 0);
            assertEquals(ANSWER, listing(wire, clients).receive().body().length);
            close(clients);
        }
    }

    /** Clients that send slowly hold the part of bodies, and nothing else. */
    @Test
    void slowSendersHoldNoListingUp() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try (WireFixture wire = wire(1)) {
            Map<String, String> head =
                    wire.signed("POST", "/b", Map.of("delete", ""), Map.of("content-length", "" + BODY));
            RawClient slow = wire.client().head("POST", "/b?delete", head).send(new byte[BODY / 2]);
            awaitHeld(wire, WireBody.memory(BODY));
            try (RawClient next = wire.client()) {
                next.head("POST", "/b?delete", head);
                assertEquals("SlowDown", next.receive().code());
            }
            assertEquals(ANSWER, listing(wire, clients).receive().body().length);
            slow.send(new byte[BODY - BODY / 2]);
            assertEquals("" + BODY, slow.receive().headers().get("x-amz-meta-length"));
            awaitHeld(wire, 0);
            slow.head("POST", "/b?delete", head);
            awaitHeld(wire, WireBody.memory(BODY));
            slow.close();
            awaitHeld(wire, 0);
            close(clients);
        }
    }

    private static RawClient reading(WireFixture wire) throws IOException {
        return wire.client().head("GET", "/b/k", wire.signed("GET", "/b/k", Map.of()));
    }

    private static void awaitKept(WireFixture wire, long bytes) throws InterruptedException {
        while (wire.server.counted().reads().bytes() != bytes) {
            Thread.sleep(1);
        }
    }

    /** What is kept in mind of an object while a client takes its bytes. */
    @Test
    void slowReadersOfObjectsHoldUpReadsOfManyPartsOnly() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try (WireFixture wire = wire(1)) {
            RawClient slow = reading(wire);
            awaitKept(wire, MEMORY / 2);
            try (RawClient next = reading(wire)) {
                assertEquals("SlowDown", next.receive().code());
            }
            assertEquals(1, wire.server.counted().reads().refused());
            assertEquals(ANSWER, listing(wire, clients).receive().body().length, "listings have their own");
            assertEquals(ANSWER, slow.receive().body().length);
            awaitKept(wire, 0);
            RawClient gone = reading(wire);
            awaitKept(wire, MEMORY / 2);
            gone.close();
            awaitKept(wire, 0);
            try (RawClient next = reading(wire)) {
                assertEquals(ANSWER, next.receive().body().length);
            }
            slow.close();
            close(clients);
        }
    }

    /** Of bodies that are beyond the bound, and requests that fail, nothing stays. */
    @Test
    void whatFailsHoldsNothing() throws Exception {
        try (WireFixture wire = wire(1);
                RawClient client = wire.client()) {
            Map<String, String> large =
                    wire.signed("POST", "/b", Map.of("delete", ""), Map.of("content-length", "" + (BODY + 1)));
            client.head("POST", "/b?delete", large);
            assertEquals("MaxMessageLengthExceeded", client.receive().code());
            awaitHeld(wire, 0);
        }
        try (WireFixture wire = wire(1);
                RawClient client = wire.client()) {
            Map<String, String> headers = wire.signed(
                    "POST",
                    "/b",
                    Map.of("delete", ""),
                    Map.of("content-length", "3", "content-md5", "1B2M2Y8AsgTpgAmY7PhCfg=="));
            client.head("POST", "/b?delete", headers).send("abc");
            assertEquals("BadDigest", client.receive().code());
            awaitHeld(wire, 0);
        }
    }
}
