package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a drive knows of a damaged file of its key-value store, and when that store may be set aside. */
class KeyValueRotTest {
    private static final int ROWS = 2000;
    private static final byte[] END = {(byte) 0xFF};
    private static final ScanLimit ALL = new ScanLimit(Integer.MAX_VALUE, Long.MAX_VALUE);
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    private final DriveResources resources = new DriveResources(8 << 20, 8 << 20);
    private final DriveFolder folder = DriveFolder.create().with(resources);
    private final DriveFolder other = DriveFolder.create().with(resources);

    @AfterEach
    void close() {
        folder.close();
        other.close();
        resources.close();
    }

    private static void fill(Drive drive) {
        Random random = new Random(1);
        KvBatch batch = new KvBatch();
        for (int i = 0; i < ROWS; i++) {
            byte[] value = new byte[100];
            random.nextBytes(value);
            batch.put(KvSpace.OBJECTS, new byte[] {(byte) (i >> 8), (byte) i}, value);
        }
        drive.keyValue().commit(batch).join();
    }

    /** Leaves a drive that is closed, with a wrong bit in a table. */
    private void makeRotten() throws IOException {
        LocalDrive drive = folder.format();
        fill(drive);
        drive.close();
        folder.rotInLargestTable();
    }

    private static void meet(Drive drive) {
        CompletionException met = assertThrows(
                CompletionException.class,
                () -> drive.keyValue()
                        .scan(KvSpace.OBJECTS, new byte[0], END, ALL)
                        .join());
        assertEquals(
                DriveException.Kind.CORRUPT,
                assertInstanceOf(DriveException.class, met.getCause()).kind());
    }

    private static void writeAnew(Drive drive) {
        drive.keyValue()
                .commit(new KvBatch().deleteRange(KvSpace.OBJECTS, new byte[0], END))
                .join();
        fill(drive);
    }

    private static boolean may(Drive drive) {
        return drive.rot().orElseThrow().mayBeSetAside();
    }

    private static void until(BooleanSupplier comesTrue) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!comesTrue.getAsBoolean()) {
            assertTrue(System.nanoTime() - end < 0, "it does not come true");
            Thread.sleep(20);
        }
    }

    @Test
    void aWholeStoreHasNone() {
        LocalDrive drive = folder.format();
        fill(drive);
        drive = folder.reopen(drive, false);
        assertEquals(
                ROWS,
                drive.keyValue()
                        .scan(KvSpace.OBJECTS, new byte[0], END, ALL)
                        .join()
                        .size());
        assertEquals(Optional.empty(), drive.rot());
    }

    /** The rows above hide it from every read. */
    @Test
    void whatWasMetIsKnownToTheNextProcessAlso() throws IOException {
        makeRotten();
        LocalDrive drive = folder.open();
        assertEquals(Optional.empty(), drive.rot(), "nobody has read it");
        meet(drive);
        Optional<KeyValueRot> met = drive.rot();
        assertTrue(may(drive));
        writeAnew(drive);
        for (boolean crash : List.of(true, false)) {
            drive = folder.reopen(drive, crash);
            assertEquals(met, drive.rot());
        }
        assertEquals(
                ROWS,
                drive.keyValue()
                        .scan(KvSpace.OBJECTS, new byte[0], END, ALL)
                        .join()
                        .size());
        assertTrue(drive.setAsideKeyValue("met"));
        drive = folder.reopen(drive, false);
        assertTrue(Files.isDirectory(folder.setAside()));
        assertEquals(Optional.empty(), drive.rot(), "it went with the store");
    }

    @Test
    void whoeverHasRemovedWhatWasSetAsideNeedsNoRestart() throws Exception {
        makeRotten();
        Path before = Files.createDirectory(folder.setAside());
        LocalDrive drive = folder.open();
        meet(drive);
        assertFalse(may(drive), "one lies there");
        assertFalse(drive.setAsideKeyValue("met"));
        assertTrue(drive.status().online());
        Files.delete(before);
        until(() -> may(drive));
        assertTrue(drive.setAsideKeyValue("met"));
    }

    @Test
    void noMoreAreSetAsideThanTheParityRestores() throws Exception {
        makeRotten();
        other.format().close();
        Path before = Files.createDirectory(other.setAside());
        other.open();
        LocalDrive drive = folder.open();
        meet(drive);
        assertFalse(may(drive), "one of another drive lies there, and the code can lose one");
        Files.delete(before);
        until(() -> may(drive));
        Files.createDirectory(before);
        until(() -> !may(drive));
    }

    @Test
    void whatWasRemovedWhileTheDriveWasAwayIsForgotten() throws IOException {
        makeRotten();
        Path before = Files.createDirectory(folder.setAside());
        folder.open().close();
        Files.delete(before);
        LocalDrive drive = folder.open();
        meet(drive);
        assertTrue(may(drive));
    }
}
