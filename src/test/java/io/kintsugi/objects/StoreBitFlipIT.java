package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.ListQuery;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * I3 for a whole store that has stopped: one flipped bit in any file of a drive, whatever its kind, and the store
 * starts, serves every object as it was written, and takes new ones.
 */
class StoreBitFlipIT {
    private static final int DAMAGED = 1;

    @TempDir
    Path dir;

    private final Map<String, byte[]> contents = new LinkedHashMap<>();

    /** Tables, blob files, a write-ahead log with commits in it, and shard files: as a killed process leaves them. */
    @BeforeEach
    void fill() throws IOException {
        Path live = dir.resolve("live");
        try (LocalStore store = new LocalStore(live)) {
            store.objects.createBucket(LocalStore.BUCKET);
            putAll(store, "flushed");
        }
        try (LocalStore store = new LocalStore(live)) {
            putAll(store, "logged");
            copy(live, dir.resolve("stopped"));
        }
    }

    private void putAll(LocalStore store, String prefix) {
        for (int i = 0; i < 3; i++) {
            for (int size : new int[] {100, 20_000, 300_000}) {
                String key = prefix + "/" + size + "/" + i;
                byte[] content = TestBody.bytes(size, key.hashCode());
                store.put(key, content);
                contents.put(key, content);
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path path : (Iterable<Path>) tree::iterator) {
                Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    @Test
    void anyFlippedBitIsFoundOrHarmless() throws IOException {
        Path drive = LocalStore.folder(dir.resolve("stopped"), DAMAGED);
        List<Path> files;
        try (Stream<Path> tree = Files.walk(drive)) {
            files = tree.filter(Files::isRegularFile).sorted().toList();
        }
        assertTrue(files.size() > 10, () -> "files of every kind: " + files);
        int flips = 0;
        for (Path file : files) {
            for (long offset : offsets(Files.size(file))) {
                survives(drive.relativize(file), offset, ++flips);
            }
        }
        System.out.println("StoreBitFlipIT: " + flips + " flips in " + files.size() + " files");
    }

    @Test
    void aKeyValueStoreThatCannotBeOpenedIsSetAsideAndFilledAnew() throws Exception {
        Path root = dir.resolve("stopped");
        Path own;
        try (Stream<Path> stores = Files.list(LocalStore.folder(root, DAMAGED).resolve("kv"))) {
            own = stores.findFirst().orElseThrow();
        }
        try (Stream<Path> files = Files.list(own)) {
            Path manifest = files.filter(f -> f.getFileName().toString().startsWith("MANIFEST"))
                    .findFirst()
                    .orElseThrow();
            flip(manifest, Files.size(manifest) / 3);
        }
        try (LocalStore store = new LocalStore(root)) {
            assertTrue(Files.isDirectory(own.resolveSibling(own.getFileName() + ".damaged")), "nothing is removed");
            store.awaitHealed(Set.of());
            LostDriveWaysIT.delete(LocalStore.folder(root, 2));
            LostDriveWaysIT.delete(LocalStore.folder(root, 3));
            contents.forEach((key, content) -> assertArrayEquals(content, store.get(key), key));
        }
    }

    private static Set<Long> offsets(long size) {
        return size == 0 ? Set.of() : new TreeSet<>(Set.copyOf(List.of(0L, size / 3, size - 1)));
    }

    private void survives(Path file, long offset, int number) throws IOException {
        Path root = dir.resolve("flip" + number);
        copy(dir.resolve("stopped"), root);
        flip(LocalStore.folder(root, DAMAGED).resolve(file), offset);
        String what = file + " at " + offset;
        try (LocalStore store = new LocalStore(root)) {
            contents.forEach((key, content) -> assertArrayEquals(content, store.get(key), key + " with " + what));
            ListQuery all = new ListQuery(
                    LocalStore.BUCKET, "", Optional.empty(), new ListQuery.Beginning(), ListQuery.MAX_LIMIT);
            assertEquals(
                    contents.size(), store.objects.listObjects(all).entries().size(), what);
            store.put("new", new byte[20_000]);
            assertArrayEquals(new byte[20_000], store.get("new"), what);
        } catch (RuntimeException e) {
            throw new AssertionError("with a flipped bit in " + what + ": " + e.getMessage(), e);
        }
        LostDriveWaysIT.delete(root);
    }

    private static void flip(Path file, long offset) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(offset);
            int was = bytes.read();
            bytes.seek(offset);
            bytes.write(was ^ 0x10);
        }
    }
}
