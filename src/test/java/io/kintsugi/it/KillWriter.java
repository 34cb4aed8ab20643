package io.kintsugi.it;

import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * One writer of {@link KillIT}: changes its own keys one after the other, and remembers for each what it may hold: one
 * state when the last change was acknowledged, two or more when the answer never came.
 */
final class KillWriter {
    private static final int[] SIZES = {0, 1, 700, 4_096, 16_384, 16_385, 40_000, 262_144, 262_145, 1_500_000};
    private static final int PART = 5 << 20;
    private static final int SLOW_DOWN = 503;
    private static final int TRIES = 600;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final S3Client client;
    private final String bucket;
    private final List<String> keys;
    private final Random random;

    /** Per key, the seeds of the contents that it may hold; empty for absent. */
    private final Map<String, Set<Optional<Content>>> possible = new TreeMap<>();

    private long acknowledged;

    /** Bytes that follow from a seed. */
    private record Content(long seed, int size) {
        byte[] bytes() {
            byte[] bytes = new byte[size];
            new Random(seed).nextBytes(bytes);
            return bytes;
        }
    }

    KillWriter(S3Client client, String bucket, int number, int keyCount, long seed) {
        this.client = client;
        this.bucket = bucket;
        this.random = new Random(seed);
        this.keys = IntStream.range(0, keyCount)
                .mapToObj(i -> "writer-" + number + "/key-" + i)
                .toList();
        keys.forEach(key -> possible.put(key, Set.of(Optional.empty())));
    }

    /** Changes keys until told to stop, or the store is gone. */
    void run(AtomicBoolean stop) {
        while (!stop.get()) {
            String key = keys.get(random.nextInt(keys.size()));
            Optional<Content> next = random.nextInt(5) == 0 ? Optional.empty() : Optional.of(content());
            Set<Optional<Content>> either = new HashSet<>(possible.get(key));
            either.add(next);
            possible.put(key, either);
            try {
                change(key, next);
                possible.put(key, Set.of(next));
                acknowledged++;
            } catch (SdkException | UncheckedIOException gone) { // the second by the JDK's URL connection in an answer
                return;
            }
        }
    }

    private Content content() {
        int size = random.nextInt(20) == 0 ? PART + random.nextInt(PART) : SIZES[random.nextInt(SIZES.length)];
        return new Content(random.nextLong(), size);
    }

    private void change(String key, Optional<Content> next) {
        if (next.isEmpty()) {
            client.deleteObject(b -> b.bucket(bucket).key(key));
        } else if (next.get().size() > PART) {
            putInParts(key, next.get().bytes());
        } else {
            client.putObject(
                    b -> b.bucket(bucket).key(key),
                    RequestBody.fromBytes(next.get().bytes()));
        }
    }

    private void putInParts(String key, byte[] bytes) {
        String upload =
                client.createMultipartUpload(b -> b.bucket(bucket).key(key)).uploadId();
        CompletedPart first = putPart(key, upload, 1, Arrays.copyOfRange(bytes, 0, PART));
        CompletedPart second = putPart(key, upload, 2, Arrays.copyOfRange(bytes, PART, bytes.length));
        client.completeMultipartUpload(
                b -> b.bucket(bucket).key(key).uploadId(upload).multipartUpload(m -> m.parts(first, second)));
    }

    private CompletedPart putPart(String key, String upload, int number, byte[] bytes) {
        String etag = client.uploadPart(
                        b -> b.bucket(bucket).key(key).uploadId(upload).partNumber(number),
                        RequestBody.fromBytes(bytes))
                .eTag();
        return CompletedPart.builder().partNumber(number).eTag(etag).build();
    }

    /** Reads every key, fails when one holds what it can't, and returns those that exist. */
    Set<String> verify() {
        Set<String> existing = new HashSet<>();
        for (String key : keys) {
            Optional<byte[]> found = read(key);
            Optional<Content> content = possible.get(key).stream()
                    .filter(candidate -> holds(candidate, found))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(key + " holds "
                            + found.map(bytes -> bytes.length + " bytes").orElse("nothing")
                            + ", but may only hold one of "
                            + possible.get(key)));
            possible.put(key, Set.of(content));
            content.ifPresent(c -> existing.add(key));
        }
        return existing;
    }

    private static boolean holds(Optional<Content> candidate, Optional<byte[]> found) {
        return candidate.isPresent() == found.isPresent()
                && (candidate.isEmpty() || Arrays.equals(candidate.get().bytes(), found.get()));
    }

    private Optional<byte[]> read(String key) {
        try {
            return Optional.of(patiently(() ->
                    client.getObjectAsBytes(b -> b.bucket(bucket).key(key)).asByteArrayUnsafe()));
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        }
    }

    /** On a crowded machine a store that has just started may say that it has too much to do. */
    static <T> T patiently(Supplier<T> reading) {
        for (int i = 1; ; i++) {
            try {
                return reading.get();
            } catch (S3Exception e) {
                if (e.statusCode() != SLOW_DOWN || i == TRIES) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    long takeAcknowledged() {
        long count = acknowledged;
        acknowledged = 0;
        return count;
    }
}
