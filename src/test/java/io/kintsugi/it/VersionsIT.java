package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Exception;

class VersionsIT {
    private static S3Client client;

    @BeforeAll
    static void connect() {
        client = SharedStore.client();
    }

    @AfterAll
    static void disconnect() {
        client.close();
    }

    private static void set(String bucket, BucketVersioningStatus status) {
        client.putBucketVersioning(b -> b.bucket(bucket).versioningConfiguration(v -> v.status(status)));
    }

    private static String put(String bucket, String key, String content) {
        return client.putObject(b -> b.bucket(bucket).key(key), RequestBody.fromString(content))
                .versionId();
    }

    private static String get(String bucket, String key, String version) {
        return client.getObject(b -> b.bucket(bucket).key(key).versionId(version), ResponseTransformer.toBytes())
                .asUtf8String();
    }

    @Test
    void everyVersionIsKeptUntilItIsDeletedByName() {
        String bucket = SharedStore.bucket(client, "versions");
        assertEquals(null, put(bucket, "k", "null version"));
        set(bucket, BucketVersioningStatus.ENABLED);
        String one = put(bucket, "k", "one");
        String two = put(bucket, "k", "two");
        assertNotEquals(one, two);
        DeleteObjectResponse deleted = client.deleteObject(b -> b.bucket(bucket).key("k"));
        assertTrue(deleted.deleteMarker());
        S3Exception gone = assertThrows(S3Exception.class, () -> get(bucket, "k", null));
        assertEquals(404, gone.statusCode());
        S3Exception marker = assertThrows(S3Exception.class, () -> get(bucket, "k", deleted.versionId()));
        assertEquals(405, marker.statusCode());
        assertEquals("one", get(bucket, "k", one));
        assertEquals("two", get(bucket, "k", two));
        assertEquals("null version", get(bucket, "k", "null"));

        ListObjectVersionsResponse listed = client.listObjectVersions(b -> b.bucket(bucket));
        assertEquals(
                List.of(two, one, "null"),
                listed.versions().stream().map(ObjectVersion::versionId).toList());
        assertEquals(deleted.versionId(), listed.deleteMarkers().getFirst().versionId());
        assertTrue(listed.deleteMarkers().getFirst().isLatest());

        DeleteObjectResponse undeleted =
                client.deleteObject(b -> b.bucket(bucket).key("k").versionId(deleted.versionId()));
        assertTrue(undeleted.deleteMarker());
        assertEquals("two", get(bucket, "k", null));
        client.deleteObject(b -> b.bucket(bucket).key("k").versionId(two));
        assertEquals("one", get(bucket, "k", null));
        client.deleteObject(b -> b.bucket(bucket).key("k").versionId(one));
        client.deleteObject(b -> b.bucket(bucket).key("k").versionId("null"));
        assertEquals(List.of(), client.listObjectVersions(b -> b.bucket(bucket)).versions());
        client.deleteBucket(b -> b.bucket(bucket));
    }

    @Test
    void suspendedBucketsReplaceTheNullVersion() {
        String bucket = SharedStore.bucket(client, "suspended");
        set(bucket, BucketVersioningStatus.ENABLED);
        String kept = put(bucket, "k", "kept");
        set(bucket, BucketVersioningStatus.SUSPENDED);
        assertEquals("null", put(bucket, "k", "null 1"));
        put(bucket, "k", "null 2");
        assertEquals("null 2", get(bucket, "k", "null"));
        assertEquals(
                2, client.listObjectVersions(b -> b.bucket(bucket)).versions().size());
        client.deleteObject(b -> b.bucket(bucket).key("k"));
        ListObjectVersionsResponse listed = client.listObjectVersions(b -> b.bucket(bucket));
        assertEquals("null", listed.deleteMarkers().getFirst().versionId());
        assertEquals(
                List.of(kept),
                listed.versions().stream().map(ObjectVersion::versionId).toList());
        assertEquals("kept", get(bucket, "k", kept));
    }

    @Test
    void pagesOfVersionsAddUp() {
        String bucket = SharedStore.bucket(client, "pages");
        set(bucket, BucketVersioningStatus.ENABLED);
        List<String> expected = new ArrayList<>();
        for (int key = 0; key < 5; key++) {
            for (int version = 0; version < 5; version++) {
                expected.add(put(bucket, "key-" + key, "v" + version));
            }
        }
        for (int size : List.of(1, 3, 7, 1000)) {
            List<String> found = new ArrayList<>();
            client.listObjectVersionsPaginator(b -> b.bucket(bucket).maxKeys(size)).versions().stream()
                    .map(ObjectVersion::versionId)
                    .forEach(found::add);
            assertEquals(expected.size(), found.size());
            assertEquals(new HashSet<>(expected), new HashSet<>(found));
        }
    }
}
