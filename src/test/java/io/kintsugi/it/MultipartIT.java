package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.S3Exception;

class MultipartIT {
    private static final int PART = 5 * Bytes.MIB;
    private static S3Client client;
    private static String bucket;

    @BeforeAll
    static void connect() {
        client = SharedStore.client();
        bucket = SharedStore.bucket(client, "multipart");
    }

    @AfterAll
    static void disconnect() {
        client.close();
    }

    private static String create(String key) {
        return client.createMultipartUpload(b -> b.bucket(bucket).key(key)).uploadId();
    }

    private static CompletedPart upload(String key, String upload, int number, byte[] content) {
        String etag = client.uploadPart(
                        b -> b.bucket(bucket).key(key).uploadId(upload).partNumber(number),
                        RequestBody.fromBytes(content))
                .eTag();
        return CompletedPart.builder().partNumber(number).eTag(etag).build();
    }

    private static void complete(String key, String upload, List<CompletedPart> parts) {
        client.completeMultipartUpload(
                b -> b.bucket(bucket).key(key).uploadId(upload).multipartUpload(m -> m.parts(parts)));
    }

    private static String code(Executable call) {
        return assertThrows(S3Exception.class, call).awsErrorDetails().errorCode();
    }

    @Test
    void twoHundredMebibytes() throws Exception {
        String upload = create("large");
        List<CompletedPart> parts = new ArrayList<>();
        MessageDigest sent = MessageDigest.getInstance("SHA-256");
        for (int i = 1; i <= 25; i++) {
            byte[] content = Bytes.random(i, 8 * Bytes.MIB);
            sent.update(content);
            parts.add(upload("large", upload, i, content));
        }
        complete("large", upload, parts);
        MessageDigest received = MessageDigest.getInstance("SHA-256");
        try (var body = client.getObject(b -> b.bucket(bucket).key("large"))) {
            assertEquals(200L * Bytes.MIB, body.response().contentLength());
            assertEquals("-25\"", body.response().eTag().substring(33));
            byte[] buffer = new byte[Bytes.MIB];
            for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                received.update(buffer, 0, n);
            }
        }
        assertArrayEquals(sent.digest(), received.digest());
        byte[] across = client.getObject(
                        b -> b.bucket(bucket).key("large").range("bytes=8388600-8388620"),
                        ResponseTransformer.toBytes())
                .asByteArray();
        assertArrayEquals(
                Arrays.copyOfRange(Bytes.random(1, 8 * Bytes.MIB), 8388600, 8388608), Arrays.copyOf(across, 8));
        assertArrayEquals(Arrays.copyOf(Bytes.random(2, 8 * Bytes.MIB), 13), Arrays.copyOfRange(across, 8, 21));
    }

    @Test
    void partsAreReadOneByOne() {
        String upload = create("by-part");
        byte[] last = Bytes.random(3, 1000);
        // numbers need not be next to each other, and a part may be sent again
        upload("by-part", upload, 2, Bytes.random(9, PART));
        List<CompletedPart> parts = List.of(
                upload("by-part", upload, 2, Bytes.random(1, PART)),
                upload("by-part", upload, 5, Bytes.random(2, PART)),
                upload("by-part", upload, 9, last));
        ListPartsResponse first = client.listParts(
                b -> b.bucket(bucket).key("by-part").uploadId(upload).maxParts(2));
        assertEquals(List.of(2, 5), first.parts().stream().map(Part::partNumber).toList());
        assertEquals(5, first.nextPartNumberMarker());
        complete("by-part", upload, parts);
        ResponseBytes<GetObjectResponse> part =
                client.getObject(b -> b.bucket(bucket).key("by-part").partNumber(9), ResponseTransformer.toBytes());
        assertArrayEquals(last, part.asByteArray());
        assertEquals(3, part.response().partsCount());
        assertEquals(
                2L * PART + 1000,
                client.headObject(b -> b.bucket(bucket).key("by-part")).contentLength());
    }

    @Test
    void partsAreCopied() {
        byte[] source = Bytes.random(4, 2 * PART);
        client.putObject(b -> b.bucket(bucket).key("part-source"), RequestBody.fromBytes(source));
        String upload = create("copied");
        List<CompletedPart> parts = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int number = i + 1;
            String range = "bytes=" + i * PART + "-" + (number * PART - 1);
            String etag = client.uploadPartCopy(b -> b.sourceBucket(bucket)
                            .sourceKey("part-source")
                            .copySourceRange(range)
                            .destinationBucket(bucket)
                            .destinationKey("copied")
                            .uploadId(upload)
                            .partNumber(number))
                    .copyPartResult()
                    .eTag();
            parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
        }
        complete("copied", upload, parts);
        assertArrayEquals(
                source,
                client.getObject(b -> b.bucket(bucket).key("copied"), ResponseTransformer.toBytes())
                        .asByteArray());
    }

    @Test
    void uploadsAreListedAndAborted() {
        String own = SharedStore.bucket(client, "uploads");
        List<String> ids = new ArrayList<>();
        for (String key : List.of("a/1", "a/2", "b", "b")) {
            ids.add(client.createMultipartUpload(x -> x.bucket(own).key(key)).uploadId());
        }
        List<String> found = new ArrayList<>();
        client.listMultipartUploadsPaginator(b -> b.bucket(own).maxUploads(1)).uploads().stream()
                .map(MultipartUpload::uploadId)
                .forEach(found::add);
        assertEquals(ids, found);
        var rolled = client.listMultipartUploads(b -> b.bucket(own).delimiter("/"));
        assertEquals("a/", rolled.commonPrefixes().getFirst().prefix());
        assertEquals(2, rolled.uploads().size());
        List<String> pages = new ArrayList<>();
        client.listMultipartUploadsPaginator(b -> b.bucket(own).delimiter("/").maxUploads(1))
                .forEach(page -> {
                    page.commonPrefixes().forEach(prefix -> pages.add(prefix.prefix()));
                    page.uploads().forEach(upload -> pages.add(upload.uploadId()));
                });
        assertEquals(List.of("a/", ids.get(2), ids.get(3)), pages);
        List<String> keys = List.of("a/1", "a/2", "b", "b");
        for (int i = 0; i < 4; i++) {
            String key = keys.get(i);
            String id = ids.get(i);
            client.abortMultipartUpload(b -> b.bucket(own).key(key).uploadId(id));
        }
        assertEquals(List.of(), client.listMultipartUploads(b -> b.bucket(own)).uploads());
        assertThrows(
                NoSuchUploadException.class,
                () -> client.listParts(b -> b.bucket(own).key("b").uploadId(ids.getLast())));
        client.deleteBucket(b -> b.bucket(own));
    }

    @Test
    void completionsHaveRules() {
        String upload = create("rules");
        CompletedPart one = upload("rules", upload, 1, new byte[100]);
        CompletedPart two = upload("rules", upload, 2, new byte[100]);
        assertEquals("InvalidPartOrder", code(() -> complete("rules", upload, List.of(two, one))));
        assertEquals("EntityTooSmall", code(() -> complete("rules", upload, List.of(one, two))));
        CompletedPart wrong =
                one.toBuilder().eTag("\"0123456789abcdef0123456789abcdef\"").build();
        assertEquals("InvalidPart", code(() -> complete("rules", upload, List.of(wrong))));
        client.putObject(b -> b.bucket(bucket).key("rules"), RequestBody.fromString("here already"));
        assertEquals(
                "PreconditionFailed",
                code(() -> client.completeMultipartUpload(b -> b.bucket(bucket)
                        .key("rules")
                        .uploadId(upload)
                        .ifNoneMatch("*")
                        .multipartUpload(m -> m.parts(one)))));
        assertEquals(
                "InvalidRequest",
                code(() -> client.completeMultipartUpload(b -> b.bucket(bucket)
                        .key("rules")
                        .uploadId(upload)
                        .mpuObjectSize(99L)
                        .multipartUpload(m -> m.parts(one)))));
        complete("rules", upload, List.of(one));
        assertEquals(100, client.headObject(b -> b.bucket(bucket).key("rules")).contentLength());
        // HttpURLConnection keeps no body of an answer that comes instead of 100 Continue
        S3Exception unknown = assertThrows(
                S3Exception.class, () -> upload("rules", "0123456789abcdef0123456789abcdef", 1, new byte[1]));
        assertEquals(404, unknown.statusCode());
    }
}
