package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

class ObjectsIT {
    private static S3Client client;
    private static String bucket;

    @BeforeAll
    static void connect() {
        client = SharedStore.client();
        bucket = SharedStore.bucket(client, "objects");
    }

    @AfterAll
    static void disconnect() {
        client.close();
    }

    private static String put(String key, byte[] content) {
        return client.putObject(b -> b.bucket(bucket).key(key), RequestBody.fromBytes(content))
                .eTag();
    }

    private static ResponseBytes<GetObjectResponse> get(String key) {
        return client.getObject(b -> b.bucket(bucket).key(key), ResponseTransformer.toBytes());
    }

    private static int status(Executable call) {
        return assertThrows(S3Exception.class, call).statusCode();
    }

    /** Around what is stored inline, packed and in files, and around stripes. */
    @ParameterizedTest
    @ValueSource(
            ints = {
                0, 1, 4095, 4096, 16384, 16385, 65537, 262143, 262144, 262145, 1048575, 1048576, 1048577, 3145729,
                9000001
            })
    void everySizeIsReadAsItWasWritten(int size) {
        byte[] content = Bytes.random(size, size);
        put("size-" + size, content);
        ResponseBytes<GetObjectResponse> read = get("size-" + size);
        assertArrayEquals(content, read.asByteArray());
        assertEquals(size, read.response().contentLength());
        for (int first : new int[] {0, 1, size / 2, size - 1}) {
            if (first >= 0 && first < size) {
                assertArrayEquals(
                        Arrays.copyOfRange(content, first, Math.min(first + 70_000, size)),
                        range("size-" + size, "bytes=" + first + "-" + (first + 69_999)));
            }
        }
    }

    private static byte[] range(String key, String range) {
        return client.getObject(b -> b.bucket(bucket).key(key).range(range), ResponseTransformer.toBytes())
                .asByteArray();
    }

    @Test
    void rangesOfEveryForm() {
        put("ranges", "0123456789".getBytes(StandardCharsets.UTF_8));
        Map<String, String> expected = Map.of(
                "bytes=0-0", "0",
                "bytes=2-4", "234",
                "bytes=7-", "789",
                "bytes=-3", "789",
                "bytes=-30", "0123456789",
                "bytes=5-500", "56789",
                "bytes=9-3", "0123456789",
                "bytes=0-1,4-5", "0123456789");
        expected.forEach((range, content) ->
                assertEquals(content, new String(range("ranges", range), StandardCharsets.UTF_8), range));
        assertEquals(416, status(() -> range("ranges", "bytes=10-")));
        assertEquals(416, status(() -> range("ranges", "bytes=-0")));
        GetObjectResponse part = client.getObject(
                        b -> b.bucket(bucket).key("ranges").range("bytes=2-4"), ResponseTransformer.toBytes())
                .response();
        assertEquals("bytes 2-4/10", part.contentRange());
        assertEquals(206, part.sdkHttpResponse().statusCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..",
                "../..",
                "a/../b",
                "./x",
                "a//b",
                "//",
                "/leading",
                "trailing/",
                "a",
                "a/b",
                "ünï/cödé/字/😀",
                "white space +plus%percent",
                "?query=1&x",
                "#fragment",
                "\"quotes\"'<&>",
                "\\back\\slash",
                "tab\tkey",
                "~tilde*star(paren)!"
            })
    void keysAreBytes(String key) {
        byte[] content = key.getBytes(StandardCharsets.UTF_8);
        String own = SharedStore.bucket(client, "keys");
        client.putObject(b -> b.bucket(own).key(key), RequestBody.fromBytes(content));
        assertArrayEquals(
                content,
                client.getObject(b -> b.bucket(own).key(key), ResponseTransformer.toBytes())
                        .asByteArray());
        assertEquals(
                key,
                client.listObjectsV2(b -> b.bucket(own).encodingType("url"))
                        .contents()
                        .getFirst()
                        .key());
        client.copyObject(
                b -> b.sourceBucket(own).sourceKey(key).destinationBucket(own).destinationKey("copy"));
        client.deleteObject(b -> b.bucket(own).key(key));
        assertEquals(1, client.listObjectsV2(b -> b.bucket(own)).keyCount());
        assertEquals(404, status(() -> client.headObject(b -> b.bucket(own).key(key))));
    }

    @Test
    void theLongestKeyIsStoredAndNoLonger() {
        String longest = "字".repeat(341) + "x";
        put(longest, new byte[] {1});
        assertArrayEquals(new byte[] {1}, get(longest).asByteArray());
        S3Exception refusal = assertThrows(
                S3Exception.class,
                () -> client.listParts(b -> b.bucket(bucket).key(longest + "x").uploadId("x")));
        assertEquals("KeyTooLongError", refusal.awsErrorDetails().errorCode());
        assertEquals(400, status(() -> put(longest + "x", new byte[] {1})));
    }

    @Test
    void metadataAndHeadersComeBack() {
        client.putObject(
                b -> b.bucket(bucket)
                        .key("meta")
                        .contentType("text/plain; charset=utf-8")
                        .contentEncoding("gzip")
                        .contentLanguage("de")
                        .contentDisposition("attachment; filename=\"x.txt\"")
                        .cacheControl("max-age=60")
                        .expires(Instant.parse("2030-01-01T00:00:00Z"))
                        .websiteRedirectLocation("/elsewhere")
                        .tagging("a=1&b=2")
                        .metadata(Map.of("Color", "blue", "empty", "")),
                RequestBody.fromString("x"));
        HeadObjectResponse head = client.headObject(b -> b.bucket(bucket).key("meta"));
        assertEquals("text/plain; charset=utf-8", head.contentType());
        assertEquals("gzip", head.contentEncoding());
        assertEquals("de", head.contentLanguage());
        assertEquals("attachment; filename=\"x.txt\"", head.contentDisposition());
        assertEquals("max-age=60", head.cacheControl());
        assertEquals("Tue, 01 Jan 2030 00:00:00 GMT", head.expiresString());
        assertEquals("/elsewhere", head.websiteRedirectLocation());
        assertEquals(Map.of("color", "blue", "empty", ""), head.metadata());
        assertEquals("bytes", head.acceptRanges());
        GetObjectResponse overridden = client.getObject(
                        b -> b.bucket(bucket)
                                .key("meta")
                                .responseContentType("x/y")
                                .responseCacheControl("no-store"),
                        ResponseTransformer.toBytes())
                .response();
        assertEquals("x/y", overridden.contentType());
        assertEquals("no-store", overridden.cacheControl());
        assertEquals(2, overridden.tagCount());
    }

    @Test
    void readsHaveConditions() {
        String etag = put("read-if", new byte[] {1});
        Instant before = Instant.now().minus(Duration.ofDays(1));
        assertEquals(412, status(() -> read(b -> b.ifMatch("\"other\""))));
        assertEquals(304, status(() -> read(b -> b.ifNoneMatch(etag))));
        Instant written =
                client.headObject(b -> b.bucket(bucket).key("read-if")).lastModified();
        assertEquals(304, status(() -> read(b -> b.ifModifiedSince(written))));
        assertEquals(412, status(() -> read(b -> b.ifUnmodifiedSince(before))));
        read(b -> b.ifMatch(etag).ifUnmodifiedSince(before));
        read(b -> b.ifNoneMatch("\"other\"").ifModifiedSince(written));
        read(b -> b.ifModifiedSince(before));
    }

    private static void read(Consumer<GetObjectRequest.Builder> condition) {
        GetObjectRequest.Builder builder =
                GetObjectRequest.builder().bucket(bucket).key("read-if");
        condition.accept(builder);
        client.getObject(builder.build(), ResponseTransformer.toBytes());
    }

    @Test
    void writesHaveConditions() {
        PutObjectRequest absent = PutObjectRequest.builder()
                .bucket(bucket)
                .key("write-if")
                .ifNoneMatch("*")
                .build();
        String etag = client.putObject(absent, RequestBody.fromString("1")).eTag();
        assertEquals(412, status(() -> client.putObject(absent, RequestBody.fromString("2"))));
        PutObjectRequest match =
                absent.toBuilder().ifNoneMatch(null).ifMatch(etag).build();
        client.putObject(match, RequestBody.fromString("3"));
        assertEquals(412, status(() -> client.putObject(match, RequestBody.fromString("4"))));
        PutObjectRequest missing = match.toBuilder().key("write-if-missing").build();
        assertEquals(404, status(() -> client.putObject(missing, RequestBody.fromString("5"))));
        assertEquals("3", get("write-if").asUtf8String());
        assertEquals(
                412,
                status(() -> client.deleteObject(
                        b -> b.bucket(bucket).key("write-if").ifMatch(etag))));
        client.deleteObject(b -> b.bucket(bucket).key("write-if").ifMatch("*"));
        assertThrows(NoSuchKeyException.class, () -> get("write-if"));
    }

    @Test
    void copies() {
        byte[] content = Bytes.random(5, 2 * Bytes.MIB + 5);
        client.putObject(
                b -> b.bucket(bucket)
                        .key("copy/source")
                        .contentType("a/b")
                        .metadata(Map.of("m", "1"))
                        .tagging("t=1"),
                RequestBody.fromBytes(content));
        String etag = client.copyObject(b -> b.sourceBucket(bucket)
                        .sourceKey("copy/source")
                        .destinationBucket(bucket)
                        .destinationKey("copy/target"))
                .copyObjectResult()
                .eTag();
        assertEquals(client.headObject(b -> b.bucket(bucket).key("copy/source")).eTag(), etag);
        ResponseBytes<GetObjectResponse> same = get("copy/target");
        assertArrayEquals(content, same.asByteArray());
        assertEquals(Map.of("m", "1"), same.response().metadata());
        assertEquals("a/b", same.response().contentType());
        assertEquals(1, same.response().tagCount());
        client.copyObject(b -> b.sourceBucket(bucket)
                .sourceKey("copy/target")
                .destinationBucket(bucket)
                .destinationKey("copy/target")
                .metadataDirective(MetadataDirective.REPLACE)
                .metadata(Map.of("m", "2")));
        ResponseBytes<GetObjectResponse> replaced = get("copy/target");
        assertArrayEquals(content, replaced.asByteArray());
        assertEquals(Map.of("m", "2"), replaced.response().metadata());
        assertEquals("binary/octet-stream", replaced.response().contentType());
        assertEquals(
                400,
                status(() -> client.copyObject(b -> b.sourceBucket(bucket)
                        .sourceKey("copy/target")
                        .destinationBucket(bucket)
                        .destinationKey("copy/target"))));
        assertEquals(
                412,
                status(() -> client.copyObject(b -> b.sourceBucket(bucket)
                        .sourceKey("copy/target")
                        .destinationBucket(bucket)
                        .destinationKey("copy/other")
                        .copySourceIfNoneMatch(etag))));
    }

    @Test
    void deletesInBatches() {
        List<ObjectIdentifier> items = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String key = "batch/" + i + "/<&>";
            put(key, new byte[] {(byte) i});
            items.add(ObjectIdentifier.builder().key(key).build());
        }
        items.add(ObjectIdentifier.builder().key("batch/was-never-there").build());
        DeleteObjectsResponse deleted = client.deleteObjects(
                b -> b.bucket(bucket).delete(Delete.builder().objects(items).build()));
        assertEquals(201, deleted.deleted().size());
        assertEquals(List.of(), deleted.errors());
        assertEquals(
                0, client.listObjectsV2(b -> b.bucket(bucket).prefix("batch/")).keyCount());
        DeleteObjectsResponse quiet = client.deleteObjects(b -> b.bucket(bucket)
                .delete(Delete.builder().objects(items).quiet(true).build()));
        assertEquals(List.of(), quiet.deleted());
    }

    @Test
    void presignedRequestsNeedNoCredentials() throws Exception {
        try (S3Presigner presigner = S3Presigner.builder()
                .endpointOverride(SharedStore.endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(SharedStore.credentials(SharedStore.store()))
                .serviceConfiguration(
                        S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .build()) {
            String key = "presigned/ü +";
            byte[] content = Bytes.random(1, 100_000);
            URL put = presigner
                    .presignPutObject(b -> b.signatureDuration(Duration.ofMinutes(5))
                            .putObjectRequest(o -> o.bucket(bucket).key(key)))
                    .url();
            assertEquals(200, upload(put, content));
            URL get = presigner
                    .presignGetObject(b -> b.signatureDuration(Duration.ofMinutes(5))
                            .getObjectRequest(o -> o.bucket(bucket).key(key)))
                    .url();
            try (var body = get.openStream()) {
                assertArrayEquals(content, body.readAllBytes());
            }
            URL tampered = URI.create(get.toString().replace("presigned", "presigned2"))
                    .toURL();
            assertEquals(403, ((HttpURLConnection) tampered.openConnection()).getResponseCode());
        }
    }

    private static int upload(URL url, byte[] content) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        connection.setDoOutput(true);
        connection.setRequestMethod("PUT");
        connection.setFixedLengthStreamingMode(content.length);
        connection.getOutputStream().write(content);
        return connection.getResponseCode();
    }

    @Test
    void whatIsNotDoneIsRefused() {
        assertEquals(
                501,
                status(() -> client.putObject(
                        b -> b.bucket(bucket).key("sse").serverSideEncryption("AES256"), RequestBody.fromString("x"))));
        assertEquals(
                501,
                status(() -> client.putObject(
                        b -> b.bucket(bucket).key("acl").acl("public-read"), RequestBody.fromString("x"))));
        assertEquals(
                400,
                status(() -> client.putObject(
                        b -> b.bucket(bucket).key("cold").storageClass("GLACIER"), RequestBody.fromString("x"))));
        assertTrue(client.listObjectsV2(b -> b.bucket(bucket)).contents().stream()
                .noneMatch(o -> List.of("sse", "acl", "cold").contains(o.key())));
    }
}
