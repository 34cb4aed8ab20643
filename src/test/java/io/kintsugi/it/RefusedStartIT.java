package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;

/** What the store does not start with, and says why and what to do; and what it starts with all the same. */
class RefusedStartIT {
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    @TempDir
    Path root;

    private void assertRefused(int status, String words, UnaryOperator<StoreProcess.Setup> setup) {
        try (StoreProcess store = setup.apply(StoreProcess.under(root)).launch()) {
            int ended = store.awaitExit();
            assertEquals(status, ended, store::log);
            assertTrue(store.log().contains(words), () -> "'" + words + "' is not in:\n" + store.log());
            assertFalse(store.log().contains("\tat "), () -> "a stack trace helps nobody:\n" + store.log());
        }
    }

    @Test
    void foldersWithOtherFilesAreRefused() throws IOException {
        Files.createDirectories(root.resolve("drive2"));
        Files.writeString(root.resolve("drive2/holiday.jpg"), "not ours");
        assertRefused(FAILED, "name an empty directory, or move these files away", setup -> setup);
        assertFalse(Files.exists(root.resolve("drive1/kintsugi.json")), "nothing was made of the others");
    }

    @Test
    void foldersInEachOtherAndFoldersNamedTwiceAreRefused() {
        assertRefused(
                FAILED,
                "give each drive a folder beside the others",
                setup -> setup.volumes(root.resolve("a") + " " + root.resolve("a/b")));
        assertRefused(
                FAILED,
                "each drive needs a folder of its own",
                setup -> setup.volumes(root.resolve("a") + " " + root.resolve("a")));
    }

    @Test
    void aFolderThatCannotBeMadeIsRefused() throws IOException {
        Files.createDirectories(root);
        Files.writeString(root.resolve("file"), "a file, where a folder should be");
        assertRefused(
                FAILED,
                root.resolve("file").toString(),
                setup -> setup.volumes(root.resolve("file") + "/drive{1...4}"));
    }

    @Test
    void shortSecretsAreRefused() {
        assertRefused(
                WRONG_USAGE,
                "KINTSUGI_ROOT_PASSWORD has 5 characters, but must have",
                setup -> setup.with("KINTSUGI_ROOT_PASSWORD", "short"));
    }

    @Test
    void startsWithoutAsManyDrivesAsThereIsParityAndNotWithFewer() throws Exception {
        try (StoreProcess store = StoreProcess.under(root).start();
                S3Client client = SharedStore.clientOf(store).build()) {
            client.createBucket(b -> b.bucket("bucket"));
            put(client, "before");
            store.stop();
            Files.move(store.drive(1), root.resolve("aside1"));
            makeForeign(store.drive(2));
            store.start();
            String health = store.manage("/q/health").body();
            assertTrue(health.contains("degraded"), health);
            assertTrue(health.contains("does not exist"), health);
            assertTrue(health.contains("holiday.jpg"), health);
            read(client, "before");
            put(client, "meanwhile");
            store.stop();
            Files.move(store.drive(3), root.resolve("aside3"));
            store.launch();
            assertEquals(FAILED, store.awaitExit(), store::log);
            assertTrue(store.log().contains("can't start: "), store::log);
            Files.move(root.resolve("aside3"), store.drive(3));
            store.start();
            read(client, "before");
            read(client, "meanwhile");
        }
    }

    private static void makeForeign(Path drive) throws IOException {
        SharedStore.delete(drive);
        Files.createDirectories(drive);
        Files.writeString(drive.resolve("holiday.jpg"), "not ours");
    }

    private static void put(S3Client client, String key) {
        client.putObject(
                b -> b.bucket("bucket").key(key), RequestBody.fromBytes(Bytes.random(key.hashCode(), 300_000)));
    }

    private static void read(S3Client client, String key) {
        byte[] read = client.getObject(b -> b.bucket("bucket").key(key), ResponseTransformer.toBytes())
                .asByteArray();
        assertArrayEquals(Bytes.random(key.hashCode(), 300_000), read);
    }
}
