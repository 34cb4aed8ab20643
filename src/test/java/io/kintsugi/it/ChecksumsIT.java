package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.codec.Digest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectAttributes;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Every checksum algorithm: by the SDK where it computes and verifies it, else by headers. */
class ChecksumsIT {
    private static final byte[] CONTENT = Bytes.random(77, 1_500_003);
    private static S3Client sdk;
    private static S3Client bare;
    private static String bucket;

    @BeforeAll
    static void connect() {
        sdk = SharedStore.client();
        bare = SharedStore.clientOf(SharedStore.store())
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .build();
        bucket = SharedStore.bucket(sdk, "checksums");
    }

    @AfterAll
    static void disconnect() {
        sdk.close();
        bare.close();
    }

    private static String value(ChecksumAlgorithm algorithm, byte[] content) {
        Digest digest = Digest.of(algorithm);
        digest.update(content, 0, content.length);
        return Base64.getEncoder().encodeToString(digest.finish());
    }

    @ParameterizedTest
    @EnumSource(ChecksumAlgorithm.class)
    void isVerifiedKeptAndReturned(ChecksumAlgorithm algorithm) {
        String header = algorithm.headerName();
        String value = value(algorithm, CONTENT);
        String key = "by-header-" + algorithm;
        assertEquals(value, putWith(key, header, value).orElseThrow());
        GetObjectResponse read = bare.getObject(
                        b -> b.bucket(bucket).key(key).checksumMode(ChecksumMode.ENABLED),
                        ResponseTransformer.toBytes())
                .response();
        assertEquals(value, read.sdkHttpResponse().firstMatchingHeader(header).orElseThrow());
        assertEquals(ChecksumType.FULL_OBJECT, read.checksumType());
        String wrong = value(algorithm, new byte[] {1});
        S3Exception refusal = assertThrows(S3Exception.class, () -> putWith("wrong-" + algorithm, header, wrong));
        assertEquals("BadDigest", refusal.awsErrorDetails().errorCode());
        S3Exception nonsense = assertThrows(S3Exception.class, () -> putWith("wrong-" + algorithm, header, "AA=="));
        assertEquals(400, nonsense.statusCode());
        assertThrows(
                S3Exception.class, () -> bare.headObject(b -> b.bucket(bucket).key("wrong-" + algorithm)));
    }

    private static Optional<String> putWith(String key, String header, String value) {
        return bare.putObject(
                        b -> b.bucket(bucket).key(key).overrideConfiguration(o -> o.putHeader(header, value)),
                        RequestBody.fromBytes(CONTENT))
                .sdkHttpResponse()
                .firstMatchingHeader(header);
    }

    /** These the SDK sends as a trailer behind signed chunks, and verifies when it reads. */
    @ParameterizedTest
    @EnumSource(
            value = software.amazon.awssdk.services.s3.model.ChecksumAlgorithm.class,
            names = {"CRC32", "CRC32_C", "SHA1", "SHA256"})
    void travelsAsATrailer(software.amazon.awssdk.services.s3.model.ChecksumAlgorithm algorithm) {
        String key = "by-trailer-" + algorithm;
        sdk.putObject(b -> b.bucket(bucket).key(key).checksumAlgorithm(algorithm), RequestBody.fromBytes(CONTENT));
        ResponseBytes<GetObjectResponse> read = sdk.getObject(
                b -> b.bucket(bucket).key(key).checksumMode(ChecksumMode.ENABLED), ResponseTransformer.toBytes());
        assertArrayEquals(CONTENT, read.asByteArray());
        ChecksumAlgorithm ours =
                ChecksumAlgorithm.ofWireName(algorithm.toString()).orElseThrow();
        assertEquals(
                value(ours, CONTENT),
                read.response()
                        .sdkHttpResponse()
                        .firstMatchingHeader(ours.headerName())
                        .orElseThrow());
    }

    @Test
    void wrongContentMd5IsRefused() {
        String wrong = value(ChecksumAlgorithm.MD5, new byte[] {1});
        S3Exception refusal = assertThrows(
                S3Exception.class,
                () -> bare.putObject(
                        b -> b.bucket(bucket).key("md5").contentMD5(wrong), RequestBody.fromBytes(CONTENT)));
        assertEquals("BadDigest", refusal.awsErrorDetails().errorCode());
        String right = value(ChecksumAlgorithm.MD5, CONTENT);
        bare.putObject(b -> b.bucket(bucket).key("md5").contentMD5(right), RequestBody.fromBytes(CONTENT));
    }

    /** Whole checksums of parts put together, and checksums of checksums. */
    @ParameterizedTest
    @EnumSource(
            value = software.amazon.awssdk.services.s3.model.ChecksumAlgorithm.class,
            names = {"CRC32", "CRC32_C", "SHA1", "SHA256"})
    void ofPartsBecomesOneOfTheWhole(software.amazon.awssdk.services.s3.model.ChecksumAlgorithm algorithm) {
        ChecksumAlgorithm ours =
                ChecksumAlgorithm.ofWireName(algorithm.toString()).orElseThrow();
        List<byte[]> parts = List.of(Bytes.random(1, 5 * Bytes.MIB), Bytes.random(2, 5 * Bytes.MIB + 1), CONTENT);
        boolean whole = algorithm == software.amazon.awssdk.services.s3.model.ChecksumAlgorithm.CRC32;
        ChecksumType type = whole ? ChecksumType.FULL_OBJECT : ChecksumType.COMPOSITE;
        String key = "parts-" + algorithm;
        String upload = sdk.createMultipartUpload(b ->
                        b.bucket(bucket).key(key).checksumAlgorithm(algorithm).checksumType(type))
                .uploadId();
        List<CompletedPart> uploaded = IntStream.range(0, parts.size())
                .mapToObj(i -> part(key, upload, algorithm, i + 1, parts.get(i)))
                .toList();
        Digest expected = Digest.of(ours);
        for (byte[] part : parts) {
            byte[] bytes = whole ? part : Base64.getDecoder().decode(value(ours, part));
            expected.update(bytes, 0, bytes.length);
        }
        String value = Base64.getEncoder().encodeToString(expected.finish()) + (whole ? "" : "-3");
        S3Exception refusal = assertThrows(
                S3Exception.class,
                () -> complete(key, upload, uploaded, type, new Header(ours.headerName(), value(ours, CONTENT))));
        assertEquals("BadDigest", refusal.awsErrorDetails().errorCode());
        CompleteMultipartUploadResponse done =
                complete(key, upload, uploaded, type, new Header(ours.headerName(), value));
        assertEquals(type, done.checksumType());
        GetObjectAttributesResponse attributes = sdk.getObjectAttributes(b ->
                b.bucket(bucket).key(key).objectAttributes(ObjectAttributes.CHECKSUM, ObjectAttributes.OBJECT_PARTS));
        assertEquals(type, attributes.checksum().checksumType());
        assertEquals(3, attributes.objectParts().totalPartsCount());
        assertEquals(3, attributes.objectParts().parts().size());
        String header = sdk.headObject(b -> b.bucket(bucket).key(key).checksumMode(ChecksumMode.ENABLED))
                .sdkHttpResponse()
                .firstMatchingHeader(ours.headerName())
                .orElseThrow();
        assertEquals(value, header);
    }

    private static CompleteMultipartUploadResponse complete(
            String key, String upload, List<CompletedPart> parts, ChecksumType type, Header whole) {
        return sdk.completeMultipartUpload(b -> b.bucket(bucket)
                .key(key)
                .uploadId(upload)
                .checksumType(type)
                .overrideConfiguration(o -> o.putHeader(whole.name(), whole.value()))
                .multipartUpload(m -> m.parts(parts)));
    }

    private record Header(String name, String value) {}

    private static CompletedPart part(
            String key,
            String upload,
            software.amazon.awssdk.services.s3.model.ChecksumAlgorithm algorithm,
            int number,
            byte[] content) {
        var response = sdk.uploadPart(
                b -> b.bucket(bucket)
                        .key(key)
                        .uploadId(upload)
                        .partNumber(number)
                        .checksumAlgorithm(algorithm),
                RequestBody.fromBytes(content));
        return CompletedPart.builder()
                .partNumber(number)
                .eTag(response.eTag())
                .checksumCRC32(response.checksumCRC32())
                .checksumCRC32C(response.checksumCRC32C())
                .checksumSHA1(response.checksumSHA1())
                .checksumSHA256(response.checksumSHA256())
                .build();
    }
}
