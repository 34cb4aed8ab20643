package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.Clock;
import io.kintsugi.iam.AuthException;
import io.kintsugi.iam.RootCredentials;
import io.kintsugi.iam.SigV4Verifier;
import io.kintsugi.iam.SignedRequest;
import io.kintsugi.iam.TestSigner;
import io.kintsugi.iam.TestUrlSigner;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Presigned URLs on the wire: what they sign is what is done. */
class PresignedWireTest {
    private static final byte[] HELLO = TestSigner.latin1("hello, world");
    private static final Map<String, String> HOST = Map.of("host", "127.0.0.1:9000");
    private static WireFixture wire;

    @BeforeAll
    static void start() throws IOException {
        wire = new WireFixture(S3Limits.DEFAULT);
    }

    @AfterAll
    static void stop() {
        wire.close();
    }

    @Test
    void theBucketIsInThePathOrInTheHost() throws Exception {
        String query = signer().query("GET\n\n\n", "/b/6?response-content-type=a b");
        try (RawClient client = wire.client()) {
            client.head("GET", "/b/6?response-content-type=a%20b&" + query, HOST);
            RawClient.Response get = client.receive();
            assertEquals(6, get.body().length, get::text);
            assertEquals("a b", get.headers().get("content-type"));
            Map<String, String> hosted = Map.of("host", "b.s3.example.org:9000");
            client.head("GET", "/6?response-content-type=a%20b&" + query, hosted);
            assertEquals(6, client.receive().body().length);
            client.head("GET", "/7?response-content-type=a%20b&" + query, hosted);
            assertEquals("SignatureDoesNotMatch", client.receive().code());
        }
    }

    @Test
    void aBodyIsStoredAndTheDigestOfTheUrlHolds() throws Exception {
        Map<String, String> head = Map.of("host", "127.0.0.1:9000", "content-length", "12");
        try (RawClient client = wire.client()) {
            client.head("PUT", "/b/k?" + signer().query("PUT\n\n\n", "/b/k"), head)
                    .send(HELLO);
            assertEquals(200, client.receive().status());
            assertArrayEquals(HELLO, wire.stored.take());
            String query = signer().query("POST\nAAAAAAAAAAAAAAAAAAAAAA==\n\n", "/b/?delete");
            client.head("POST", "/b?delete&content-md5=AAAAAAAAAAAAAAAAAAAAAA%3D%3D&" + query, head)
                    .send(HELLO);
            RawClient.Response delete = client.receive();
            assertEquals("BadDigest", delete.code(), delete::text);
        }
    }

    @Test
    void aUrlForACopyTakesNoBytes() throws Exception {
        String query = "x-amz-copy-source=a%2Fb&" + signer().query("PUT\n\n\n", "x-amz-copy-source:a/b\n/b/k");
        try (RawClient client = wire.client()) {
            client.head("PUT", "/b/k?" + query, HOST);
            RawClient.Response copy = client.receive();
            assertEquals("NotImplemented", copy.code(), copy::text);
            assertEquals(List.of(), List.copyOf(wire.stored));
            client.head("PUT", "/b/k?" + query.replace("AWS", "%41WS"), HOST);
            assertEquals("NotImplemented", client.receive().code());
        }
    }

    @Test
    void aUrlOfVersion4ForACopyTakesNoBytes() throws Exception {
        for (String name : List.of("x-amz-copy-source", "X-Amz-Copy-Source", "X-AMZ-COPY-SOURCE")) {
            RawClient.Response copy = put(presigned(Map.of(name, "a/b")), HELLO);
            assertEquals("NotImplemented", copy.code(), copy::text);
            RawClient.Response part = put(presigned(Map.of(name, "a/b", "uploadId", "u", "partNumber", "1")), HELLO);
            assertEquals("NotImplemented", part.code(), part::text);
        }
        String url = presigned(Map.of("x-amz-copy-source", "a/b"));
        assertEquals(
                "InvalidRequest", put(url, HELLO, "x-amz-copy-source", "a/c").code());
        assertEquals("AccessDenied", put(url, HELLO, "x-amz-copy-source", "a/b").code());
        String without = url.replace("&x-amz-copy-source=a%2Fb", "");
        assertEquals("SignatureDoesNotMatch", put(without, HELLO).code());
        String plain = presigned(Map.of());
        assertEquals(
                "SignatureDoesNotMatch",
                put(plain + "&x-amz-copy-source=a%2Fb", HELLO).code());
        assertEquals(List.of(), List.copyOf(wire.stored));
    }

    @Test
    void aUrlOfVersion4BringsMetadataAndChecksum() throws Exception {
        RawClient.Response stored = put(presigned(Map.of("X-Amz-Meta-Colour", "blue", "x-id", "PutObject")), HELLO);
        assertEquals(200, stored.status(), stored::text);
        assertEquals("blue", stored.headers().get("x-amz-meta-colour"));
        assertArrayEquals(HELLO, wire.stored.take());
        String sum = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(TestSigner.sha256Hex(HELLO)));
        RawClient.Response summed = put(presigned(Map.of("x-amz-checksum-sha256", sum)), HELLO);
        assertEquals("SHA256", summed.headers().get("x-amz-meta-checksum"), summed::text);
        assertArrayEquals(HELLO, wire.stored.take());
    }

    @Test
    void metadataThatCouldNotBeSentAgainIsNotStored() throws Exception {
        RawClient.Response refused = put(presigned(Map.of("x-amz-meta-a b", "c")), HELLO);
        assertEquals("InvalidRequest", refused.code(), refused::text);
        assertEquals(List.of(), List.copyOf(wire.stored));
    }

    /** As the SDK for JavaScript makes them unasked. */
    @Test
    void theChecksumOfABodyThatWasNotKnownIsNotHeldAgainstIt() throws Exception {
        Map<String, String> query = Map.of("x-amz-checksum-crc32", "AAAAAA==", "x-amz-sdk-checksum-algorithm", "CRC32");
        RawClient.Response stored = put(presigned(query), HELLO);
        assertEquals(200, stored.status(), stored::text);
        assertFalse(stored.headers().containsKey("x-amz-meta-checksum"), stored::text);
        assertArrayEquals(HELLO, wire.stored.take());
    }

    /** Each sub-resource makes another operation of a request, so that none may be added to somebody's URL. */
    @Test
    void noSubresourceCanBeAdded() {
        SigV4Verifier verifier = new SigV4Verifier(new RootCredentials("tester", "secret"), "us-east-1", Clock.SYSTEM);
        TestUrlSigner signer = new TestUrlSigner("tester", "secret", end());
        String query = signer.query("GET\n\n\n", "/b/k");
        verifier.verify(new SignedRequest("GET", "/b/k", query, List.of("host", "h")));
        for (String name : Router.subresourceNames()) {
            SignedRequest added = new SignedRequest("GET", "/b/k", name + "&" + query, List.of("host", "h"));
            if (name.equals("attributes")) {
                verifier.verify(added);
            } else {
                assertThrows(AuthException.class, () -> verifier.verify(added), name);
            }
        }
    }

    private static String presigned(Map<String, String> query) {
        return "/b/k?" + wire.signer().presign("PUT", HOST.get("host"), "/b/k", query);
    }

    private static RawClient.Response put(String url, byte[] body, String... more) throws IOException {
        Map<String, String> head = new TreeMap<>(HOST);
        head.put("content-length", Integer.toString(body.length));
        for (int i = 0; i < more.length; i += 2) {
            head.put(more[i], more[i + 1]);
        }
        try (RawClient client = wire.client()) {
            client.head("PUT", url, head).send(body);
            return client.receive();
        }
    }

    private static long end() {
        return Instant.now().plus(Duration.ofMinutes(10)).getEpochSecond();
    }

    private static TestUrlSigner signer() {
        return new TestUrlSigner(wire.signer().accessKey(), wire.signer().secretKey(), end());
    }
}
