package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.http.crt.AwsCrtAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.transfer.s3.S3TransferManager;

/**
 * The asynchronous client on the CRT's HTTP, alone and under the transfer manager, which uploads and reads in parts.
 */
class AsyncClientsIT {
    private static S3AsyncClient async;
    private static S3Client sync;
    private static String bucket;

    @TempDir
    Path folder;

    @BeforeAll
    static void connect() {
        sync = SharedStore.client();
        bucket = SharedStore.bucket(sync, "async");
        async = S3AsyncClient.builder()
                .endpointOverride(SharedStore.endpoint())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(SharedStore.credentials(SharedStore.store()))
                .httpClientBuilder(AwsCrtAsyncHttpClient.builder().maxConcurrency(16))
                .multipartEnabled(true)
                .multipartConfiguration(
                        m -> m.minimumPartSizeInBytes(8L * Bytes.MIB).thresholdInBytes(16L * Bytes.MIB))
                .build();
    }

    @AfterAll
    static void disconnect() {
        async.close();
        sync.close();
    }

    @Test
    void manyAtOnce() {
        List<CompletableFuture<byte[]>> reads = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            String key = "many/" + i;
            byte[] content = Bytes.random(i, 1000 * i);
            reads.add(async.putObject(b -> b.bucket(bucket).key(key), AsyncRequestBody.fromBytes(content))
                    .thenCompose(
                            put -> async.getObject(b -> b.bucket(bucket).key(key), AsyncResponseTransformer.toBytes()))
                    .thenApply(read -> read.asByteArray()));
        }
        for (int i = 0; i < reads.size(); i++) {
            assertArrayEquals(Bytes.random(i, 1000 * i), reads.get(i).join());
        }
    }

    @Test
    void theTransferManagerMovesAFile() throws Exception {
        byte[] content = Bytes.random(8, 40 * Bytes.MIB + 7);
        Path source = Files.write(folder.resolve("source"), content);
        Path target = folder.resolve("target");
        try (S3TransferManager manager =
                S3TransferManager.builder().s3Client(async).build()) {
            manager.uploadFile(u -> u.source(source)
                            .putObjectRequest(b -> b.bucket(bucket).key("file")))
                    .completionFuture()
                    .join();
            manager.downloadFile(d -> d.destination(target)
                            .getObjectRequest(b -> b.bucket(bucket).key("file")))
                    .completionFuture()
                    .join();
        }
        assertArrayEquals(content, Files.readAllBytes(target));
        assertEquals(
                "-6\"",
                sync.headObject(b -> b.bucket(bucket).key("file")).eTag().substring(33));
    }

    @Test
    void theTransferManagerMovesAFolder() throws Exception {
        Path tree = Files.createDirectories(folder.resolve("tree/a/b"));
        for (int i = 0; i < 20; i++) {
            Files.write(tree.resolve("file-" + i), Bytes.random(i, 10_000 * i + 1));
        }
        Path back = folder.resolve("back");
        try (S3TransferManager manager =
                S3TransferManager.builder().s3Client(async).build()) {
            var up = manager.uploadDirectory(
                            u -> u.source(folder.resolve("tree")).bucket(bucket).s3Prefix("tree"))
                    .completionFuture()
                    .join();
            assertEquals(List.of(), up.failedTransfers());
            var down = manager.downloadDirectory(d ->
                            d.destination(back).bucket(bucket).listObjectsV2RequestTransformer(l -> l.prefix("tree/")))
                    .completionFuture()
                    .join();
            assertEquals(List.of(), down.failedTransfers());
        }
        List<String> keys = sync.listObjectsV2(b -> b.bucket(bucket).prefix("tree/")).contents().stream()
                .map(S3Object::key)
                .toList();
        assertEquals(20, keys.size());
        for (int i = 0; i < 20; i++) {
            assertArrayEquals(Bytes.random(i, 10_000 * i + 1), Files.readAllBytes(back.resolve("a/b/file-" + i)));
        }
    }
}
