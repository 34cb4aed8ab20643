package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.Id128;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * What is deleted is given back, also when nothing is written to the store any more: large objects are none of its
 * business, and need the space.
 */
class DeadBytesTest {
    private static final int PACKED = 32 << 10;
    private static final int PACKED_COUNT = 5_000;
    private static final int INLINE = 3 << 10;
    private static final int INLINE_COUNT = 40_000;
    private static final int BATCH = 50;

    @TempDir
    Path directory;

    private final DriveResources resources = new DriveResources(8 << 20, 8 << 20);
    private KvStore store;

    @BeforeEach
    void open() throws RocksDBException {
        store = KvStore.open(new DriveId(new Id128(1, 2)), directory, resources);
    }

    @AfterEach
    void close() throws RocksDBException {
        store.close(false);
        resources.close();
    }

    private static byte[] key(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number * 0x9e3779b1).array();
    }

    private interface Change {
        void make(WriteBatch batch, int number) throws RocksDBException;
    }

    private void each(int count, Change change) throws RocksDBException {
        for (int from = 0; from < count; from += BATCH) {
            try (WriteBatch batch = new WriteBatch()) {
                for (int i = from; i < Math.min(count, from + BATCH); i++) {
                    change.make(batch, i);
                }
                store.write(batch, false);
            }
        }
    }

    private void becomeQuiet() throws RocksDBException {
        IdleFlush idle = new IdleFlush(store);
        for (int i = 0; i <= IdleFlush.QUIET_LOOKS + 1; i++) {
            idle.look();
        }
    }

    private long bytes() throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.list(directory)) {
            all = files.toList();
        }
        long sum = 0;
        for (Path file : all) {
            sum += Files.exists(file) ? file.toFile().length() : 0;
        }
        return sum;
    }

    private void awaitLessThan(long most) throws IOException, InterruptedException {
        while (bytes() > most) {
            Thread.sleep(10);
        }
    }

    private static byte[] value(int bytes) {
        byte[] value = new byte[bytes];
        new Random(bytes).nextBytes(value);
        return value;
    }

    private void put(KvSpace space, int count, byte[] value) throws RocksDBException {
        each(count, (batch, i) -> batch.put(store.family(space), key(i), value));
        store.flush();
    }

    private void delete(KvSpace space, int count) throws RocksDBException {
        each(count, (batch, i) -> batch.delete(store.family(space), key(i)));
    }

    @Test
    @Timeout(300)
    void packedShardsThatWereDeletedAreGivenBack() throws Exception {
        put(KvSpace.PACKED, PACKED_COUNT, value(PACKED));
        assertTrue(bytes() > (long) PACKED_COUNT * PACKED);
        delete(KvSpace.PACKED, PACKED_COUNT);
        becomeQuiet();
        awaitLessThan((long) PACKED_COUNT * PACKED / 20);
    }

    @Test
    @Timeout(300)
    void bodiesThatWereDeletedAreGivenBack() throws Exception {
        put(KvSpace.INLINE, INLINE_COUNT, value(INLINE));
        assertTrue(bytes() > (long) INLINE_COUNT * INLINE);
        delete(KvSpace.INLINE, INLINE_COUNT);
        becomeQuiet();
        awaitLessThan((long) INLINE_COUNT * INLINE / 20);
    }

    /** Some are left everywhere between those that were deleted. */
    @Test
    @Timeout(300)
    void whatWasMostlyDeletedIsMostlyGivenBack() throws Exception {
        int keptOf = 10;
        byte[] value = value(PACKED);
        put(KvSpace.PACKED, PACKED_COUNT, value);
        each(PACKED_COUNT, (batch, i) -> {
            if (i % keptOf != 0) {
                batch.delete(store.family(KvSpace.PACKED), key(i));
            }
        });
        becomeQuiet();
        awaitLessThan((long) PACKED_COUNT * PACKED * 3 / 4);
        for (int i = 0; i < PACKED_COUNT; i += keptOf) {
            KvStore.Lookup found = store.get(KvSpace.PACKED, key(i));
            assertArrayEquals(value, ((KvStore.Lookup.Found) found).value());
        }
    }
}
