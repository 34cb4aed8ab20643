package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * A power cut between any two steps of a key-value store leaves one that opens, with every row. The column families go
 * to their tables at different times, as when the memory of one is full, and each time a log ends and another begins.
 *
 * <p>The store is copied while it is open. A file that was cut shorter is as long as before in the copy: RocksDB cuts a
 * log when it ends, and syncs it before that.
 */
class LogsAfterCrashTest {
    private static final int STEPS = 40;
    private static final int KEYS = 8;

    private final Random random = new Random(1);

    @AutoClose
    private final DriveResources resources = new DriveResources(8 << 20, 8 << 20);

    @TempDir
    Path top;

    @TempDir
    Path links;

    /** The store, and what it has been told. */
    private final class Store implements AutoCloseable {
        private final KvOptions options = new KvOptions(resources);
        private final DBOptions database;
        private final List<ColumnFamilyHandle> families = new ArrayList<>();
        private final RocksDB db;

        Store(Path directory) throws RocksDBException {
            database = options.database(directory);
            List<ColumnFamilyDescriptor> wanted = List.of(
                    family("default", KvSpace.Values.SMALL),
                    family("small", KvSpace.Values.SMALL),
                    family("large", KvSpace.Values.LARGE));
            try {
                db = RocksDB.open(database, directory.toString(), wanted, families);
            } catch (RocksDBException e) {
                options.close();
                throw e;
            }
        }

        /** The copy must not meet a compaction on the way. */
        private ColumnFamilyDescriptor family(String name, KvSpace.Values values) {
            return new ColumnFamilyDescriptor(
                    name.getBytes(StandardCharsets.US_ASCII),
                    options.family(values).setDisableAutoCompactions(true));
        }

        void put(int family, byte[] key, byte[] value) throws RocksDBException {
            try (WriteOptions synced = new WriteOptions().setSync(true)) {
                db.put(families.get(family), synced, key, value);
            }
        }

        void flush(List<ColumnFamilyHandle> some) throws RocksDBException {
            try (FlushOptions wait = new FlushOptions().setWaitForFlush(true)) {
                db.flush(wait, some);
            }
        }

        @Override
        public void close() {
            families.forEach(ColumnFamilyHandle::close);
            db.close();
            options.close();
        }
    }

    private record Row(int family, int key) {
        byte[] bytes() {
            return new byte[] {(byte) key};
        }
    }

    private final Map<Row, byte[]> rows = new HashMap<>();
    /** The longest that each file was, by the identity that it keeps when it is renamed. */
    private final Map<Object, byte[]> longest = new HashMap<>();

    private void put(Store store, Row row, int bytes) throws RocksDBException {
        byte[] value = new byte[bytes];
        random.nextBytes(value);
        store.put(row.family(), row.bytes(), value);
        rows.put(row, value);
    }

    /** A power cut now. */
    private void assertWhole(Store store, Path directory, String when) throws Exception {
        Path copy = top.resolve("copy");
        store.db.disableFileDeletions();
        try {
            while (!isCopied(directory, Files.createDirectory(copy))) {
                remove(copy);
            }
        } finally {
            store.db.enableFileDeletions();
        }
        try (Store again = assertDoesNotThrow(() -> new Store(copy), when)) {
            for (Map.Entry<Row, byte[]> row : rows.entrySet()) {
                byte[] found = again.db.get(
                        again.families.get(row.getKey().family()), row.getKey().bytes());
                assertArrayEquals(row.getValue(), found, () -> when + ", " + row.getKey());
            }
        }
        remove(copy);
    }

    /** Not when a file goes meanwhile, as that was decided before deletions were held up. */
    private boolean isCopied(Path directory, Path copy) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Optional<Object> key = DriveDirectory.fileKey(file);
                if (key.isEmpty()) {
                    return false;
                }
                Files.write(copy.resolve(file.getFileName()), uncut(file, key.get()));
            }
            return true;
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    /** As long as it ever was, with what was there. */
    private byte[] uncut(Path file, Object key) throws IOException {
        if (!longest.containsKey(key)) {
            // while there is a link to it no other file gets this identity
            Files.createLink(links.resolve(Integer.toString(longest.size())), file);
        }
        byte[] now = Files.readAllBytes(file);
        byte[] before = longest.getOrDefault(key, now);
        byte[] uncut = Arrays.copyOf(before, Math.max(before.length, now.length));
        System.arraycopy(now, 0, uncut, 0, now.length);
        longest.put(key, uncut);
        return uncut;
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    /**
     * A log that took the file of an older one, and is shorter, would end in records of that. RocksDB takes these for
     * damage, unless the next log goes on with the next number; and here that has nothing yet.
     */
    @Test
    void afterASpaceWentToItsTablesAndBeforeTheNextWrite() throws Exception {
        Path directory = Files.createDirectory(top.resolve("store"));
        try (Store store = new Store(directory)) {
            fill(store, 0, 100_000);
            assertWhole(store, directory, "with one log");
            store.flush(store.families);
            for (int i = 1; i <= 2; i++) {
                fill(store, i, 100);
                store.flush(List.of(store.families.get(1)));
                assertWhole(store, directory, "with an empty log, " + i);
            }
        }
    }

    private void fill(Store store, int key, int bytes) throws RocksDBException {
        put(store, new Row(1, key), bytes);
        put(store, new Row(2, key), bytes);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void betweenAnyTwoSteps(long seed) throws Exception {
        random.setSeed(seed);
        Path directory = Files.createDirectory(top.resolve("store"));
        try (Store store = new Store(directory)) {
            for (int i = 0; i < STEPS; i++) {
                int family = 1 + random.nextInt(2);
                switch (random.nextInt(6)) {
                    case 0 -> store.flush(store.families);
                    case 1, 2 -> store.flush(List.of(store.families.get(family)));
                    default -> put(store, new Row(family, random.nextInt(KEYS)), 1 << random.nextInt(18));
                }
                assertWhole(store, directory, "after step " + i);
            }
        }
    }
}
