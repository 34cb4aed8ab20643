package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.ByteSink;
import io.kintsugi.base.PieceSource;
import io.kintsugi.iam.TestSigner;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody waits for ever, and nobody has the server for himself. */
@Timeout(300)
class S3WireLimitsTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    /** Than which no machine need be. */
    private static final int MUCH_SLOWER = 16;

    @Test
    void aSenderThatStopsIsToldSoAndCutOff() throws Exception {
        try (WireFixture wire = new WireFixture(S3Limits.DEFAULT.withBodyStall(SHORT));
                RawClient client = wire.client()) {
            client.head("PUT", "/b/k", wire.signed("PUT", "/b/k", Map.of("content-length", "12")))
                    .send("hell");
            RawClient.Response answer = client.receive();
            assertEquals(400, answer.status());
            assertEquals("RequestTimeout", answer.code());
            assertTrue(client.isClosedByServer());
            assertTrue(wire.stored.isEmpty());
        }
    }

    @Test
    void aSenderThatDribblesIsCutOff() throws Exception {
        try (WireFixture wire = new WireFixture(S3Limits.DEFAULT.withBodyStall(SHORT));
                RawClient client = wire.client()) {
            client.head("PUT", "/b/k", wire.signed("PUT", "/b/k", Map.of("content-length", "100000")));
            assertThrows(IOException.class, () -> {
                for (int i = 0; i < 100_000; i++) {
                    client.send("x");
                    Thread.sleep(5);
                }
            });
            assertTrue(wire.stored.isEmpty());
        }
    }

    @Test
    void aHeadThatNeverEndsIsCutOff() throws Exception {
        try (WireFixture wire = new WireFixture(S3Limits.DEFAULT.withKeepAlive(SHORT));
                RawClient client = wire.client()) {
            client.send("GET / HTTP/1.1\r\nhost: ");
            assertTrue(client.isClosedByServer());
        }
    }

    @Test
    void anIdleConnectionIsClosed() throws Exception {
        try (WireFixture wire = new WireFixture(S3Limits.DEFAULT.withKeepAlive(SHORT))) {
            String request = RawClient.headOf("GET", "/b/5", wire.signed("GET", "/b/5", Map.of()));
            whenItCameInTime(wire, request, (client, first) -> {
                assertEquals(5, first.body().length);
                assertTrue(client.isClosedByServer());
                assertEquals(0, wire.server.counted().inFlight());
            });
        }
    }

    /** The first answer is written to its end only after the second request has begun. */
    @Test
    void aPipelinedRequestIsNotIdle() throws Exception {
        int size = 40_000_000;
        try (WireFixture wire = new WireFixture(S3Limits.DEFAULT.withKeepAlive(SHORT))) {
            String both = RawClient.headOf("GET", "/b/" + size, wire.signed("GET", "/b/" + size, Map.of()))
                    + RawClient.headOf(
                            "GET", "/b?location", wire.signed("GET", "/b", Map.of("location", ""), Map.of()));
            whenItCameInTime(wire, both, (client, first) -> {
                assertEquals(size, first.body().length);
                Thread.sleep(SHORT.multipliedBy(3));
                wire.hold.countDown();
                assertEquals("NoSuchBucket", client.receive().code());
            });
        }
    }

    /** What is to be seen of a connection whose first request was answered. */
    private interface Answered {
        void check(RawClient client, RawClient.Response first) throws Exception;
    }

    /** On a busy machine a connection may be idle for too long before its first request is there: the next is not. */
    private static void whenItCameInTime(WireFixture wire, String requests, Answered answered) throws Exception {
        boolean came = false;
        while (!came) {
            long begun = wire.server.requestsBegun();
            try (RawClient client = wire.client()) {
                RawClient.Response first = client.send(requests).receive();
                came = true;
                answered.check(client, first);
            } catch (EOFException | SocketException e) {
                if (came || wire.server.requestsBegun() > begun) {
                    throw e;
                }
            }
        }
    }

    /**
     * All wait behind the first; when that has its answer each is answered at once, from within the answer before it if
     * nobody takes care.
     */
    @Test
    void manyPipelinedRequestsNeedNoDeepStack() throws Exception {
        int many = 20_000;
        try (WireFixture wire = new WireFixture(S3Limits.DEFAULT.withMaxRequests(2 * many));
                RawClient client = wire.client()) {
            client.head("GET", "/b?location", wire.signed("GET", "/b", Map.of("location", ""), Map.of()));
            wire.awaitInFlight(1);
            client.send(RawClient.headOf("GET", "/b/k", Map.of("host", "h")).repeat(many));
            wire.hold.countDown();
            assertEquals("NoSuchBucket", client.receive().code());
            for (int i = 0; i < many; i++) {
                assertEquals("AccessDenied", client.receive().code());
            }
            wire.awaitInFlight(0);
        }
    }

    @Test
    void aClientThatWentAwayAmidPipelinedRequestsLeavesNothingBehind() throws Exception {
        try (WireFixture wire = new WireFixture(S3Limits.DEFAULT)) {
            try (RawClient client = wire.client()) {
                client.head("GET", "/b?location", wire.signed("GET", "/b", Map.of("location", ""), Map.of()));
                wire.awaitInFlight(1);
                client.send(RawClient.headOf("GET", "/b/k", Map.of("host", "h")).repeat(100));
            }
            wire.hold.countDown();
            wire.awaitInFlight(0);
        }
    }

    /** What it had sent is given out by Vert.x all the same, when the answer before it has come to its end. */
    @Test
    void whatAClientHadSentBehindIsNotDoneWhenItHasGone() throws Exception {
        try (WireFixture wire = new WireFixture(S3Limits.DEFAULT)) {
            try (RawClient client = wire.client()) {
                client.head("GET", "/b?location", wire.signed("GET", "/b", Map.of("location", ""), Map.of()));
                wire.awaitInFlight(1);
                client.send(RawClient.headOf("PUT", "/b/k", wire.signed("PUT", "/b/k", Map.of("content-length", "5")))
                        + "hello");
            }
            while (wire.server.counted().connections() > 0) {
                Thread.sleep(1);
            }
            wire.hold.countDown();
            wire.awaitInFlight(0);
            for (int loop = 0; loop < 2; loop++) {
                try (RawClient client = wire.client()) {
                    client.head("GET", "/b/5", wire.signed("GET", "/b/5", Map.of()));
                    assertEquals(5, client.receive().body().length);
                }
            }
            assertTrue(wire.stored.isEmpty());
        }
    }

    /**
     * Each answer fits into what the sockets take, all together do not: the requests wait as bytes. One that has ended
     * may be counted for a moment when the next has begun.
     */
    @Test
    void whoSendsRequestsAndReadsNothingHasOnePlace() throws Exception {
        try (WireFixture wire = new WireFixture(S3Limits.DEFAULT);
                RawClient greedy = wire.client()) {
            String head = RawClient.headOf("GET", "/b/40000", wire.signed("GET", "/b/40000", Map.of()));
            greedy.send(head.repeat(1_000));
            try (RawClient other = wire.client()) {
                for (int i = 0; i < 1_000; i++) {
                    other.head("HEAD", "/b", wire.signed("HEAD", "/b", Map.of()));
                    assertEquals(200, other.receive(false).status());
                    long underWay = wire.server.counted().inFlight();
                    assertTrue(underWay < 10, () -> underWay + " requests are under way for two clients");
                }
            }
            for (int i = 0; i < 1_000; i++) {
                assertEquals(40_000, greedy.receive().body().length);
            }
        }
    }

    @Test
    void moreRequestsThanPlacesAreAskedToSlowDown() throws Exception {
        try (WireFixture wire = new WireFixture(S3Limits.DEFAULT.withMaxRequests(1));
                RawClient first = wire.client();
                RawClient second = wire.client()) {
            Map<String, String> location = Map.of("location", "");
            first.head("GET", "/b?location", wire.signed("GET", "/b", location, Map.of()));
            wire.awaitInFlight(1);
            second.head("PUT", "/b/k", wire.signed("PUT", "/b/k", Map.of("content-length", "12")))
                    .send("hello, world");
            RawClient.Response refused = second.receive();
            assertEquals(503, refused.status());
            assertEquals("SlowDown", refused.code());
            assertEquals("1", refused.headers().get("retry-after"));
            wire.hold.countDown();
            assertEquals("NoSuchBucket", first.receive().code());
            wire.awaitInFlight(0);
            second.head("GET", "/b/5", wire.signed("GET", "/b/5", Map.of()));
            assertEquals(5, second.receive().body().length);
        }
    }

    /** Without any patience, who comes soon after one that had to wait at all is sent away, and may come again. */
    @Test
    void whoWaitedTooLongIsAskedToSlowDown() throws Exception {
        try (WireFixture wire = new WireFixture(S3Limits.DEFAULT.withPatience(Duration.ZERO));
                RawClient client = wire.client()) {
            RawClient.Response answer;
            int served = -1;
            do {
                client.head("GET", "/b/5", wire.signed("GET", "/b/5", Map.of()));
                answer = client.receive();
                served++;
            } while (answer.status() == 200 && served < 1_000);
            assertTrue(served > 0, "the first has nobody before it");
            assertEquals("SlowDown", answer.code());
            assertEquals("1", answer.headers().get("retry-after"));
            wire.awaitInFlight(0);
        }
    }

    @Test
    void stoppingLetsRequestsEnd() throws Exception {
        try (WireFixture wire = new WireFixture(S3Limits.DEFAULT);
                RawClient held = wire.client();
                RawClient late = wire.client()) {
            held.head("GET", "/b?location", wire.signed("GET", "/b", Map.of("location", ""), Map.of()));
            wire.awaitInFlight(1);
            Thread stopper = Thread.ofVirtual().start(() -> stop(wire));
            while (!wire.isStopping(late)) {
                Thread.onSpinWait();
            }
            assertTrue(late.isClosedByServer());
            wire.awaitInFlight(1);
            assertTrue(stopper.isAlive());
            wire.hold.countDown();
            RawClient.Response answer = held.receive();
            assertEquals("NoSuchBucket", answer.code());
            assertEquals("close", answer.headers().get("connection"));
            assertTrue(held.isClosedByServer());
            stopper.join();
            while (!refuses(wire)) {
                Thread.onSpinWait();
            }
        }
    }

    /** The kernel goes on listening until the selector has let go of the socket, a moment after it was closed. */
    private static boolean refuses(WireFixture wire) {
        try (RawClient client = wire.client()) {
            assertTrue(client.isClosedByServer());
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void aReaderThatWentAwayLeavesNothingBehind() throws Exception {
        try (WireFixture wire = new WireFixture(S3Limits.DEFAULT)) {
            try (RawClient client = wire.client()) {
                client.head("GET", "/b/500000000", wire.signed("GET", "/b/500000000", Map.of()));
                wire.awaitInFlight(1);
            }
            wire.awaitInFlight(0);
            wire.awaitNothingLent();
            assertEquals(
                    1,
                    wire.server.counted().requests().get(S3Operation.GET_OBJECT).aborted());
        }
    }

    /** Nor a fault, when the time for the rest of its body is over. */
    @Test
    void aSenderThatWentAfterItsAnswerLeavesNothingBehind() throws Exception {
        try (WireFixture wire = new WireFixture(S3Limits.DEFAULT.withDrainTime(SHORT))) {
            try (RawClient client = wire.client()) {
                client.head("PUT", "/b/refused", wire.signed("PUT", "/b/refused", Map.of("content-length", "200000")))
                        .send(new byte[100_000]);
                assertEquals(412, client.receive().status());
            }
            Thread.sleep(SHORT.multipliedBy(2));
            wire.awaitInFlight(0);
        }
    }

    private static void stop(WireFixture wire) {
        try {
            wire.server.stop(Duration.ofSeconds(30));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Also when all that is left of the answer lies in the server's own buffers. */
    @ParameterizedTest
    @ValueSource(longs = {9_000_000, 500_000_000})
    void aReaderThatReadsNothingIsCutOff(long size) throws Exception {
        String path = "/b/" + size;
        try (WireFixture wire = new WireFixture(S3Limits.DEFAULT.withResponseStall(SHORT));
                RawClient client = wire.client()) {
            client.head("GET", path, wire.signed("GET", path, Map.of()));
            wire.awaitBegun(1);
            wire.awaitInFlight(0);
            wire.awaitNothingLent();
            assertThrows(IOException.class, client::receive);
        }
    }

    /** However long all of it takes: in one write, in several, which wait for the first, and by the event loop. */
    @ParameterizedTest
    @ValueSource(strings = {"one", "several", "loop"})
    void aSlowReaderGetsAllOfIt(String way) throws Exception {
        List<Integer> pieces = List.of(40 << 20, 2 << 20, 2 << 20, 2 << 20, 2 << 20);
        int size = 48 << 20;
        S3Handlers handlers = new S3Handlers(Map.of(S3Operation.LIST_BUCKETS, exchange -> {
            switch (way) {
                case "one" -> exchange.respond(S3Response.ok().body("text/plain", new byte[size]));
                case "several" -> {
                    ByteSink sink = exchange.stream(S3Response.ok(), size);
                    pieces.forEach(bytes -> sink.write(ByteBuffer.allocateDirect(bytes), () -> {}));
                }
                default -> exchange.stream(S3Response.ok(), size).drain(source(pieces));
            }
        }));
        boolean whole = false;
        for (int slower = 1; !whole; slower *= 2) {
            whole = isWholeForASlowReader(handlers, size, slower);
        }
    }

    /** Whether it was; if not, the machine was so busy that the reader has paused for longer than it was to. */
    private static boolean isWholeForASlowReader(S3Handlers handlers, int size, int slower) throws Exception {
        Duration pause = Duration.ofMillis(35).multipliedBy(slower);
        S3Limits limits = S3Limits.DEFAULT.withResponseStall(SHORT.multipliedBy(4L * slower));
        try (WireFixture wire = new WireFixture(limits, handlers);
                RawClient client = wire.client()) {
            client.head("GET", "/", wire.signed("GET", "/", Map.of()));
            try {
                assertEquals(size, client.receiveSlowly(512 << 10, pause).body().length);
            } catch (IOException e) {
                if (slower < MUCH_SLOWER && client.longestPause().compareTo(pause.multipliedBy(4)) > 0) {
                    return false;
                }
                throw e;
            }
            wire.awaitInFlight(0);
            return true;
        }
    }

    private static PieceSource source(List<Integer> pieces) {
        Iterator<Integer> left = pieces.iterator();
        return () -> left.hasNext()
                ? Optional.of(new PieceSource.Pieces(List.of(ByteBuffer.allocateDirect(left.next())), () -> {}))
                : Optional.empty();
    }

    @Test
    void aSenderThatWentAwayLeavesNothingBehind() throws Exception {
        try (WireFixture wire = new WireFixture(S3Limits.DEFAULT)) {
            try (RawClient client = wire.client()) {
                client.head("PUT", "/b/k", wire.signed("PUT", "/b/k", Map.of("content-length", "500000000")))
                        .send(new byte[100_000]);
                wire.awaitInFlight(1);
            }
            wire.awaitInFlight(0);
            assertTrue(wire.stored.isEmpty());
            assertEquals(
                    1,
                    wire.server.counted().requests().get(S3Operation.PUT_OBJECT).aborted());
        }
    }

    @Test
    void aChunkThatIsForgedEndsTheRequest() throws Exception {
        try (WireFixture wire = new WireFixture(S3Limits.DEFAULT);
                RawClient client = wire.client()) {
            List<byte[]> chunks = List.of(new byte[70_000], new byte[70_000]);
            // the signatures are as long whatever they are: this body tells how long the right one is
            int length = wire.signer().chunks("", chunks).bytes().length + 2;
            Map<String, String> headers = wire.signed(
                    "PUT",
                    "/b/k",
                    Map.of(
                            "x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
                            "x-amz-decoded-content-length", "140000",
                            "content-length", Integer.toString(length)));
            byte[] body =
                    wire.signer().chunks(TestSigner.seedOf(headers), chunks).bytes();
            client.head("PUT", "/b/k", headers).send(body).send("\r\n");
            assertEquals(200, client.receive().status());
            assertEquals(140_000, wire.stored.take().length);
            body[100_000] ^= 1;
            client.head("PUT", "/b/k", headers).send(body).send("\r\n");
            assertEquals("SignatureDoesNotMatch", client.receive().code());
            assertTrue(wire.stored.isEmpty());
        }
    }
}
