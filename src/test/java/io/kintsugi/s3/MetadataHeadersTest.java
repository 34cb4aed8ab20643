package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.StoreException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataHeadersTest {
    @Test
    void keepsWhatIsContentAndNothingElse() {
        ObjectMetadata metadata = MetadataHeaders.parse(Headers.of(
                "host", "localhost",
                "content-type", "text/plain; charset=x",
                "content-length", "5",
                "content-encoding", "aws-chunked, gzip",
                "cache-control", "no-cache",
                "expires", "whenever",
                "x-amz-meta-one", "1",
                "x-amz-meta-one", "2",
                "x-amz-meta-", "nameless",
                "x-amz-tagging", "k=v",
                "x-amz-website-redirect-location", "/elsewhere"));
        assertEquals(
                Map.of(
                        "content-type", "text/plain; charset=x",
                        "content-encoding", "gzip",
                        "cache-control", "no-cache",
                        "expires", "whenever",
                        "x-amz-website-redirect-location", "/elsewhere"),
                metadata.headers());
        assertEquals(Map.of("one", "1,2"), metadata.user());
        assertEquals(Map.of("k", "v"), metadata.tags());
    }

    @ParameterizedTest
    @CsvSource({
        "'gzip, aws-chunked', gzip",
        "'deflate, aws-chunked,gzip', 'deflate, gzip'",
        "'deflate,gzip', 'deflate,gzip'"
    })
    void encodingsStayAsTheyWereSent(String sent, String kept) {
        ObjectMetadata metadata = MetadataHeaders.parse(Headers.of("content-encoding", sent));
        assertEquals(Map.of("content-encoding", kept), metadata.headers());
    }

    @Test
    void chunkingIsNoEncodingOfTheContent() {
        assertEquals(
                Map.of(),
                MetadataHeaders.parse(Headers.of("content-encoding", "aws-chunked"))
                        .headers());
    }

    @Test
    void userMetadataBeyondAsciiIsReadAsUtf8AndReturnedMailSafe() {
        String asTheServerReadsIt =
                new String("ÄMÄZÕÑ S3".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        ObjectMetadata metadata = MetadataHeaders.parse(
                Headers.of("x-amz-meta-utf8", asTheServerReadsIt, "x-amz-meta-latin", "\u00e9t\u00e9"));
        assertEquals(Map.of("utf8", "ÄMÄZÕÑ S3", "latin", "été"), metadata.user());
        S3Response response = S3Response.ok();
        MetadataHeaders.write(metadata, Map.of(), response);
        assertTrue(response.headers()
                .contains(new S3Response.Header("x-amz-meta-utf8", "=?UTF-8?B?w4RNw4Raw5XDkSBTMw==?=")));
    }

    @Test
    void whatTheClientEncodedStaysAsItIs() {
        String word = "=?UTF-8?Q?caf=C3=A9?=";
        ObjectMetadata metadata = MetadataHeaders.parse(Headers.of("x-amz-meta-a", word));
        S3Response response = S3Response.ok();
        MetadataHeaders.write(metadata, Map.of(), response);
        assertTrue(response.headers().contains(new S3Response.Header("x-amz-meta-a", word)));
    }

    @Test
    void contentTypeHasADefaultAndTheQueryOverrides() {
        S3Response response = S3Response.ok();
        MetadataHeaders.write(ObjectMetadata.NONE, Map.of("cache-control", "no-store"), response);
        assertTrue(response.headers().contains(new S3Response.Header("Content-Type", "binary/octet-stream")));
        assertTrue(response.headers().contains(new S3Response.Header("Cache-Control", "no-store")));
    }

    @Test
    void userMetadataHasALimit() {
        assertEquals(
                2044,
                MetadataHeaders.parse(Headers.of("x-amz-meta-name", "v".repeat(2044)))
                        .user()
                        .get("name")
                        .length());
        Headers tooLarge = Headers.of("x-amz-meta-name", "v".repeat(2045));
        assertEquals(
                StoreException.Invalid.Kind.METADATA_TOO_LARGE,
                assertThrows(StoreException.Invalid.class, () -> MetadataHeaders.parse(tooLarge))
                        .kind());
    }

    @ParameterizedTest
    @CsvSource({"STANDARD, true", "REDUCED_REDUNDANCY, true", "GLACIER, false", "standard, false", "'', false"})
    void storageClasses(String name, boolean accepted) {
        Headers headers = Headers.of("x-amz-storage-class", name);
        if (accepted) {
            assertEquals("STANDARD", MetadataHeaders.storageClass(headers));
        } else {
            assertEquals(
                    S3Error.INVALID_STORAGE_CLASS,
                    assertThrows(S3Exception.class, () -> MetadataHeaders.storageClass(headers))
                            .error());
        }
    }

    @Test
    void redirectsLeadSomewhere() {
        Headers headers = Headers.of("x-amz-website-redirect-location", "elsewhere");
        assertThrows(S3Exception.class, () -> MetadataHeaders.parse(headers));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-amz-server-side-encryption",
                "x-amz-server-side-encryption-customer-key",
                "x-amz-object-lock-mode",
                "x-amz-object-lock-legal-hold",
                "x-amz-grant-read",
                "x-amz-acl",
                "x-amz-request-payer",
                "x-amz-copy-source-server-side-encryption-customer-key",
                "x-amz-write-offset-bytes"
            })
    void whatIsNotDoneIsRefused(String header) {
        S3Exception refusal =
                assertThrows(S3Exception.class, () -> UnsupportedHeaders.checkWrite(Headers.of(header, "public-read")));
        assertEquals(S3Error.NOT_IMPLEMENTED, refusal.error());
        assertTrue(refusal.getMessage().contains(header));
    }

    @Test
    void whatGrantsNothingIsAccepted() {
        UnsupportedHeaders.checkWrite(Headers.of("x-amz-acl", "private"));
        UnsupportedHeaders.checkCreateBucket(Headers.of(
                "x-amz-bucket-object-lock-enabled", "false", "x-amz-object-ownership", "BucketOwnerEnforced"));
        Headers locked = Headers.of("x-amz-bucket-object-lock-enabled", "true");
        assertThrows(S3Exception.class, () -> UnsupportedHeaders.checkCreateBucket(locked));
    }
}
