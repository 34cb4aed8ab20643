package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.Upload;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * I3 for a whole store that has stopped: one flipped bit in any file of a drive, whatever its kind, and the store
 * starts, serves every object as it was written, and takes new ones. When the drive was walked, or emptied if it was
 * refused, it is mended: with as many other drives gone as there is parity, everything is still there.
 *
 * <p>Each region of a shard by itself is {@code BitFlipTest}'s.
 */
class StoreBitFlipIT {
    private static final int DAMAGED = 1;
    private static final int DRIVES = 5;
    private static final String PARTS = "parts";
    private static final int PART_BYTES = 5 << 20;

    /** What must be among the files of a drive, as regular expressions of their names in it. */
    private static final List<String> KINDS = List.of(
            "kintsugi\\.json",
            "shards/[0-9a-f]{2}/.+",
            "kv/.+\\.sst",
            "kv/.+\\.blob",
            "kv/.+\\.log",
            "kv/.+/MANIFEST-.+",
            "kv/.+/CURRENT",
            "kv/.+/OPTIONS-.+",
            "kv/.+/IDENTITY");

    @TempDir
    Path dir;

    private final Map<String, byte[]> contents = new LinkedHashMap<>();

    /**
     * Tables, blob files, a write-ahead log with commits in it, shard files, and the identity of a drive whose store
     * has grown: as a killed process leaves them. In them are objects of every form, and one of parts with its
     * manifest.
     */
    @BeforeEach
    void fill() throws IOException {
        Path live = dir.resolve("live");
        new LocalStore(live).close();
        Files.createDirectory(LocalStore.folder(live, DRIVES));
        try (LocalStore store = open(live)) {
            store.objects.createBucket(LocalStore.BUCKET);
            putAll(store, "flushed");
        }
        try (LocalStore store = open(live)) {
            putAll(store, "logged");
            putParts(store);
            copy(live, dir.resolve("stopped"));
        }
    }

    private static LocalStore open(Path root) {
        return new LocalStore(root, DRIVES, ObjectSettings.DEFAULTS);
    }

    private void putParts(LocalStore store) {
        byte[] content = TestBody.bytes(PART_BYTES + 1000, 7);
        ObjectKey key = ObjectKey.of(PARTS);
        Upload upload = store.objects.createUpload(
                new CreateUpload(LocalStore.BUCKET, key, ObjectMetadata.NONE, Optional.empty()));
        UploadName name = new UploadName(LocalStore.BUCKET, key, upload.id());
        List<CompleteUpload.Part> parts = new ArrayList<>();
        for (byte[] part :
                List.of(Arrays.copyOf(content, PART_BYTES), Arrays.copyOfRange(content, PART_BYTES, content.length))) {
            int number = parts.size() + 1;
            parts.add(Uploading.listed(store.objects.uploadPart(new UploadPart(name, number, TestBody.of(part)))));
        }
        store.objects.completeUpload(Uploading.completion(name, parts));
        contents.put(PARTS, content);
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
    void anyFlippedBitIsFoundAndMendedOrHarmless() throws Exception {
        Path drive = LocalStore.folder(dir.resolve("stopped"), DAMAGED);
        List<Path> files;
        try (Stream<Path> tree = Files.walk(drive)) {
            files = tree.filter(Files::isRegularFile).sorted().toList();
        }
        for (String kind : KINDS) {
            assertTrue(
                    files.stream()
                            .anyMatch(file -> drive.relativize(file).toString().matches(kind)),
                    () -> "no file is " + kind + ": " + files);
        }
        assertTrue(Files.readString(drive.resolve("kintsugi.json")).contains("\"generation\": \"2\""));
        int flips = 0;
        for (Path file : files) {
            Path name = drive.relativize(file);
            Set<Long> offsets = offsets(Files.size(file));
            for (long offset : offsets) {
                Path root = damaged(name, Set.of(offset));
                survives(root, name + " at " + offset);
                LostDriveWaysIT.delete(root);
                flips++;
            }
            if (!offsets.isEmpty()) {
                Path root = damaged(name, offsets);
                isMended(root, name + " at " + offsets);
                LostDriveWaysIT.delete(root);
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
        try (LocalStore store = open(root)) {
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

    /** A copy of the stopped store with these bits flipped. */
    private Path damaged(Path file, Set<Long> offsets) throws IOException {
        Path root = Files.createTempDirectory(dir, "flip");
        copy(dir.resolve("stopped"), root);
        for (long offset : offsets) {
            flip(LocalStore.folder(root, DAMAGED).resolve(file), offset);
        }
        return root;
    }

    private void survives(Path root, String what) {
        try (LocalStore store = open(root)) {
            everythingIsThere(store, what);
            store.put("new", new byte[20_000]);
            assertArrayEquals(new byte[20_000], store.get("new"), what);
        } catch (RuntimeException e) {
            throw new AssertionError("with a flipped bit in " + what + ": " + e.getMessage(), e);
        }
    }

    private void isMended(Path root, String what) throws Exception {
        List<Integer> lost;
        try (LocalStore store = open(root)) {
            mend(store);
            lost = others(store);
        } catch (RuntimeException e) {
            throw new AssertionError("with flipped bits in " + what + ": " + e.getMessage(), e);
        }
        for (int number : lost) {
            LostDriveWaysIT.delete(LocalStore.folder(root, number));
        }
        try (LocalStore store = open(root)) {
            everythingIsThere(store, what + ", mended");
        } catch (RuntimeException e) {
            throw new AssertionError("mended after flipped bits in " + what + ": " + e.getMessage(), e);
        }
    }

    /**
     * As many others as there is parity, without the only other replica of the catalog: a wrong row of a replica is
     * found when it is read, and mended from another then.
     */
    private static List<Integer> others(LocalStore store) {
        List<DriveId> replicas = store.catalog.status().live();
        return IntStream.rangeClosed(DAMAGED + 1, DRIVES)
                .boxed()
                .sorted(Comparator.comparing(number -> !replicas.contains(store.drive(number))))
                .skip(1)
                .limit(2)
                .toList();
    }

    /** A drive that is there is walked; one that was refused gets the cure that it asks for. */
    private static void mend(LocalStore store) throws Exception {
        if (store.topology.statuses().get(DAMAGED - 1).online()) {
            store.upkeep.restore(store.drive(DAMAGED));
        } else {
            Path folder = LocalStore.folder(store.root, DAMAGED);
            LostDriveWaysIT.delete(folder);
            Files.createDirectory(folder);
        }
        store.awaitHealed(Set.of(DAMAGED));
    }

    private void everythingIsThere(LocalStore store, String what) {
        contents.forEach((key, content) -> assertArrayEquals(content, store.get(key), key + " with " + what));
        ListQuery all =
                new ListQuery(LocalStore.BUCKET, "", Optional.empty(), new ListQuery.Beginning(), ListQuery.MAX_LIMIT);
        Set<String> listed = store.objects.listObjects(all).entries().stream()
                .map(entry -> ((ListPage.Version) entry).version().key().toString())
                .collect(Collectors.toCollection(TreeSet::new));
        listed.remove("new");
        assertEquals(new TreeSet<>(contents.keySet()), listed, what);
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
