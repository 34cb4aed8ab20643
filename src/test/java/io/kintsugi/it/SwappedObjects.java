package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.Bucket;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Objects of every form, and changes of every kind: written, written over, deleted; a bucket that goes and one that
 * comes. Knows what must be there, to the bit, and what must not.
 */
final class SwappedObjects {
    private static final String BUCKET = "swapped";
    /** Inline, packed, files of a stripe and of several. */
    private static final int[] SIZES = {100, 20_000, 300_000, 2_500_000};

    private static final int KEYS = 24;

    private final StoreProcess store;
    private final Map<String, Long> seeds = new TreeMap<>();
    private final TreeSet<String> deleted = new TreeSet<>();
    private final TreeSet<String> buckets = new TreeSet<>();
    private long seed = 1;
    private int round;

    SwappedObjects(StoreProcess store) {
        this.store = store;
    }

    /** By a name of the host that no connection of a store that died is kept for. */
    private S3Client client() {
        URI endpoint = URI.create("http://localhost:" + store.endpoint().getPort());
        return SharedStore.clientOf(store).endpointOverride(endpoint).build();
    }

    void begin() {
        try (S3Client client = client()) {
            client.createBucket(b -> b.bucket(BUCKET));
            client.createBucket(b -> b.bucket("round-0"));
            buckets.addAll(List.of(BUCKET, "round-0"));
            for (int i = 0; i < KEYS; i++) {
                put(client, "first/" + i, SIZES[i % SIZES.length]);
            }
        }
    }

    /** A third is deleted, a third is written over, as many new ones come. */
    void change() {
        round++;
        try (S3Client client = client()) {
            List<String> before = new ArrayList<>(seeds.keySet());
            for (int i = 0; i < before.size(); i++) {
                switch (i % 3) {
                    case 0 -> delete(client, before.get(i));
                    case 1 -> put(client, before.get(i), SIZES[(i + round) % SIZES.length]);
                    default -> put(client, "round" + round + "/" + i, SIZES[i % SIZES.length]);
                }
            }
            client.deleteBucket(b -> b.bucket("round-" + (round - 1)));
            client.createBucket(b -> b.bucket("round-" + round));
            buckets.remove("round-" + (round - 1));
            buckets.add("round-" + round);
        }
    }

    private void put(S3Client client, String key, int size) {
        long content = seed++ * SIZES.length + indexOf(size);
        client.putObject(b -> b.bucket(BUCKET).key(key), RequestBody.fromBytes(bytes(content)));
        seeds.put(key, content);
        deleted.remove(key);
    }

    private void delete(S3Client client, String key) {
        client.deleteObject(b -> b.bucket(BUCKET).key(key));
        seeds.remove(key);
        deleted.add(key);
    }

    private static int indexOf(int size) {
        for (int i = 0; i < SIZES.length; i++) {
            if (SIZES[i] == size) {
                return i;
            }
        }
        throw new IllegalArgumentException("no such size: " + size);
    }

    private static byte[] bytes(long content) {
        return Bytes.random(content, SIZES[(int) (content % SIZES.length)]);
    }

    /** Every object bit for bit, no deleted one, and the listings name just these. */
    void verify() {
        try (S3Client client = client()) {
            seeds.forEach((key, content) -> assertArrayEquals(
                    bytes(content),
                    client.getObjectAsBytes(b -> b.bucket(BUCKET).key(key)).asByteArrayUnsafe(),
                    key));
            for (String key : deleted) {
                assertThrows(
                        NoSuchKeyException.class,
                        () -> client.getObjectAsBytes(b -> b.bucket(BUCKET).key(key)),
                        key);
            }
            List<String> listed = client.listObjectsV2Paginator(b -> b.bucket(BUCKET)).contents().stream()
                    .map(S3Object::key)
                    .toList();
            assertEquals(List.copyOf(seeds.keySet()), listed);
            assertEquals(
                    List.copyOf(buckets),
                    client.listBuckets().buckets().stream().map(Bucket::name).toList());
        }
    }
}
