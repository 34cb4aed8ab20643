package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * All drives are full at once, as those of a store are that has been in use for long enough. It takes no more objects,
 * and everything else goes on: it starts, serves what it has under the credentials that it always had, says so, makes
 * room, and takes more drives.
 */
@Timeout(300)
class FullStoreIT {
    private static final String BUCKET = "full";
    private static final int OBJECTS = 40;
    private static final int OBJECT_BYTES = 1 << 20;
    private static final long DISK_BYTES = 64L << 30;
    /** What each drive keeps for deleting, half of it for rows. */
    private static final long RESERVE_BYTES = 1 << 30;

    @TempDir
    Path dir;

    private Optional<SmallDisk> disk = Optional.empty();
    private StoreProcess store;
    private int objects;

    @BeforeEach
    void fill() throws Exception {
        disk = SmallDisk.at(dir.resolve("disk"), DISK_BYTES);
        assumeTrue(disk.isPresent(), "may not mount");
        store = setup(drives()).start();
        try (S3Client client = client()) {
            client.createBucket(b -> b.bucket(BUCKET));
            while (objects < OBJECTS && put(client)) {
                objects++;
            }
        }
        assertEquals(OBJECTS, objects);
        store.stop();
        disk.get().leave(RESERVE_BYTES * 4 / 5);
    }

    @AfterEach
    void end() throws Exception {
        if (store != null) {
            store.close();
        }
        if (disk.isPresent()) {
            disk.get().unmount();
        }
    }

    private String drives() {
        return dir.resolve("disk").resolve("drive") + "{1...4}";
    }

    /** With the credentials that the store made itself. */
    private StoreProcess.Setup setup(String volumes) {
        return StoreProcess.under(dir)
                .volumes(volumes)
                .with("KINTSUGI_ROOT_USER", "")
                .with("KINTSUGI_ROOT_PASSWORD", "");
    }

    private S3Client client() throws Exception {
        List<String> kept =
                Files.readAllLines(dir.resolve("disk").resolve("drive1").resolve("root-credentials"));
        return SharedStore.clientOf(store)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(kept.getFirst(), kept.getLast())))
                .build();
    }

    private boolean put(S3Client client) {
        try {
            byte[] body = Bytes.random(objects, OBJECT_BYTES);
            client.putObject(b -> b.bucket(BUCKET).key("k" + objects), RequestBody.fromBytes(body));
            return true;
        } catch (S3Exception e) {
            assertTrue(e.statusCode() >= 500, e.getMessage());
            return false;
        }
    }

    private void verify(S3Client client) {
        for (int i = 0; i < objects; i++) {
            String key = "k" + i;
            assertArrayEquals(
                    Bytes.random(i, OBJECT_BYTES),
                    client.getObjectAsBytes(b -> b.bucket(BUCKET).key(key)).asByteArray());
        }
    }

    @Test
    void startsServesAndMakesRoom() throws Exception {
        store.start();
        StoreHealth.await(store, "\"state\":\"degraded\"", "is READ_ONLY: it is full");
        assertEquals(4, StoreHealth.number(store, "drives"));
        try (S3Client client = client()) {
            verify(client);
            assertFalse(put(client));
            long before = Files.getFileStore(disk.get().place()).getUsableSpace();
            while (objects > OBJECTS / 2) {
                objects--;
                client.deleteObject(b -> b.bucket(BUCKET).key("k" + objects));
            }
            // what was deleted goes after a grace
            while (Files.getFileStore(disk.get().place()).getUsableSpace() < before + OBJECTS / 2 * OBJECT_BYTES) {
                Thread.sleep(200);
            }
            disk.get().empty();
            StoreHealth.await(store, "\"state\":\"healthy\"");
            assertTrue(put(client), "there is room");
            objects++;
            verify(client);
        }
    }

    @Test
    void takesMoreDrives() throws Exception {
        List<Path> more = new ArrayList<>();
        for (int i = 5; i <= 8; i++) {
            more.add(Files.createDirectories(dir.resolve("more").resolve("drive" + i)));
        }
        List<String> all = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            all.add(dir.resolve("disk").resolve("drive" + i).toString());
        }
        more.forEach(path -> all.add(path.toString()));
        store = setup(String.join(" ", all)).start();
        try (S3Client client = client()) {
            verify(client);
            assertTrue(put(client), "there is room on the new drives");
            objects++;
            verify(client);
        }
    }
}
