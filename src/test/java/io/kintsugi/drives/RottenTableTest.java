package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.ErasureCode;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A bit rots in a table of the key-value store, and a compaction meets it: RocksDB takes no change any more then, as
 * often as it is opened.
 */
class RottenTableTest {
    private static final int ROWS = 2000;
    private static final int MIDDLE = ROWS / 2;
    /** RocksDB's default number of tables on level 0 from which on it merges them. */
    private static final int TABLES = 4;

    private static final ScanLimit ALL = new ScanLimit(Integer.MAX_VALUE, Long.MAX_VALUE);
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    private final DriveResources resources = new DriveResources(8 << 20, 8 << 20);
    private final DriveFolder folder = DriveFolder.create().with(resources);

    @AfterEach
    void close() {
        folder.close();
        resources.close();
    }

    private static byte[] key(int i) {
        return new byte[] {(byte) (i >> 8), (byte) i};
    }

    private static void fill(Drive drive, int seed) {
        Random random = new Random(seed);
        KvBatch batch = new KvBatch();
        for (int i = 0; i < ROWS; i++) {
            byte[] value = new byte[100];
            random.nextBytes(value);
            batch.put(KvSpace.OBJECTS, key(i), value);
        }
        drive.keyValue().commit(batch).join();
    }

    /**
     * A drive with a wrong bit among the rows, just opened with as many tables as make RocksDB merge them all. The
     * later ones have a row in the midst of the others: tables that only touch each other are moved as they are.
     */
    private LocalDrive rotten() throws IOException {
        LocalDrive drive = folder.format();
        fill(drive, 0);
        for (int i = 1; i < TABLES - 1; i++) {
            drive = folder.reopen(drive, false);
            over(drive, i);
        }
        drive.close();
        folder.rotInLargestTable();
        drive = folder.open();
        over(drive, TABLES - 1);
        return folder.reopen(drive, false);
    }

    private static void over(Drive drive, int value) {
        drive.keyValue()
                .commit(new KvBatch().put(KvSpace.OBJECTS, key(MIDDLE), new byte[] {(byte) value}))
                .join();
    }

    /** Commits until one fails, as the compaction comes when it comes. */
    private static void untilGone(LocalDrive drive) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (drive.status().online()) {
            assertTrue(System.nanoTime() - end < 0, "no compaction has met the damage");
            try {
                DriveFolder.commit(drive).join();
            } catch (CompletionException e) {
                // what is waited for; if the drive is still online, that is seen by the deadline
                Thread.onSpinWait();
            }
        }
        assertTrue(drive.status().reason().contains("damaged"), drive.status().reason());
    }

    @Test
    void aStoreThatADamagedTableHasStoppedIsSetAsideWhenTheDriveIsOpenedAnew() throws IOException {
        LocalDrive stopped = rotten();
        untilGone(stopped);
        LocalDrive drive = folder.reopen(stopped, false);
        assertTrue(Files.isDirectory(folder.setAside()), "nothing is removed");
        assertEquals(
                List.of(),
                drive.keyValue()
                        .scan(KvSpace.OBJECTS, new byte[0], key(ROWS), ALL)
                        .join());
        for (int i = 0; i < TABLES; i++) {
            fill(drive, i);
            drive = folder.reopen(drive, false);
        }
        DriveFolder.commit(drive).join();
        assertTrue(drive.status().online());
    }

    @Test
    void withoutParityItIsOpenedAsItIsSinceNothingCouldFillAnother() throws IOException {
        folder.with(new ErasureCode(1, 0));
        LocalDrive stopped = rotten();
        untilGone(stopped);
        LocalDrive drive = folder.reopen(stopped, false);
        assertFalse(Files.exists(folder.setAside()));
        assertArrayEquals(
                new byte[] {TABLES - 1},
                drive.keyValue().get(KvSpace.OBJECTS, key(MIDDLE)).join().orElseThrow());
    }
}
