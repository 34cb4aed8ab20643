package io.kintsugi.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * One store for all tests that only speak S3 to it; it starts with the first of them and ends with the test process.
 * Tests keep apart by buckets of their own. Also how clients are made.
 */
final class SharedStore {
    private static final AtomicInteger BUCKETS = new AtomicInteger();
    private static final AtomicInteger GONE = new AtomicInteger();

    private SharedStore() {}

    private static final class Holder {
        static final StoreProcess STORE = start();

        private static StoreProcess start() {
            try {
                Path root = Files.createTempDirectory("kintsugi-it");
                StoreProcess store = StoreProcess.under(root).start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    store.close();
                    delete(root);
                }));
                return store;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static StoreProcess store() {
        return Holder.STORE;
    }

    static URI endpoint() {
        return store().endpoint();
    }

    static StaticCredentialsProvider credentials(StoreProcess store) {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(store.rootUser(), store.rootPassword()));
    }

    /** The synchronous client over {@code HttpURLConnection}; nothing is tried twice. */
    static S3ClientBuilder clientOf(StoreProcess store) {
        return S3Client.builder()
                .endpointOverride(store.endpoint())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(credentials(store))
                .httpClientBuilder(UrlConnectionHttpClient.builder().socketTimeout(Duration.ofSeconds(120)))
                .overrideConfiguration(b -> b.retryStrategy(DefaultRetryStrategy.doNotRetry()));
    }

    static S3Client client() {
        return clientOf(store()).build();
    }

    /** A new bucket. */
    static String bucket(S3Client client, String name) {
        String bucket = name + "-" + BUCKETS.incrementAndGet();
        client.createBucket(b -> b.bucket(bucket));
        return bucket;
    }

    /**
     * Takes a folder away at once, by another name, and deletes it there. File by file where it is, a store that runs
     * could put a file of its own into what is deleted: an empty folder would be left, which it takes for a new drive.
     */
    static void delete(Path folder) {
        Path gone = folder.resolveSibling(folder.getFileName() + ".gone-" + GONE.incrementAndGet());
        try {
            Files.move(folder, gone);
        } catch (NoSuchFileException notThere) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (Stream<Path> files = Files.walk(gone)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException goneMeanwhile) {
            // what a process that is ending still removes itself
        }
    }
}
