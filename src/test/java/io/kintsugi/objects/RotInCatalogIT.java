package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.DriveId;
import io.kintsugi.objects.UpkeepSnapshot.RowScrubbing;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A byte rots in a file of the catalog, on a drive whose replica nobody reads: scrubbing finds it, and the replica is
 * made anew. Then the drives of the other replicas may go.
 */
class RotInCatalogIT {
    private static final int DRIVES = 4;
    private static final int PARITY = 2;
    private static final int OBJECTS = 500;
    private static final int LARGE = 5000;
    private static final int SMALL = 100;
    private static final int RESTARTS = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final ObjectSettings SCRUBBED = new ObjectSettings(
            ObjectSettings.DEFAULTS.limits(),
            ObjectSettings.DEFAULTS.defaultChecksum(),
            ObjectSettings.DEFAULTS.upkeep().with(25, Optional.empty(), Optional.of(Duration.ofSeconds(5))));
    private static final ObjectSettings UNSCRUBBED = new ObjectSettings(
            ObjectSettings.DEFAULTS.limits(),
            ObjectSettings.DEFAULTS.defaultChecksum(),
            ObjectSettings.DEFAULTS.upkeep().with(25, Optional.empty(), Optional.empty()));

    @TempDir
    Path root;

    private final Map<String, byte[]> contents = new LinkedHashMap<>();
    /** Its replica is the last that reads would go to. */
    private DriveId damaged;

    private int number;

    /** Only inline objects: there are no tables with many rows but those of the catalog. */
    @BeforeEach
    void fill() {
        try (LocalStore store = new LocalStore(root, DRIVES, UNSCRUBBED)) {
            store.objects.createBucket(LocalStore.BUCKET);
            for (int i = 0; i < OBJECTS; i++) {
                byte[] content = TestBody.bytes(i % 2 == 0 ? SMALL : LARGE, i);
                store.put("key" + i, content);
                contents.put("key" + i, content);
            }
        }
        // of a store that is there replicas are asked in another order than in the one that made them
        try (LocalStore store = new LocalStore(root, DRIVES, UNSCRUBBED)) {
            damaged = store.catalog.status().live().getLast();
            number = IntStream.rangeClosed(1, DRIVES)
                    .filter(i -> store.drive(i).equals(damaged))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private Path flipInTheLargest(String suffix) throws IOException {
        Path file;
        try (Stream<Path> tree = Files.walk(LocalStore.folder(root, number).resolve("kv"))) {
            file = tree.filter(path -> path.toString().endsWith(suffix))
                    .max(Comparator.comparing(path -> path.toFile().length()))
                    .orElseThrow();
        }
        assertTrue(Files.size(file) > OBJECTS * 10L, () -> file + " has few rows");
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            long at = bytes.length() / 3;
            bytes.seek(at);
            int was = bytes.read();
            bytes.seek(at);
            bytes.write(was ^ 0x10);
        }
        return file;
    }

    private static void await(LocalStore store, Predicate<RowScrubbing> wanted) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!wanted.test(store.upkeep.snapshot().rowScrubbing())) {
            assertTrue(System.nanoTime() - end < 0, () -> "it was not found: " + store.upkeep.snapshot());
            Thread.sleep(20);
        }
    }

    private static void awaitPass(LocalStore store) throws InterruptedException {
        Optional<Instant> before = store.upkeep.snapshot().rowScrubbing().lastPass();
        await(store, seen -> !seen.lastPass().equals(before));
    }

    private void everythingIsThere(LocalStore store) {
        contents.forEach((key, content) -> assertArrayEquals(content, store.get(key), key));
    }

    @ParameterizedTest
    @ValueSource(strings = {".sst", ".blob"})
    void aByteThatRotsWhereNobodyReadsIsFoundAndMended(String suffix) throws Exception {
        Path rotten = flipInTheLargest(suffix);
        List<DriveId> others;
        try (LocalStore store = new LocalStore(root, DRIVES, SCRUBBED)) {
            await(store, seen -> seen.damaged() > 0);
            store.awaitHealed(Set.of());
            awaitPass(store);
            awaitPass(store);
            assertEquals(1, store.upkeep.snapshot().rowScrubbing().damaged(), "what was made anew is right");
            awaitSetAside(store);
            assertTrue(store.catalog.status().live().contains(damaged));
            assertFalse(Files.exists(rotten), "what is rotten would stop the store one day");
            others = store.catalog.status().live().stream()
                    .filter(id -> !id.equals(damaged))
                    .toList();
        }
        assertEquals(PARITY, others.size());
        isThereWithout(others);
    }

    /** The store has healed what it can: the file with the rotten byte is of no use any more. */
    private void awaitSetAside(LocalStore store) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!hasSetAside(LocalStore.folder(root, number).resolve("kv"))) {
            assertTrue(System.nanoTime() - end < 0, () -> "it was not set aside: " + store.upkeep.snapshot());
            Thread.sleep(20);
        }
        store.awaitHealed(Set.of(number));
    }

    /** With these drives away, which are as many as the code can lose. */
    private void isThereWithout(List<DriveId> others) throws IOException {
        try (LocalStore store = new LocalStore(root, DRIVES, UNSCRUBBED)) {
            for (int i = 1; i <= DRIVES; i++) {
                if (others.contains(store.drive(i))) {
                    Files.move(LocalStore.folder(root, i), root.resolve("away" + i));
                }
            }
            everythingIsThere(store);
        }
    }

    /**
     * The table with the rotten byte is merged with others one day, which RocksDB does not survive: then the drive's
     * key-value store is set aside by itself, and filled from the other drives.
     */
    @Test
    void aRottenTableThatACompactionMeetsIsNoReasonToGiveUpADrive() throws Exception {
        flipInTheLargest(".sst");
        Path kv = LocalStore.folder(root, number).resolve("kv");
        boolean setAside = false;
        for (int i = 0; i < 2 * RESTARTS && !setAside; i++) {
            try (LocalStore store = new LocalStore(root, DRIVES, UNSCRUBBED)) {
                // a commit sees that the store has stopped
                long end = System.nanoTime()
                        + Duration.ofSeconds(i < RESTARTS ? 1 : 10).toNanos();
                do {
                    // around all others, so that the tables overlap
                    store.put("key0", contents.get("key0"));
                    store.put("key99", contents.get("key99"));
                    setAside = hasSetAside(kv);
                } while (!setAside && System.nanoTime() - end < 0);
                if (setAside) {
                    store.awaitHealed(Set.of());
                }
            }
        }
        assertTrue(setAside, "no compaction has met the rotten byte");
        List<DriveId> others;
        try (LocalStore store = new LocalStore(root, DRIVES, SCRUBBED)) {
            await(store, seen -> seen.lastPass().isPresent());
            assertEquals(0, store.upkeep.snapshot().rowScrubbing().damaged());
            everythingIsThere(store);
            others = store.catalog.status().live().stream()
                    .filter(id -> !id.equals(damaged))
                    .limit(PARITY)
                    .toList();
        }
        isThereWithout(others);
    }

    private static boolean hasSetAside(Path kv) throws IOException {
        try (Stream<Path> stores = Files.list(kv)) {
            return stores.anyMatch(path -> path.toString().endsWith(".damaged"));
        }
    }
}
