package io.kintsugi.objects;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.DriveId;
import io.kintsugi.drives.Drive;
import io.kintsugi.objects.UpkeepSnapshot.Healing;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A byte rots in a file of a drive's key-value store. What was in it is mended by new rows, below which the file would
 * lie until a compaction meets it: the store is set aside instead, whenever that can be.
 */
class RottenStoreIT {
    private static final int DRIVES = 4;
    private static final int PACKED_BYTES = 60_000;
    private static final int OBJECTS = 60;
    private static final int IN_FIRST_ROWS = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final ObjectSettings SCRUBBED = scrubbed(Optional.of(Duration.ofSeconds(5)));
    private static final ObjectSettings UNSCRUBBED = scrubbed(Optional.empty());

    @TempDir
    Path root;

    private final Map<String, byte[]> contents = new LinkedHashMap<>();
    /** Of the drive with the file: not 1 or 3, which are taken away in the end, and one that has a replica. */
    private int number;

    private static ObjectSettings scrubbed(Optional<Duration> period) {
        return new ObjectSettings(
                ObjectSettings.DEFAULTS.limits(),
                ObjectSettings.DEFAULTS.defaultChecksum(),
                ObjectSettings.DEFAULTS.upkeep().with(25, Optional.empty(), period));
    }

    private void fill(int bytes, int objects) {
        try (LocalStore store = new LocalStore(root, DRIVES, UNSCRUBBED)) {
            store.objects.createBucket(LocalStore.BUCKET);
            for (int i = 0; i < objects; i++) {
                byte[] content = TestBody.bytes(bytes, i);
                store.put("key" + i, content);
                contents.put("key" + i, content);
            }
            number = store.catalog.status().live().contains(store.drive(2)) ? 2 : 4;
        }
    }

    private Path kv() {
        return LocalStore.folder(root, number).resolve("kv");
    }

    private Path flip(Predicate<Path> wanted) throws IOException {
        Path file;
        try (Stream<Path> tree = Files.walk(kv())) {
            file = tree.filter(wanted)
                    .max(Comparator.comparing(path -> path.toFile().length()))
                    .orElseThrow();
        }
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            // rows come first in a table; what it is opened with, last
            long at = file.toString().endsWith(".sst") ? IN_FIRST_ROWS : bytes.length() / 3;
            bytes.seek(at);
            int was = bytes.read();
            bytes.seek(at);
            bytes.write(was ^ 0x10);
        }
        return file;
    }

    private static boolean isTableOf(Path file, String family) {
        try {
            return file.toString().endsWith(".sst")
                    && new String(Files.readAllBytes(file), ISO_8859_1).matches("(?s).*\\Q" + family + "\\E[^_].*");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Optional<Path> setAside() throws IOException {
        try (Stream<Path> stores = Files.list(kv())) {
            return stores.filter(path -> path.toString().endsWith(".damaged")).findFirst();
        }
    }

    private Drive drive(LocalStore store) {
        return store.topology.drives().get(number - 1);
    }

    private static void await(LocalStore store, BooleanSupplier wanted) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!wanted.getAsBoolean()) {
            assertTrue(
                    System.nanoTime() - end < 0,
                    () -> "it does not come: " + store.catalog.status() + store.upkeep.snapshot());
            Thread.sleep(20);
        }
    }

    private void awaitSetAside(LocalStore store, Path rotten) throws Exception {
        await(store, () -> !Files.exists(rotten));
        assertTrue(setAside().isPresent());
        store.awaitHealed(Set.of(number));
        contents.forEach((key, content) -> assertArrayEquals(content, store.get(key), key));
    }

    /** With as many other drives away as the code can lose. */
    private void isThereWithoutTwoOthers() throws IOException {
        try (LocalStore store = new LocalStore(root, DRIVES, UNSCRUBBED)) {
            for (int i : List.of(1, 3)) {
                Files.move(LocalStore.folder(root, i), root.resolve("away" + i));
            }
            contents.forEach((key, content) -> assertArrayEquals(content, store.get(key), key));
        }
    }

    /** Small shards: the values of a table's rows are in files of their own, or, of the smallest, in the table. */
    @ParameterizedTest
    @ValueSource(strings = {".blob", "packed", "packed_names"})
    void whatRotsAmongPackedShardsGoesWhenTheyAreMended(String what) throws Exception {
        fill(PACKED_BYTES, OBJECTS);
        Path rotten =
                flip(what.startsWith(".") ? file -> file.toString().endsWith(what) : file -> isTableOf(file, what));
        try (LocalStore store = new LocalStore(root, DRIVES, SCRUBBED)) {
            awaitSetAside(store, rotten);
        }
        isThereWithoutTwoOthers();
    }

    /** A replica was made anew above the rotten table, and the process ended: no read meets it any more. */
    @Test
    void aProcessThatEndsBeforeTheStoreIsSetAsideLeavesThatToTheNext() throws Exception {
        fill(5000, 500);
        Path rotten = flip(file -> isTableOf(file, "objects"));
        Path away = root.resolve("away");
        try (LocalStore store = new LocalStore(root, DRIVES, SCRUBBED)) {
            Set<DriveId> replicas = Set.copyOf(store.catalog.status().live());
            int without = 1;
            while (replicas.contains(store.drive(without)) || without == number) {
                without++;
            }
            // not every drive answers: nothing is set aside
            Files.move(LocalStore.folder(root, without), away);
            long epoch = store.catalog.status().epoch();
            await(store, () -> drive(store).rot().isPresent());
            await(
                    store,
                    () -> store.catalog.status().epoch() > epoch + 1
                            && store.catalog.status().reason().isEmpty());
            Files.move(away, LocalStore.folder(root, without));
        }
        assertTrue(Files.exists(rotten));
        assertFalse(setAside().isPresent());
        try (LocalStore store = new LocalStore(root, DRIVES, UNSCRUBBED)) {
            awaitSetAside(store, rotten);
        }
        isThereWithoutTwoOthers();
    }

    /** Where one lies already the store stays, and goes as soon as somebody has removed that. */
    @Test
    void aSecondOneIsSetAsideWhenTheFirstWasRemoved() throws Exception {
        fill(PACKED_BYTES, OBJECTS);
        Path first = flip(file -> file.toString().endsWith(".blob"));
        try (LocalStore store = new LocalStore(root, DRIVES, SCRUBBED)) {
            awaitSetAside(store, first);
        }
        Path second = flip(
                file -> file.toString().endsWith(".blob") && !file.toString().contains(".damaged"));
        try (LocalStore store = new LocalStore(root, DRIVES, SCRUBBED)) {
            await(store, () -> drive(store).rot().isPresent());
            await(store, () -> mended(store.upkeep.snapshot().healing()));
            assertTrue(Files.exists(second));
            Path before = setAside().orElseThrow();
            Files.move(before, root.resolve("removed"));
            awaitSetAside(store, second);
        }
        isThereWithoutTwoOthers();
    }

    private static boolean mended(Healing healing) {
        return healing.idle();
    }
}
