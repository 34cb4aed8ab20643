package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Clock;
import io.kintsugi.drives.DriveDirectory;
import io.kintsugi.drives.DriveInspection;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveSettings;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.LocalDrive;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectVersion;

/** The two commands for a stopped store, as processes, between starts of the real store. */
class RebuildIT {
    private static final String PLAIN = "plain";
    private static final String VERSIONED = "versioned";
    private static final int SMALL = 300;
    private static final int PACKED = 100_000;
    private static final int FILES = 700_000;
    private static final int PART = 5 << 20;
    private static final int MANY = 300;
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    /** What a rebuild says on its way. */
    private static final List<String> STAGES = List.of("work space: ", "replicas gave ", "shards: ", "rows copied: ");

    private static final List<String> ODD =
            List.of("a/b//c", "ä 𝄞+&=%2F?", "trailing/", "<xml>&amp;", "k".repeat(1024));

    @TempDir
    Path dir;

    private static void fill(S3Client client) {
        client.createBucket(b -> b.bucket(PLAIN));
        client.createBucket(b -> b.bucket(VERSIONED));
        client.createBucket(b -> b.bucket("empty"));
        versioning(client, BucketVersioningStatus.ENABLED);
        int seed = 0;
        for (String bucket : List.of(PLAIN, VERSIONED)) {
            for (String key : ODD) {
                for (int size : new int[] {SMALL, PACKED, FILES}) {
                    put(client, bucket, key, size, seed++);
                }
            }
            upload(client, bucket);
        }
        for (int i = 0; i < MANY; i++) {
            put(client, PLAIN, "many/" + i, i % 2 == 0 ? PACKED / 2 : SMALL, i);
        }
        client.deleteObject(b -> b.bucket(VERSIONED).key(ODD.getFirst()));
        client.deleteObject(b -> b.bucket(PLAIN).key("many/0"));
        versioning(client, BucketVersioningStatus.SUSPENDED);
        put(client, VERSIONED, ODD.get(1), PACKED, 1000);
        client.deleteObject(b -> b.bucket(VERSIONED).key(ODD.get(2)));
        client.createMultipartUpload(b -> b.bucket(PLAIN).key("under way"));
    }

    private static void versioning(S3Client client, BucketVersioningStatus status) {
        client.putBucketVersioning(b -> b.bucket(VERSIONED).versioningConfiguration(c -> c.status(status)));
    }

    private static void put(S3Client client, String bucket, String key, int size, int seed) {
        client.putObject(
                b -> b.bucket(bucket)
                        .key(key)
                        .contentType("text/x-" + seed)
                        .metadata(Map.of("seed", Integer.toString(seed)))
                        .tagging("a=b&c=" + seed),
                RequestBody.fromBytes(Bytes.random(seed, size)));
    }

    private static void upload(S3Client client, String bucket) {
        String id = client.createMultipartUpload(
                        b -> b.bucket(bucket).key("parts").metadata(Map.of("in", "parts")))
                .uploadId();
        List<CompletedPart> parts = new ArrayList<>();
        for (int i = 1; i <= 2; i++) {
            int number = i;
            String tag = client.uploadPart(
                            b -> b.bucket(bucket).key("parts").uploadId(id).partNumber(number),
                            RequestBody.fromBytes(Bytes.random(number, number == 1 ? PART : PACKED)))
                    .eTag();
            parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
        }
        client.completeMultipartUpload(
                b -> b.bucket(bucket).key("parts").uploadId(id).multipartUpload(m -> m.parts(parts)));
    }

    /** What clients can learn: every version and marker in its order, its head, and its bytes. */
    private static List<String> namespace(S3Client client) {
        List<String> lines = new ArrayList<>();
        client.listBuckets().buckets().forEach(bucket -> {
            lines.add(bucket.name() + " " + bucket.creationDate() + " "
                    + client.getBucketVersioning(b -> b.bucket(bucket.name())).status());
            client.listObjectVersionsPaginator(b -> b.bucket(bucket.name())).forEach(page -> {
                page.versions().forEach(version -> lines.add(line(client, bucket.name(), version)));
                page.deleteMarkers().forEach(marker -> lines.add(marker.toString()));
            });
            client.listMultipartUploads(b -> b.bucket(bucket.name())).uploads().forEach(u -> lines.add(u.toString()));
        });
        return lines;
    }

    private static String line(S3Client client, String bucket, ObjectVersion version) {
        HeadObjectResponse head =
                client.headObject(b -> b.bucket(bucket).key(version.key()).versionId(version.versionId()));
        byte[] bytes = client.getObjectAsBytes(
                        b -> b.bucket(bucket).key(version.key()).versionId(version.versionId()))
                .asByteArray();
        return version + " " + head.metadata() + head.contentType() + head.lastModified() + head.tagCount() + " "
                + Arrays.hashCode(bytes);
    }

    /** What a stop leaves, with every replica below the newest epoch. */
    private void makeStale() {
        eachDrive(drive -> drive.raiseCatalogEpoch(drive.catalogEpoch() + 3).join());
    }

    private void wipe(KvSpace... spaces) {
        byte[] end = new byte[64];
        Arrays.fill(end, (byte) 0xFF);
        eachDrive(drive -> {
            KvBatch batch = new KvBatch();
            for (KvSpace space : spaces) {
                batch.deleteRange(space, new byte[0], end);
            }
            drive.keyValue().commit(batch).join();
        });
    }

    private void eachDrive(Consumer<LocalDrive> work) {
        try (DriveResources resources = new DriveResources(8 << 20, 8 << 20)) {
            for (int i = 1; i <= 4; i++) {
                Path folder = dir.resolve("drive" + i);
                var identity = ((DriveInspection.Ours) DriveDirectory.inspect(folder)).identity();
                try (LocalDrive drive =
                        LocalDrive.open(folder, identity, DriveSettings.with(resources), Clock.SYSTEM)) {
                    work.accept(drive);
                }
            }
        }
    }

    private void assertExit(int expected, StoreProcess store, String... command) {
        assertEquals(expected, store.command(command).waitForExit(), store::log);
    }

    /** Kills a rebuild as soon as it says this; false when it was faster. */
    private static boolean killAt(StoreProcess store, String sign) throws InterruptedException {
        int said = store.log().length();
        StoreProcess.Command rebuild = store.command("rebuild-catalog");
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (rebuild.isRunning() && !store.log().substring(said).contains(sign) && System.nanoTime() - end < 0) {
            Thread.sleep(1);
        }
        return rebuild.kill();
    }

    @Test
    void theWholeNamespaceComesBackAlsoWhenTheRebuildIsKilledOnTheWay() throws InterruptedException {
        try (StoreProcess store = StoreProcess.under(dir).start()) {
            List<String> before;
            try (S3Client client = SharedStore.clientOf(store).build()) {
                fill(client);
                before = namespace(client);
            }
            assertExit(3, store, "check");
            store.stop();
            assertExit(0, store, "check");
            assertExit(0, store, "check", "--deep");
            assertExit(1, store, "rebuild-catalog");
            makeStale();
            assertExit(3, store, "check");
            int killed = 0;
            for (String sign : STAGES) {
                killed += killAt(store, sign) ? 1 : 0;
            }
            assertTrue(killed > 0, () -> "it was never killed in the middle\n" + store.log());
            int last = store.command("rebuild-catalog").waitForExit();
            assertTrue(last == 0 || last == 1, store::log);
            assertExit(0, store, "check");
            store.start();
            try (S3Client client = SharedStore.clientOf(store).build()) {
                assertEquals(String.join("\n", before), String.join("\n", namespace(client)));
            }
        }
    }

    @Test
    void withoutAnyRowAllVersionsThatAreInShardsComeBack() {
        try (StoreProcess store = StoreProcess.under(dir).start()) {
            List<String> before;
            try (S3Client client = SharedStore.clientOf(store).build()) {
                client.createBucket(b -> b.bucket(PLAIN));
                client.createBucket(b -> b.bucket(VERSIONED));
                versioning(client, BucketVersioningStatus.ENABLED);
                int seed = 0;
                for (String bucket : List.of(PLAIN, VERSIONED)) {
                    for (String key : ODD) {
                        put(client, bucket, key, PACKED, seed++);
                        put(client, VERSIONED, key, FILES, seed++);
                    }
                    upload(client, bucket);
                }
                before = objects(namespace(client));
            }
            store.stop();
            wipe(Arrays.stream(KvSpace.values()).filter(KvSpace::catalog).toArray(KvSpace[]::new));
            assertExit(0, store, "rebuild-catalog", "--dry-run");
            assertExit(0, store, "rebuild-catalog");
            store.start();
            try (S3Client client = SharedStore.clientOf(store).build()) {
                assertEquals(String.join("\n", before), String.join("\n", objects(namespace(client))));
            }
        }
    }

    /** Without the buckets, whose age is that of their oldest version now. */
    private static List<String> objects(List<String> lines) {
        return lines.stream().filter(line -> line.startsWith("ObjectVersion")).toList();
    }
}
