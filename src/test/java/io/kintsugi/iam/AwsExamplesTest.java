package io.kintsugi.iam;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The examples that AWS publishes with their signatures.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html">Header examples</a>
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html">Chunked upload</a>
 */
class AwsExamplesTest {
    private static final RootCredentials ROOT =
            new RootCredentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final String HOST = "examplebucket.s3.amazonaws.com";
    private static final SigV4Verifier VERIFIER =
            new SigV4Verifier(ROOT, "us-east-1", new SettableClock(Instant.parse("2013-05-24T00:00:00Z")));

    @Test
    void getObject() {
        verifies(new SignedRequest(
                "GET",
                "/test.txt",
                "",
                List.of(
                        "host",
                        HOST,
                        "range",
                        "bytes=0-9",
                        "x-amz-content-sha256",
                        EMPTY,
                        "x-amz-date",
                        "20130524T000000Z",
                        "authorization",
                        authorization(
                                "host;range;x-amz-content-sha256;x-amz-date",
                                "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"))));
    }

    @Test
    void putObject() {
        String hash = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
        Verified verified = verifies(new SignedRequest(
                "PUT",
                "/test%24file.text",
                "",
                List.of(
                        "host",
                        HOST,
                        "date",
                        "Fri, 24 May 2013 00:00:00 GMT",
                        "x-amz-date",
                        "20130524T000000Z",
                        "x-amz-storage-class",
                        "REDUCED_REDUNDANCY",
                        "x-amz-content-sha256",
                        hash,
                        "authorization",
                        authorization(
                                "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                                "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"))));
        Payload.Hashed payload = assertInstanceOf(Payload.Hashed.class, verified.payload());
        assertArrayEquals(Hmac.Sha256.of("Welcome to Amazon S3.".getBytes(StandardCharsets.UTF_8)), payload.sha256());
    }

    @Test
    void putObjectWhoseNameIsSentBare() {
        String hash = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
        verifies(new SignedRequest(
                "PUT",
                "/test$file.text",
                "",
                List.of(
                        "host",
                        HOST,
                        "date",
                        "Fri, 24 May 2013 00:00:00 GMT",
                        "x-amz-date",
                        "20130524T000000Z",
                        "x-amz-storage-class",
                        "REDUCED_REDUNDANCY",
                        "x-amz-content-sha256",
                        hash,
                        "authorization",
                        authorization(
                                "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                                "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"))));
    }

    @Test
    void getBucketLifecycle() {
        verifies(new SignedRequest(
                "GET",
                "/",
                "lifecycle",
                List.of(
                        "host",
                        HOST,
                        "x-amz-content-sha256",
                        EMPTY,
                        "x-amz-date",
                        "20130524T000000Z",
                        "authorization",
                        authorization(
                                "host;x-amz-content-sha256;x-amz-date",
                                "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"))));
    }

    @Test
    void listObjects() {
        verifies(new SignedRequest(
                "GET",
                "/",
                "prefix=J&max-keys=2",
                List.of(
                        "host",
                        HOST,
                        "x-amz-content-sha256",
                        EMPTY,
                        "x-amz-date",
                        "20130524T000000Z",
                        "authorization",
                        authorization(
                                "host;x-amz-content-sha256;x-amz-date",
                                "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"))));
    }

    @Test
    void presignedGet() {
        Verified verified = verifies(new SignedRequest(
                "GET",
                "/test.txt",
                "X-Amz-Algorithm=AWS4-HMAC-SHA256"
                        + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                        + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                        + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
                List.of("host", HOST)));
        assertInstanceOf(Payload.Unsigned.class, verified.payload());
    }

    @Test
    void chunkedUpload() {
        ChunkSigner chunks = chunks(
                List.of(
                        "host",
                        "s3.amazonaws.com",
                        "x-amz-date",
                        "20130524T000000Z",
                        "x-amz-storage-class",
                        "REDUCED_REDUNDANCY",
                        "x-amz-content-sha256",
                        Payload.SIGNED_CHUNKS,
                        "content-encoding",
                        "aws-chunked",
                        "x-amz-decoded-content-length",
                        "66560",
                        "content-length",
                        "66824",
                        "authorization",
                        authorization(
                                "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;"
                                        + "x-amz-decoded-content-length;x-amz-storage-class",
                                "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9")),
                false);
        assertTrue(chunks.verifyChunk("ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648", a(65536)));
        assertTrue(chunks.verifyChunk("0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497", a(1024)));
        assertTrue(chunks.verifyChunk("b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9", a(0)));
        assertFalse(chunks.verifyChunk("b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9", a(0)));
    }

    @Test
    void chunkedUploadWithTrailer() throws Exception {
        ChunkSigner chunks = chunks(
                List.of(
                        "host",
                        "s3.amazonaws.com",
                        "x-amz-date",
                        "20130524T000000Z",
                        "x-amz-storage-class",
                        "REDUCED_REDUNDANCY",
                        "x-amz-content-sha256",
                        Payload.SIGNED_CHUNKS_TRAILER,
                        "content-encoding",
                        "aws-chunked",
                        "x-amz-decoded-content-length",
                        "66560",
                        "x-amz-trailer",
                        "x-amz-checksum-crc32c",
                        "authorization",
                        authorization(
                                "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;"
                                        + "x-amz-storage-class;x-amz-trailer",
                                "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e")),
                true);
        assertTrue(chunks.verifyChunk("b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2", a(65536)));
        assertTrue(chunks.verifyChunk("1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7", a(1024)));
        assertTrue(chunks.verifyChunk("2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992", a(0)));
        byte[] trailers = MessageDigest.getInstance("SHA-256")
                .digest("x-amz-checksum-crc32c:sOO8/Q==\n".getBytes(StandardCharsets.US_ASCII));
        assertTrue(chunks.verifyTrailer("d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435", trailers));
    }

    private static ChunkSigner chunks(List<String> headers, boolean trailer) {
        Verified verified = verifies(new SignedRequest("PUT", "/examplebucket/chunkObject.txt", "", headers));
        Payload.SignedChunks payload = assertInstanceOf(Payload.SignedChunks.class, verified.payload());
        assertEquals(trailer, payload.trailer());
        return payload.signer();
    }

    private static Verified verifies(SignedRequest request) {
        Verified verified = VERIFIER.verify(request);
        assertEquals(new Identity.Root(ROOT.accessKey()), verified.identity());
        return verified;
    }

    private static String authorization(String signedHeaders, String signature) {
        return "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders="
                + signedHeaders + ",Signature=" + signature;
    }

    /** The SHA-256 of that many letters a. */
    private static byte[] a(int count) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) 'a');
        return Hmac.Sha256.of(bytes);
    }
}
