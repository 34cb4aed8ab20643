package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.kintsugi.base.DriveId;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** Bodies of small objects that were read are found in memory, as long as there is room, and no others. */
class BodyCacheTest {
    private static final int MIB = 1 << 20;
    private static final int CACHE = 8 * MIB;
    private static final DriveId DRIVE = DriveId.parse("00000000000000000000000000000001");

    @TempDir
    Path dir;

    private static byte[] key(int i) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(i).array();
    }

    private static byte[] body(int i) {
        byte[] body = new byte[4096];
        new Random(i).nextBytes(body);
        return body;
    }

    private static void fill(KvStore store, KvSpace space, int count) throws RocksDBException {
        try (WriteBatch batch = new WriteBatch()) {
            for (int i = 0; i < count; i++) {
                batch.put(store.family(space), key(i), body(i));
            }
            store.write(batch, true);
        }
        store.flush();
    }

    private static byte[] found(KvStore.Lookup lookup) {
        return assertInstanceOf(KvStore.Lookup.Found.class, lookup).value();
    }

    @Test
    void whatWasReadIsInMemory() throws RocksDBException {
        try (DriveResources resources = new DriveResources(CACHE, CACHE)) {
            KvStore store = KvStore.open(DRIVE, dir, resources);
            fill(store, KvSpace.INLINE, 10);
            assertInstanceOf(KvStore.Lookup.NotInMemory.class, store.peek(KvSpace.INLINE, key(1)));
            assertArrayEquals(body(1), found(store.get(KvSpace.INLINE, key(1))));
            assertArrayEquals(body(1), found(store.peek(KvSpace.INLINE, key(1))));
            assertInstanceOf(KvStore.Lookup.NotInMemory.class, store.peek(KvSpace.INLINE, key(2)));
            store.close(true);
        }
    }

    @Test
    void shardsAreNotKept() throws RocksDBException {
        try (DriveResources resources = new DriveResources(CACHE, CACHE)) {
            KvStore store = KvStore.open(DRIVE, dir, resources);
            fill(store, KvSpace.PACKED, 10);
            assertArrayEquals(body(1), found(store.get(KvSpace.PACKED, key(1))));
            assertInstanceOf(KvStore.Lookup.NotInMemory.class, store.peek(KvSpace.PACKED, key(1)));
            store.close(true);
        }
    }

    @Test
    void allDrivesTogetherKeepNoMoreThanTheBound() throws RocksDBException {
        try (DriveResources resources = new DriveResources(CACHE, CACHE)) {
            KvStore one = KvStore.open(DRIVE, dir.resolve("one"), resources);
            KvStore two = KvStore.open(DRIVE, dir.resolve("two"), resources);
            int count = 3 * CACHE / 4 / 4096;
            fill(one, KvSpace.INLINE, count);
            fill(two, KvSpace.INLINE, count);
            for (int i = 0; i < count; i++) {
                one.get(KvSpace.INLINE, key(i));
            }
            for (int i = 0; i < count; i++) {
                two.get(KvSpace.INLINE, key(i));
            }
            assertEquals(0, inMemory(one, count), "driven out by those of the other drive");
            int kept = inMemory(two, count);
            assertEquals(CACHE / 2 / 4096, kept, 150, "half of the cache of blocks");
            one.close(true);
            two.close(true);
        }
    }

    private static int inMemory(KvStore store, int count) {
        int found = 0;
        for (int i = 0; i < count; i++) {
            if (store.peek(KvSpace.INLINE, key(i)) instanceof KvStore.Lookup.Found) {
                found++;
            }
        }
        return found;
    }
}
