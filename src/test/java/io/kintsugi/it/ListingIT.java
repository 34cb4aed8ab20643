package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.ListObjectsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.S3Object;

class ListingIT {
    private static final List<String> KEYS = List.of(
            "a",
            "a/",
            "a/b",
            "a/b/c",
            "a//b",
            "b",
            "c/1",
            "c/2",
            "c/3/x",
            "c/3/y",
            "d-1",
            "d-2",
            "z/é",
            "z/字",
            "z/😀",
            "\uFF01wide",
            "😀astral");
    private static S3Client client;
    private static String bucket;

    @BeforeAll
    static void connect() {
        client = SharedStore.client();
        bucket = SharedStore.bucket(client, "listing");
        for (String key : KEYS) {
            client.putObject(b -> b.bucket(bucket).key(key), RequestBody.fromString(key));
        }
    }

    @AfterAll
    static void disconnect() {
        client.close();
    }

    /** As UTF-8 bytes are ordered: beyond the BMP that is another order than that of Java's strings. */
    private static List<String> sorted() {
        TreeSet<String> sorted = new TreeSet<>((a, b) ->
                Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8)));
        sorted.addAll(KEYS);
        return List.copyOf(sorted);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 1000})
    void pagesAddUpToAllKeysInOrder(int size) {
        List<String> found = new ArrayList<>();
        client.listObjectsV2Paginator(b -> b.bucket(bucket).maxKeys(size)).contents().stream()
                .map(S3Object::key)
                .forEach(found::add);
        assertEquals(sorted(), found);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 1000})
    void aDelimiterRollsUp(int size) {
        List<String> keys = new ArrayList<>();
        List<String> prefixes = new ArrayList<>();
        client.listObjectsV2Paginator(b -> b.bucket(bucket).delimiter("/").maxKeys(size))
                .forEach(page -> {
                    page.contents().forEach(object -> keys.add(object.key()));
                    page.commonPrefixes().forEach(prefix -> prefixes.add(prefix.prefix()));
                });
        assertEquals(List.of("a", "b", "d-1", "d-2", "\uFF01wide", "😀astral"), keys);
        assertEquals(List.of("a/", "c/", "z/"), prefixes);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1000})
    void theOlderListingAsWell(int size) {
        List<String> names = new ArrayList<>();
        String marker = "";
        boolean more = true;
        while (more) {
            String from = marker;
            ListObjectsResponse page = client.listObjects(b ->
                    b.bucket(bucket).prefix("c/").delimiter("/").maxKeys(size).marker(from));
            page.contents().forEach(object -> names.add(object.key()));
            page.commonPrefixes().forEach(prefix -> names.add(prefix.prefix()));
            more = page.isTruncated();
            marker = more ? page.nextMarker() : "";
        }
        assertEquals(List.of("c/1", "c/2", "c/3/"), names);
    }

    @Test
    void whatAPageSays() {
        ListObjectsV2Response page = client.listObjectsV2(
                b -> b.bucket(bucket).prefix("a").delimiter("/").startAfter("a").fetchOwner(true));
        assertEquals(
                List.of("a/"),
                page.commonPrefixes().stream().map(CommonPrefix::prefix).toList());
        assertEquals(1, page.keyCount());
        assertEquals("a", page.prefix());
        assertEquals("/", page.delimiter());
        assertEquals("a", page.startAfter());
        assertEquals(false, page.isTruncated());
        S3Object object = client.listObjectsV2(
                        b -> b.bucket(bucket).prefix("d-").fetchOwner(true))
                .contents()
                .getFirst();
        assertEquals(3, object.size());
        assertEquals("STANDARD", object.storageClassAsString());
        assertEquals(64, object.owner().id().length());
        assertEquals(
                0,
                client.listObjectsV2(b -> b.bucket(bucket).maxKeys(0))
                        .contents()
                        .size());
        assertThrows(NoSuchBucketException.class, () -> client.listObjectsV2(b -> b.bucket("no-such-bucket-here")));
    }
}
