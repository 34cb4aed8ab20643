package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.Id128;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Filter;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Key-value stores that have lost the file by which RocksDB knows its others, as a repaired file system may have: it
 * would begin a new store amid them, and remove them all. The drives here have one parity shard.
 */
class LostCurrentTest {
    private static final byte[] KEY = {1, 2, 3};
    private static final byte[] VALUE = {4, 5, 6};

    @TempDir
    Path dir;

    private DriveResources resources;
    private DriveFolder first;
    private DriveFolder second;

    @BeforeEach
    void fill() throws IOException {
        resources = new DriveResources(8 << 20, 8 << 20);
        first = filled("first");
        second = filled("second");
    }

    @AfterEach
    void close() {
        second.close();
        first.close();
        resources.close();
    }

    private DriveFolder filled(String name) throws IOException {
        DriveFolder folder =
                DriveFolder.in(Files.createDirectory(dir.resolve(name))).with(resources);
        Files.createDirectory(folder.path());
        try (LocalDrive drive = folder.format()) {
            drive.keyValue()
                    .commit(new KvBatch().put(KvSpace.BUCKETS, KEY, VALUE))
                    .join();
        }
        return folder;
    }

    private static Path store(DriveFolder folder) {
        return folder.path()
                .resolve("kv")
                .resolve(folder.identity().incarnation().toString());
    }

    private static boolean hasRow(KeyValue rows) {
        return rows.get(KvSpace.BUCKETS, KEY).join().isPresent();
    }

    private static boolean hasRow(DriveFolder folder) {
        try (LocalDrive drive = folder.open()) {
            return hasRow(drive.keyValue());
        }
    }

    private static Path inUse(Path store) throws IOException {
        return store.resolve(Files.readString(store.resolve("CURRENT")).strip());
    }

    private static byte[] taken(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.delete(file);
        return bytes;
    }

    private void requireRefused(DriveFolder folder, String missing) {
        DriveException refusal = assertThrows(DriveException.class, folder::open);
        assertEquals(DriveException.Kind.CORRUPT, refusal.kind());
        assertTrue(refusal.getMessage().contains(missing), refusal.getMessage());
    }

    @Test
    void whatIsSetAsideIsWholeButForItsCurrent() throws IOException {
        byte[] current = taken(store(first).resolve("CURRENT"));
        assertFalse(hasRow(first), "a new store is there");
        Files.write(first.setAside().resolve("CURRENT"), current);
        try (StoppedDrive stopped = StoppedDrive.open(first.path(), first.identity(), resources)) {
            assertTrue(hasRow(stopped.setAside().orElseThrow()));
        }
    }

    @Test
    void oneThatMayNotBeSetAsideIsRefusedEachTimeAndStaysAsItIs() throws IOException {
        Files.delete(store(first).resolve("CURRENT"));
        first.open().close();
        byte[] current = taken(store(second).resolve("CURRENT"));
        for (int attempt = 0; attempt < 3; attempt++) {
            requireRefused(second, "CURRENT");
        }
        Files.write(store(second).resolve("CURRENT"), current);
        assertTrue(hasRow(second));
    }

    @Test
    void aListOfFilesThatIsMissingIsDamage() throws IOException {
        Path manifest = inUse(store(first));
        byte[] bytes = taken(manifest);
        assertFalse(hasRow(first), "a new store is there");
        Files.write(first.setAside().resolve(manifest.getFileName()), bytes);
        try (StoppedDrive stopped = StoppedDrive.open(first.path(), first.identity(), resources)) {
            assertTrue(hasRow(stopped.setAside().orElseThrow()));
        }
        taken(inUse(store(second)));
        requireRefused(second, "MANIFEST");
    }

    @Test
    void aDriveWithShardsWhoseStoreIsGoneSaysSo() throws IOException {
        try (LocalDrive drive = first.open()) {
            DriveFolder.written(drive, new ShardName(new BlobId(new Id128(1, 2)), 0))
                    .publish()
                    .join();
        }
        List<DriveFolder> both = List.of(first, second);
        for (DriveFolder folder : both) {
            Files.move(store(folder), folder.path().resolveSibling("store"));
        }
        assertEquals(List.of(first.path()), warnings(() -> both.forEach(folder -> assertFalse(hasRow(folder)))));
        assertEquals(List.of(), warnings(() -> both.forEach(folder -> assertFalse(hasRow(folder)))), "said once");
    }

    /** The paths of drives that say so meanwhile. */
    private static List<Object> warnings(Runnable work) {
        List<Object> paths = new CopyOnWriteArrayList<>();
        Logger logger = Logger.getLogger(OpenDrive.class.getName());
        Filter before = logger.getFilter();
        logger.setFilter(line -> {
            if (line.getMessage().contains("its key-value store is gone")) {
                paths.add(line.getParameters()[1]);
            }
            return true;
        });
        try {
            work.run();
        } finally {
            logger.setFilter(before);
        }
        return paths;
    }

    /** What a power cut may leave of the first opening: no other file is made before {@code CURRENT} is durable. */
    @Test
    void aFirstOpeningThatWasCutOffIsBegunAgain() throws IOException {
        try (DriveFolder folder =
                DriveFolder.in(Files.createDirectory(dir.resolve("third"))).with(resources)) {
            DriveDirectory.format(Files.createDirectory(folder.path()), folder.identity());
            Files.createDirectories(store(folder));
            Files.write(store(folder).resolve("MANIFEST-000001"), new byte[10]);
            Files.write(store(folder).resolve("LOG"), new byte[10]);
            Files.write(store(folder).resolve("000001.dbtmp"), new byte[10]);
            folder.open().close();
        }
    }
}
