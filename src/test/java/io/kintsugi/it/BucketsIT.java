package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.Bucket;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.ListBucketsResponse;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.S3Exception;

class BucketsIT {
    private static S3Client client;

    @BeforeAll
    static void connect() {
        client = SharedStore.client();
    }

    @AfterAll
    static void disconnect() {
        client.close();
    }

    @Test
    void bucketsComeAndGo() {
        String bucket = SharedStore.bucket(client, "comes");
        assertEquals("us-east-1", client.headBucket(b -> b.bucket(bucket)).bucketRegion());
        assertEquals("", client.getBucketLocation(b -> b.bucket(bucket)).locationConstraintAsString());
        assertTrue(names(client.listBuckets()).contains(bucket));
        client.createBucket(b -> b.bucket(bucket)); // as in AWS's first region
        client.putObject(b -> b.bucket(bucket).key("k"), RequestBody.fromString("v"));
        S3Exception full = assertThrows(S3Exception.class, () -> client.deleteBucket(b -> b.bucket(bucket)));
        assertEquals("BucketNotEmpty", full.awsErrorDetails().errorCode());
        client.deleteObject(b -> b.bucket(bucket).key("k"));
        client.deleteBucket(b -> b.bucket(bucket));
        assertThrows(NoSuchBucketException.class, () -> client.deleteBucket(b -> b.bucket(bucket)));
        S3Exception gone = assertThrows(S3Exception.class, () -> client.headBucket(b -> b.bucket(bucket)));
        assertEquals(404, gone.statusCode());
    }

    @Test
    void listsBucketsInPages() {
        for (int i = 0; i < 5; i++) {
            String name = "paged-bucket-" + i;
            client.createBucket(b -> b.bucket(name));
        }
        ListBucketsResponse first =
                client.listBuckets(b -> b.prefix("paged-bucket-").maxBuckets(3));
        assertEquals(List.of("paged-bucket-0", "paged-bucket-1", "paged-bucket-2"), names(first));
        assertEquals("us-east-1", first.buckets().getFirst().bucketRegion());
        ListBucketsResponse second = client.listBuckets(
                b -> b.prefix("paged-bucket-").maxBuckets(3).continuationToken(first.continuationToken()));
        assertEquals(List.of("paged-bucket-3", "paged-bucket-4"), names(second));
        assertEquals(null, second.continuationToken());
    }

    @Test
    void versioningIsSwitched() {
        String bucket = SharedStore.bucket(client, "switched");
        assertEquals(null, client.getBucketVersioning(b -> b.bucket(bucket)).status());
        for (BucketVersioningStatus status :
                List.of(BucketVersioningStatus.ENABLED, BucketVersioningStatus.SUSPENDED)) {
            client.putBucketVersioning(b -> b.bucket(bucket).versioningConfiguration(v -> v.status(status)));
            assertEquals(
                    status, client.getBucketVersioning(b -> b.bucket(bucket)).status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UpperCase", "ab", "dots..dots", "under_score", "192.168.1.1", "-edge"})
    void namesHaveRules(String name) {
        // the client itself checks the names of buckets that it creates
        S3Exception refusal = assertThrows(S3Exception.class, () -> client.listObjectsV2(b -> b.bucket(name)));
        assertEquals("InvalidBucketName", refusal.awsErrorDetails().errorCode());
    }

    @Test
    void whatIsNotImplementedSaysSo() {
        String bucket = SharedStore.bucket(client, "honest");
        List<Executable> calls = List.of(
                () -> client.getBucketPolicy(b -> b.bucket(bucket)),
                () -> client.getBucketAcl(b -> b.bucket(bucket)),
                () -> client.getBucketTagging(b -> b.bucket(bucket)),
                () -> client.getBucketLifecycleConfiguration(b -> b.bucket(bucket)),
                () -> client.createBucket(CreateBucketRequest.builder()
                        .bucket("locked-bucket")
                        .objectLockEnabledForBucket(true)
                        .build()));
        for (var call : calls) {
            S3Exception refusal = assertThrows(S3Exception.class, call);
            assertEquals(501, refusal.statusCode());
            assertEquals("NotImplemented", refusal.awsErrorDetails().errorCode());
        }
    }

    private static List<String> names(ListBucketsResponse response) {
        return response.buckets().stream().map(Bucket::name).toList();
    }
}
