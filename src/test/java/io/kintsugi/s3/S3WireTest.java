package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.iam.TestSigner;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The wire, spoken byte by byte: what is answered, and whether the connection goes on. */
class S3WireTest {
    private static final byte[] HELLO = TestSigner.latin1("hello, world");
    private static WireFixture wire;

    @BeforeAll
    static void start() throws IOException {
        wire = new WireFixture(S3Limits.DEFAULT);
    }

    @AfterAll
    static void stop() {
        wire.close();
    }

    @AfterEach
    void nothingWasStoredThatWasNotLookedAt() {
        assertEquals(List.of(), List.copyOf(wire.stored));
    }

    @Test
    void putAndGetOnOneConnection() throws Exception {
        try (RawClient client = wire.client()) {
            client.head("PUT", "/b/k", wire.signed("PUT", "/b/k", Map.of("content-length", "12")))
                    .send(HELLO);
            RawClient.Response put = client.receive();
            assertEquals(200, put.status(), put::text);
            assertEquals("12", put.headers().get("x-amz-meta-length"));
            assertEquals("Kintsugi", put.headers().get("server"));
            assertTrue(put.headers().containsKey("date"));
            assertTrue(put.headers().containsKey("x-amz-id-2"));
            assertArrayEquals(HELLO, wire.stored.take());
            client.head("GET", "/b/1000003", wire.signed("GET", "/b/1000003", Map.of()));
            RawClient.Response get = client.receive();
            assertEquals(1_000_003, get.body().length);
            assertEquals("\"x\"", get.headers().get("etag"));
            assertNotEquals(put.headers().get("x-amz-request-id"), get.headers().get("x-amz-request-id"));
            client.head("GET", "/b/0", wire.signed("GET", "/b/0", Map.of()));
            assertEquals(200, client.receive().status());
        }
        assertEquals(0, wire.lent.get());
    }

    @Test
    void answersWithoutBody() throws Exception {
        try (RawClient client = wire.client()) {
            client.head("HEAD", "/b/k", wire.signed("HEAD", "/b/k", Map.of()));
            assertEquals("12345", client.receive(false).headers().get("content-length"));
            client.head("HEAD", "/b/k", Map.of("host", "localhost"));
            assertEquals(403, client.receive(false).status());
            client.head("DELETE", "/b/k", wire.signed("DELETE", "/b/k", Map.of()));
            RawClient.Response deleted = client.receive(false);
            assertEquals(204, deleted.status());
            assertFalse(deleted.headers().containsKey("content-length"));
            client.head("HEAD", "/b", wire.signed("HEAD", "/b", Map.of()));
            assertEquals(200, client.receive(false).status());
        }
    }

    @Test
    void aReadThatBreaksOffIsNoticed() throws Exception {
        try (RawClient client = wire.client()) {
            client.head("GET", "/b/300000-of-300001", wire.signed("GET", "/b/300000-of-300001", Map.of()));
            assertThrows(EOFException.class, client::receive);
        }
    }

    @Test
    void aFaultOfOursIsAnInternalErrorThatTellsNothing() throws Exception {
        try (RawClient client = wire.client()) {
            client.head("GET", "/", wire.signed("GET", "/", Map.of()));
            RawClient.Response answer = client.receive();
            assertEquals("InternalError", answer.code());
            assertFalse(answer.text().contains("fault of the test"));
            client.head("GET", "/b/5", wire.signed("GET", "/b/5", Map.of()));
            assertEquals(5, client.receive().body().length);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/b/%zz,400,InvalidURI", "GET,/b/%ff,400,InvalidURI", "GET,/b?prefix=%e4,400,InvalidURI",
        "GET,/b?acl&policy,400,InvalidArgument", "PUT,/b/k?location,405,MethodNotAllowed",
                "PATCH,/b/k,405,MethodNotAllowed",
        "GET,/b?acl,403,AccessDenied", "GET,/b/k,403,AccessDenied", "OPTIONS,/b/k,501,NotImplemented",
        "GET,b/k,400,InvalidURI"
    })
    void errorsOfTheHeadLeaveTheConnectionUsable(String method, String target, int status, String code)
            throws Exception {
        try (RawClient client = wire.client()) {
            client.head(method, target, Map.of("host", "localhost"));
            RawClient.Response answer = client.receive();
            assertEquals(status, answer.status(), answer::text);
            assertEquals(code, answer.code());
            assertTrue(
                    answer.text().contains("<RequestId>" + answer.headers().get("x-amz-request-id") + "</RequestId>"));
            client.head("GET", "/b/5", wire.signed("GET", "/b/5", Map.of()));
            assertEquals(5, client.receive().body().length);
        }
    }

    @Test
    void operationsThatAreNotImplementedAreNamed() throws Exception {
        try (RawClient client = wire.client()) {
            client.head(
                            "PUT",
                            "/b/k?acl",
                            wire.signed("PUT", "/b/k", Map.of("acl", ""), Map.of("content-length", "12")))
                    .send(HELLO);
            RawClient.Response answer = client.receive();
            assertEquals(501, answer.status());
            assertTrue(answer.text().contains("PutObjectAcl"), answer::text);
            client.head("GET", "/b/5", wire.signed("GET", "/b/5", Map.of()));
            assertEquals(5, client.receive().body().length);
        }
    }

    @Test
    void pipelinedRequestsAfterAnError() throws Exception {
        try (RawClient client = wire.client()) {
            client.head("PUT", "/b/refused", wire.signed("PUT", "/b/refused", Map.of("content-length", "12")))
                    .send(HELLO)
                    .head("GET", "/b/7", wire.signed("GET", "/b/7", Map.of()))
                    .head("GET", "/b/8", wire.signed("GET", "/b/8", Map.of()));
            assertEquals("PreconditionFailed", client.receive().code());
            assertEquals(7, client.receive().body().length);
            assertEquals(8, client.receive().body().length);
        }
    }

    @Test
    void aLargeUnwantedBodyClosesTheConnectionAfterTheAnswer() throws Exception {
        try (RawClient client = wire.client()) {
            client.head("PUT", "/b/refused", wire.signed("PUT", "/b/refused", Map.of("content-length", "100000000")))
                    .send(new byte[300_000]);
            RawClient.Response answer = client.receive();
            assertEquals("PreconditionFailed", answer.code());
            assertEquals("close", answer.headers().get("connection"));
            client.send(new byte[700_000]);
            assertThrows(IOException.class, () -> {
                for (int i = 0; i < 1000; i++) {
                    client.send(new byte[100_000]);
                }
            });
        }
    }

    @Test
    void continueIsSaidOnlyWhenTheBodyIsWanted() throws Exception {
        Map<String, String> expect = Map.of("content-length", "12", "expect", "100-continue");
        try (RawClient client = wire.client()) {
            client.head("PUT", "/b/k", wire.signed("PUT", "/b/k", expect));
            assertEquals(100, client.receive().status());
            client.send(HELLO);
            assertEquals(200, client.receive().status());
            assertArrayEquals(HELLO, wire.stored.take());
            client.head("PUT", "/b/refused", wire.signed("PUT", "/b/refused", expect));
            RawClient.Response refused = client.receive();
            assertEquals(412, refused.status());
            assertEquals("close", refused.headers().get("connection"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GARBAGE\r\n\r\n",
                "GET / HTTP/1.1\r\nno colon here\r\n\r\n",
                "PUT /b/k HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n",
                "PUT /b/k HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!"
            })
    void whatIsNoHttpIsRefusedAndTheConnectionClosed(String bytes) throws Exception {
        try (RawClient client = wire.client()) {
            client.send(bytes);
            RawClient.Response answer = client.receive();
            assertEquals(4, answer.status() / 100, answer::text);
            assertTrue(client.isClosedByServer());
        }
    }

    @Test
    void otherVersionsOfHttpAreRefused() throws Exception {
        try (RawClient client = wire.client()) {
            client.send("GET / HTTP/9.9\r\nhost: x\r\n\r\n");
            assertEquals(5, client.receive().status() / 100);
            assertTrue(client.isClosedByServer());
        }
    }

    /** Nobody knows where the next request would begin. */
    @Test
    void brokenChunksOfHttpItselfEndTheConnection() throws Exception {
        try (RawClient client = wire.client()) {
            client.head(
                            "PUT",
                            "/b/k",
                            wire.signed(
                                    "PUT",
                                    "/b/k",
                                    Map.of(
                                            "transfer-encoding",
                                            "chunked",
                                            "x-amz-decoded-content-length",
                                            "12",
                                            "x-amz-content-sha256",
                                            "STREAMING-UNSIGNED-PAYLOAD-TRAILER")))
                    .send("zz\r\n");
            assertTrue(client.isClosedByServer());
        }
    }

    @Test
    void nothingIsDoneBehindAnAnswerThatClosesTheConnection() throws Exception {
        Map<String, String> closing = Map.of("transfer-encoding", "gzip");
        try (RawClient client = wire.client()) {
            client.send(RawClient.headOf("PUT", "/b/refused", wire.signed("PUT", "/b/refused", closing))
                    + RawClient.headOf(
                            "PUT", "/b/smuggled", wire.signed("PUT", "/b/smuggled", Map.of("content-length", "1")))
                    + "x");
            assertEquals(501, client.receive().status());
            assertTrue(client.isClosedByServer());
        }
    }

    /** What would be taken for the next request behind a body whose coding is not known. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "transfer-encoding: gzip",
                "transfer-encoding: identity\r\ncontent-length: 5",
                "transfer-encoding: gzip, chunked\r\n\r\n0",
                "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0",
                "transfer-encoding: xchunked"
            })
    void otherCodingsOfTransferEndTheConnection(String lines) throws Exception {
        try (RawClient client = wire.client()) {
            client.send(
                    "PUT /b/k HTTP/1.1\r\nhost: x\r\n" + lines + "\r\n\r\n" + "HEAD /b HTTP/1.1\r\nhost: x\r\n\r\n");
            RawClient.Response answer = client.receive();
            assertEquals(501, answer.status());
            assertEquals("NotImplemented", answer.code());
            assertEquals("close", answer.headers().get("connection"));
            assertTrue(client.isClosedByServer());
        }
    }

    @Test
    void absurdHeadersAreRefused() throws Exception {
        try (RawClient client = wire.client()) {
            client.send("GET / HTTP/1.1\r\nhost: x\r\nx-long: " + "y".repeat(20_000) + "\r\n\r\n");
            RawClient.Response answer = client.receive();
            assertEquals(400, answer.status());
            assertEquals("RequestHeaderSectionTooLarge", answer.code());
            assertTrue(client.isClosedByServer());
        }
        try (RawClient client = wire.client()) {
            client.send("GET /" + "y".repeat(20_000) + " HTTP/1.1\r\nhost: x\r\n\r\n");
            assertEquals("InvalidURI", client.receive().code());
            assertTrue(client.isClosedByServer());
        }
    }

    @Test
    void aBodyThatIsCutShortIsNotStored() throws Exception {
        try (RawClient client = wire.client()) {
            client.head("PUT", "/b/k", wire.signed("PUT", "/b/k", Map.of("content-length", "1000")))
                    .send(HELLO);
        }
        try (RawClient client = wire.client()) {
            client.head("GET", "/b/5", wire.signed("GET", "/b/5", Map.of()));
            assertEquals(5, client.receive().body().length);
        }
    }

    @Test
    void aBodyWithoutLengthIsRefused() throws Exception {
        try (RawClient client = wire.client()) {
            client.head("PUT", "/b/k", wire.signed("PUT", "/b/k", Map.of()));
            RawClient.Response answer = client.receive();
            assertEquals(411, answer.status());
            assertEquals("MissingContentLength", answer.code());
            client.head("PUT", "/b/k", wire.signed("PUT", "/b/k", Map.of("content-length", "0")));
            assertEquals(200, client.receive().status());
            assertEquals(0, wire.stored.take().length);
        }
    }

    @Test
    void aHashThatWasSignedIsVerified() throws Exception {
        try (RawClient client = wire.client()) {
            Map<String, String> good =
                    Map.of("content-length", "12", "x-amz-content-sha256", TestSigner.sha256Hex(HELLO));
            client.head("PUT", "/b/k", wire.signed("PUT", "/b/k", good)).send(HELLO);
            assertEquals(200, client.receive().status());
            assertArrayEquals(HELLO, wire.stored.take());
            client.head("PUT", "/b/k", wire.signed("PUT", "/b/k", good)).send("hello, w0rld");
            assertEquals("XAmzContentSHA256Mismatch", client.receive().code());
        }
    }

    @Test
    void smallBodiesAreBoundedAndVerified() throws Exception {
        try (RawClient client = wire.client()) {
            Map<String, String> delete = Map.of("delete", "");
            client.head("POST", "/b?delete", wire.signed("POST", "/b", delete, Map.of("content-length", "12")))
                    .send(HELLO);
            assertArrayEquals(HELLO, client.receive().body());
            client.head(
                            "POST",
                            "/b?delete",
                            wire.signed(
                                    "POST",
                                    "/b",
                                    delete,
                                    Map.of("content-length", "12", "content-md5", "AAAAAAAAAAAAAAAAAAAAAA==")))
                    .send(HELLO);
            assertEquals("BadDigest", client.receive().code());
            client.head(
                            "POST",
                            "/b?delete",
                            wire.signed("POST", "/b", delete, Map.of("content-length", "12", "content-md5", "AAAA")))
                    .send(HELLO);
            assertEquals("InvalidDigest", client.receive().code());
            client.head("POST", "/b?delete", wire.signed("POST", "/b", delete, Map.of("content-length", "1025")))
                    .send(new byte[1025]);
            assertEquals("MaxMessageLengthExceeded", client.receive().code());
            client.head("POST", "/b?delete", wire.signed("POST", "/b", delete, Map.of("transfer-encoding", "chunked")))
                    .send("c\r\nhello, world\r\n0\r\n\r\n");
            assertArrayEquals(HELLO, client.receive().body());
        }
    }

    @Test
    void aBucketInTheHostAndOneInThePathAreTheSame() throws Exception {
        try (RawClient client = wire.client()) {
            Map<String, String> head =
                    Map.of("host", "b.s3.example.org:9000", "x-amz-content-sha256", "UNSIGNED-PAYLOAD");
            client.head("GET", "/6", wire.signer().sign("GET", "/6", Map.of(), head));
            assertEquals(6, client.receive().body().length);
        }
    }

    @Test
    void aLargeBodyGoesThroughBothWays() throws Exception {
        byte[] body = new byte[5_000_000];
        Arrays.fill(body, (byte) 7);
        try (RawClient client = wire.client()) {
            client.head("PUT", "/b/k", wire.signed("PUT", "/b/k", Map.of("content-length", "5000000")))
                    .send(body);
            assertEquals(200, client.receive().status());
            assertArrayEquals(body, wire.stored.take());
            client.head("GET", "/b/50000000", wire.signed("GET", "/b/50000000", Map.of()));
            assertEquals(50_000_000, client.receive().body().length);
        }
    }

    @Test
    void aHeaderCanNotBeSplit() throws Exception {
        try (RawClient client = wire.client()) {
            for (String value : List.of("a\r\nx-evil: 1", "a\nb", "a\0b")) {
                Map<String, String> query = Map.of("response-content-type", value);
                client.head(
                        "GET",
                        "/b/5?response-content-type=" + TestSigner.encode(value),
                        wire.signed("GET", "/b/5", query, Map.of()));
                RawClient.Response answer = client.receive();
                assertEquals("InvalidArgument", answer.code());
                assertFalse(answer.headers().containsKey("etag"), "left over from the answer that was not given");
            }
        }
        assertEquals(0, wire.lent.get());
    }

    @Test
    void requestsAreCounted() throws Exception {
        long before =
                wire.server.counted().requests().get(S3Operation.GET_OBJECT).success();
        try (RawClient client = wire.client()) {
            client.head("GET", "/b/9", wire.signed("GET", "/b/9", Map.of()));
            client.receive();
            client.head("GET", "/b/9", wire.signed("GET", "/b/9", Map.of()));
            client.receive();
        }
        assertTrue(wire.server.counted().requests().get(S3Operation.GET_OBJECT).success() > before);
    }
}
