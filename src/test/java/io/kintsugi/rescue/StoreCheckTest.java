package io.kintsugi.rescue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.Upload;
import io.kintsugi.cluster.CodeWish;
import io.kintsugi.cluster.DrainRequest;
import io.kintsugi.cluster.LocalTopology;
import io.kintsugi.cluster.TopologyException;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveSettings;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.Roster;
import io.kintsugi.drives.ShardName;
import io.kintsugi.rescue.StoreCheck.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stopped store in several states, looked over; after each look every file is as it was. */
class StoreCheckTest {
    private static final int PACKED = 90_000;
    private static final int FILES = 700_000;

    @TempDir
    Path root;

    private final List<String> lines = new ArrayList<>();
    private ObjectVersion packed;
    private ObjectVersion files;
    private ObjectVersion inline;

    private void fill() {
        try (RescueStore store = new RescueStore(root)) {
            BucketName bucket = store.bucket("bucket", Versioning.ENABLED);
            packed = store.put(bucket, "packed", PACKED, 1);
            files = store.put(bucket, "files", FILES, 2);
            inline = store.put(bucket, "inline", 100, 3);
            store.put(bucket, "files", PACKED, 4);
            store.delete(bucket, "packed", Optional.empty());
            Upload upload = store.upload(bucket, "parts");
            store.complete(upload, List.of(store.part(upload, 1, PACKED), store.part(upload, 2, FILES)));
            store.part(store.upload(bucket, "under way"), 1, PACKED);
        }
    }

    private Outcome check(boolean deep) {
        lines.clear();
        Map<Path, Long> before = contents();
        try (DriveResources resources = new DriveResources(8 << 20, 8 << 20)) {
            return new StoreCheck(new StoreCheck.Order(RescueStore.folders(root), deep, lines::add), resources).run();
        } finally {
            assertEquals(before, contents(), "the check has changed something");
        }
    }

    private void assertOutcome(Outcome shallow, Outcome deep) {
        assertEquals(shallow, check(false), () -> String.join("\n", lines));
        assertEquals(deep, check(true), () -> String.join("\n", lines));
    }

    private void assertSaid(String part) {
        assertTrue(lines.stream().anyMatch(line -> line.contains(part)), () -> String.join("\n", lines));
    }

    /** A sum of each file. */
    private Map<Path, Long> contents() {
        try (Stream<Path> all = Files.walk(root)) {
            Map<Path, Long> sums = new TreeMap<>();
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                CRC32 sum = new CRC32();
                sum.update(Files.readAllBytes(path));
                sums.put(path, sum.getValue());
            }
            return sums;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void afterAFirstStartThatWasCutOffTheStoreIsToBeStarted() {
        try (DriveResources resources = new DriveResources(8 << 20, 8 << 20)) {
            LocalTopology.open(new LocalTopology.Config(
                            RescueStore.folders(root),
                            CodeWish.NONE,
                            DrainRequest.NOTHING,
                            DriveSettings.with(resources),
                            Clock.SYSTEM,
                            Entropy.FAST))
                    .close();
        }
        assertOutcome(Outcome.UNKNOWN, Outcome.UNKNOWN);
        assertSaid("a first start that was cut off");
    }

    private Path shard(int drive, ObjectVersion version) throws IOException {
        String blob = version.parts().getFirst().blob().id().toString();
        Path leaf = root.resolve("drive" + drive).resolve("shards").resolve(blob.substring(30));
        try (Stream<Path> there = Files.list(leaf)) {
            return there.filter(file -> file.getFileName().toString().startsWith(blob))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void aStoreThatWasStoppedIsClean() {
        fill();
        assertOutcome(Outcome.CLEAN, Outcome.CLEAN);
    }

    @Test
    void aFlippedBitInAShardIsFoundByADeepLook() throws IOException {
        fill();
        Path shard = shard(2, files);
        byte[] bytes = Files.readAllBytes(shard);
        bytes[bytes.length / 2] ^= 1;
        Files.write(shard, bytes);
        assertOutcome(Outcome.CLEAN, Outcome.MENDABLE);
        assertSaid("bucket/files");
    }

    @Test
    void shardsThatAreGoneAreToBeMendedAndMoreOfThemALoss() throws IOException {
        fill();
        Files.delete(shard(1, files));
        assertOutcome(Outcome.MENDABLE, Outcome.MENDABLE);
        Files.delete(shard(2, files));
        assertOutcome(Outcome.MENDABLE, Outcome.MENDABLE);
        Files.delete(shard(3, files));
        assertOutcome(Outcome.LOST, Outcome.LOST);
        assertSaid("lost: bucket/files");
    }

    @Test
    void packedShardsThatAreGoneAreToBeMended() {
        fill();
        CatalogRows.each(root, drive -> {
            BlobId blob = packed.parts().getFirst().blob().id();
            for (int i = 0; i < 2; i++) {
                drive.deleteShard(new ShardName(blob, i), BlobRef.Form.PACKED).join();
            }
        });
        assertOutcome(Outcome.MENDABLE, Outcome.MENDABLE);
        assertSaid("bucket/packed");
    }

    @Test
    void aDriveThatIsLostIsToBeMended() throws IOException {
        fill();
        remove(root.resolve("drive3"));
        assertOutcome(Outcome.MENDABLE, Outcome.MENDABLE);
        remove(root.resolve("drive4"));
        assertOutcome(Outcome.MENDABLE, Outcome.MENDABLE);
        remove(root.resolve("drive1"));
        assertThrows(TopologyException.class, () -> check(false), "one of four is not enough to tell anything");
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Test
    void whatNothingRefersToIsNoted() {
        fill();
        CatalogRows.each(root, drive -> {
            ByteBuffer shard = drive.readPacked(new ShardName(
                            packed.parts().getFirst().blob().id(),
                            packed.parts().getFirst().blob().placement().indexOf(drive.id())))
                    .join();
            drive.writePacked(new ShardName(BlobId.next(Clock.SYSTEM, Entropy.FAST), 0), shard)
                    .join();
        });
        assertOutcome(Outcome.CLEAN, Outcome.CLEAN);
        CatalogRows.each(root, drive -> forget(drive, KvSpace.PARTS));
        assertOutcome(Outcome.CLEAN, Outcome.CLEAN);
        assertSaid("note: nothing refers to 1 blobs");
    }

    /** Removes the rows of the parts of uploads under way. */
    private static void forget(Drive drive, KvSpace space) {
        KvBatch batch = new KvBatch();
        CatalogRows.read(drive).get(space).stream()
                .filter(row -> row.key()[0] == 'p')
                .forEach(row -> batch.delete(space, row.key()));
        drive.keyValue().commit(batch).join();
    }

    @Test
    void aRowThatDiffersInOneReplicaIsToBeMendedAndOneThatNobodyHasWholeIsLost() {
        fill();
        int[] number = {0};
        CatalogRows.each(root, drive -> {
            if (holdsRows(drive) && number[0]++ == 0) {
                flip(drive, KvSpace.OBJECTS);
            }
        });
        assertOutcome(Outcome.MENDABLE, Outcome.MENDABLE);
        assertSaid("rows of OBJECTS");
        number[0] = 0;
        CatalogRows.each(root, drive -> {
            if (holdsRows(drive) && number[0]++ > 0) {
                flip(drive, KvSpace.OBJECTS);
            }
        });
        assertOutcome(Outcome.LOST, Outcome.LOST);
    }

    @Test
    void aRowThatOneReplicaLacksIsOneDifference() {
        fill();
        int[] number = {0};
        CatalogRows.each(root, drive -> {
            if (holdsRows(drive) && number[0]++ == 0) {
                KvRow first = CatalogRows.read(drive).get(KvSpace.OBJECTS).getFirst();
                drive.keyValue()
                        .commit(new KvBatch().delete(KvSpace.OBJECTS, first.key()))
                        .join();
            }
        });
        assertOutcome(Outcome.MENDABLE, Outcome.MENDABLE);
        List<String> said =
                lines.stream().filter(line -> line.contains(" rows of ")).toList();
        assertEquals(1, said.size(), said::toString);
        assertTrue(said.getFirst().startsWith("to be mended: 1 rows of OBJECTS in "), said::toString);
    }

    @Test
    void aShardThatCannotBeReadIsToBeMended() throws IOException {
        fill();
        for (int drive = 1; drive <= 4; drive++) {
            Path shard = shard(drive, files);
            if (shard.toString().endsWith(".0")) {
                Files.delete(shard);
                Files.createSymbolicLink(shard, shard);
            }
        }
        assertOutcome(Outcome.MENDABLE, Outcome.MENDABLE);
        assertSaid("bucket/files");
    }

    @Test
    void aListOfShardsThatCannotBeReadIsSaidOnce() throws IOException {
        fill();
        Path leaf = root.resolve("drive2").resolve("shards").resolve("zz");
        Files.createSymbolicLink(leaf, leaf);
        assertOutcome(Outcome.MENDABLE, Outcome.MENDABLE);
        assertEquals(
                1, lines.stream().filter(line -> line.contains("unreadable")).count(), () -> String.join("\n", lines));
    }

    @Test
    void whatAPowerCutHasTornIsNotForARebuild() throws IOException {
        fill();
        CatalogRows.tear(root);
        assertOutcome(Outcome.UNKNOWN, Outcome.UNKNOWN);
        assertSaid("start the store once");
        assertTrue(lines.stream().noneMatch(line -> line.contains("rebuild-catalog")), () -> String.join("\n", lines));
        new RescueStore(root).close();
        assertOutcome(Outcome.CLEAN, Outcome.CLEAN);
    }

    /** Never more than the parity restores, which is two. */
    @Test
    void whatTheNextStartDoesAboutDamagedStoresIsTold() throws IOException {
        fill();
        String aside = "the next start sets it aside, and fills a new one";
        damage(1);
        damage(2);
        assertOutcome(Outcome.MENDABLE, Outcome.MENDABLE);
        assertEquals(2, lines.stream().filter(line -> line.endsWith(aside)).count(), () -> String.join("\n", lines));
        damage(3);
        check(false);
        assertTrue(lines.stream().noneMatch(line -> line.endsWith(aside)), () -> String.join("\n", lines));
        assertSaid("the next start may do without the drive");
    }

    @Test
    void aStoreThatIsGoneIsBegunAnew() throws IOException {
        fill();
        remove(root.resolve("drive1/kv"));
        assertOutcome(Outcome.MENDABLE, Outcome.MENDABLE);
        assertSaid("the next start begins a new one, and fills it");
    }

    private void damage(int drive) throws IOException {
        Files.delete(CatalogRows.current(root.resolve("drive" + drive)));
    }

    @Test
    void aFlippedBitOfAnIdentityIsToBeMended() throws IOException {
        fill();
        Path identity = root.resolve("drive3/kintsugi.json");
        Files.writeString(identity, Files.readString(identity).replace("\"drive\"", "\"drivd\""));
        assertOutcome(Outcome.MENDABLE, Outcome.MENDABLE);
        assertSaid("the next start writes it anew");
        new RescueStore(root).close();
        assertOutcome(Outcome.CLEAN, Outcome.CLEAN);
    }

    @Test
    void whatIsLeftOfAWorkSpaceIsNoted() throws IOException {
        fill();
        Path left = Files.createDirectory(root.resolve("drive3/kv/rebuild.removed"));
        assertOutcome(Outcome.CLEAN, Outcome.CLEAN);
        assertSaid("note: " + left);
    }

    @Test
    void aStoreThatKnowsOfADamagedFileIsToBeMended() {
        fill();
        int[] number = {0};
        CatalogRows.each(root, drive -> {
            if (number[0]++ == 0) {
                KvBatch mark = new KvBatch().put(KvSpace.LOCAL, new byte[] {4}, new byte[] {1});
                drive.keyValue().commit(mark).join();
            }
        });
        assertOutcome(Outcome.MENDABLE, Outcome.MENDABLE);
        assertSaid("to be mended: a file of the key-value store");
    }

    @Test
    void drivesThatAreDrainedNeedNoReplica() {
        fill();
        int[] number = {0};
        CatalogRows.each(root, drive -> {
            if (holdsRows(drive) && number[0]++ == 0) {
                CatalogRows.wipe(drive, CatalogRows.all());
            }
        });
        assertOutcome(Outcome.MENDABLE, Outcome.MENDABLE);
        assertSaid("2 good replicas instead of 3");
        List<DriveId> ids = new ArrayList<>();
        CatalogRows.each(root, drive -> ids.add(drive.id()));
        CatalogRows.each(
                root,
                drive -> drive.recordRoster(new Roster(2, ids, ids.subList(0, 2)))
                        .join());
        assertOutcome(Outcome.CLEAN, Outcome.CLEAN);
        DriveId leftOut = new DriveId(new Id128(1, 1));
        List<DriveId> five = new ArrayList<>(ids);
        five.add(leftOut);
        CatalogRows.each(
                root,
                drive -> drive.recordRoster(new Roster(3, five, List.of(ids.getFirst(), leftOut)))
                        .join());
        assertOutcome(Outcome.MENDABLE, Outcome.MENDABLE);
        assertSaid("2 good replicas instead of 3");
    }

    @Test
    void inlineBytesThatNoReplicaHasAreLost() {
        fill();
        byte[] key = new byte[16];
        ByteBuffer buffer = ByteBuffer.wrap(key);
        inline.parts().getFirst().blob().id().value().write(buffer);
        CatalogRows.each(
                root,
                drive -> drive.keyValue()
                        .commit(new KvBatch().delete(KvSpace.INLINE, key))
                        .join());
        assertOutcome(Outcome.LOST, Outcome.LOST);
        assertSaid("lost: bucket/inline");
    }

    /** Three of the four drives have a replica, and chance decides which. */
    private static boolean holdsRows(Drive drive) {
        return !CatalogRows.read(drive).get(KvSpace.OBJECTS).isEmpty();
    }

    private static void flip(Drive drive, KvSpace space) {
        KvRow row = CatalogRows.read(drive).get(space).getFirst();
        byte[] value = row.value().clone();
        value[value.length / 2] ^= 4;
        drive.keyValue().commit(new KvBatch().put(space, row.key(), value)).join();
    }

    @Test
    void withoutAGoodCatalogNothingCanBeTold() {
        fill();
        CatalogRows.makeStale(root);
        assertOutcome(Outcome.UNKNOWN, Outcome.UNKNOWN);
        assertSaid("rebuild-catalog");
    }

    @Test
    void aStoreThatRunsIsNotLookedAt() {
        try (RescueStore store = new RescueStore(root);
                DriveResources resources = new DriveResources(8 << 20, 8 << 20)) {
            StoreCheck check =
                    new StoreCheck(new StoreCheck.Order(RescueStore.folders(root), false, lines::add), resources);
            TopologyException refusal = assertThrows(TopologyException.class, check::run);
            assertTrue(refusal.getMessage().contains("open in this process"), refusal::getMessage);
            assertEquals(4, store.topology.drives().size());
        }
    }
}
