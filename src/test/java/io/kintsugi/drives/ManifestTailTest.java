package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A power cut while RocksDB writes to its MANIFEST: what was there before is opened, and nothing is set aside. */
class ManifestTailTest {
    private static final int SECTOR = 512;
    private static final byte[] KEY = {1};

    @AutoClose
    private final DriveFolder folder = DriveFolder.create();

    private void drive() {
        LocalDrive drive = folder.format();
        drive.keyValue().commit(new KvBatch().put(KvSpace.META, KEY, KEY)).join();
        drive.close();
    }

    private Path store() {
        return folder.path()
                .resolve(DriveDirectory.KEY_VALUES)
                .resolve(folder.identity().incarnation().toString());
    }

    private Path manifest() throws IOException {
        return store().resolve(Files.readString(store().resolve("CURRENT")).strip());
    }

    /** Appends a record of a few sectors, of which those from {@code lost} on, {@code count} of them, are zeros. */
    private void append(int lost, int count) throws IOException {
        byte[] before = Files.readAllBytes(manifest());
        byte[] record = DriveContract.bytes(4 * SECTOR, 7);
        ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN).putShort(4, (short) (record.length - 7));
        record[6] = 1;
        int first = SECTOR - before.length % SECTOR + (lost - 1) * SECTOR;
        Arrays.fill(record, Math.max(0, first), first + count * SECTOR, (byte) 0);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(before);
        all.writeBytes(record);
        Files.write(manifest(), all.toByteArray());
    }

    private void assertOpensWithEverything() throws IOException {
        LocalDrive again = folder.open();
        assertArrayEquals(KEY, again.keyValue().get(KvSpace.META, KEY).join().orElseThrow());
        again.close();
        try (Stream<Path> stores = Files.list(store().getParent())) {
            assertEquals(1, stores.count(), "the store was set aside");
        }
    }

    @Test
    void aTornRecordAtTheEndIsLeftOut() throws IOException {
        drive();
        append(1, 1);
        assertOpensWithEverything();
    }

    @Test
    void soIsOneWhoseBeginningIsNotThere() throws IOException {
        drive();
        append(0, 1);
        assertOpensWithEverything();
    }

    @Test
    void damageIsNotTakenForATornEnd() throws IOException {
        drive();
        append(1, 0);
        byte[] before = Files.readAllBytes(manifest());
        assertEquals(Optional.empty(), ManifestTail.find(store()));
        assertArrayEquals(before, Files.readAllBytes(manifest()));
    }

    @Test
    void aNameThatWasNotWrittenNamesNoManifest() throws IOException {
        drive();
        Files.write(store().resolve("CURRENT"), new byte[16]);
        assertEquals(Optional.empty(), ManifestTail.find(store()));
    }

    @Test
    void aWholeManifestIsLeftAsItIs() throws IOException {
        drive();
        byte[] before = Files.readAllBytes(manifest());
        assertEquals(Optional.empty(), ManifestTail.find(store()));
        assertArrayEquals(before, Files.readAllBytes(manifest()));
        assertTrue(before.length > 0);
    }

    @Test
    void aDriveThatIsOnlyLookedAtSaysThatItsEndIsTornAndIsLeftAsItIs() throws IOException {
        drive();
        append(1, 1);
        byte[] before = Files.readAllBytes(manifest());
        try (DriveResources resources = new DriveResources(8 << 20, 8 << 20);
                StoppedDrive stopped = StoppedDrive.open(folder.path(), folder.identity(), resources)) {
            assertTrue(stopped.isTorn());
            assertTrue(stopped.keyValueFault().contains("start the store once"), stopped::keyValueFault);
        }
        assertArrayEquals(before, Files.readAllBytes(manifest()));
        assertOpensWithEverything();
        try (DriveResources resources = new DriveResources(8 << 20, 8 << 20);
                StoppedDrive stopped = StoppedDrive.open(folder.path(), folder.identity(), resources)) {
            assertEquals("", stopped.keyValueFault());
        }
    }
}
