package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A work space is whole or not there, also when its removal is cut off. */
class ScratchStoreTest {
    private static final byte[] KEY = {1};
    private static final byte[] VALUE = {2};

    @TempDir
    private Path drive;

    private Optional<byte[]> opened() {
        try (ScratchStore store = ScratchStore.open(drive, DriveFolder.RESOURCES)) {
            return store.keyValue().get(KvSpace.META, KEY).join();
        }
    }

    private void make() {
        try (ScratchStore store = ScratchStore.open(drive, DriveFolder.RESOURCES)) {
            store.keyValue().commit(new KvBatch().put(KvSpace.META, KEY, VALUE)).join();
            store.sync();
        }
    }

    /** Which files a removal comes to first is chance; it can't remove this one, and some others stay with it. */
    private void cutOffRemoval() throws IOException {
        Path stays = Files.createDirectories(ScratchStore.of(drive).resolve("stays"));
        Files.createFile(stays.resolve("file"));
        assertThrows(UncheckedIOException.class, () -> ScratchStore.remove(drive));
    }

    private List<String> keyValues() throws IOException {
        try (Stream<Path> all = Files.list(drive.resolve(DriveDirectory.KEY_VALUES))) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void whatARemovalThatWasCutOffLeavesIsNoWorkSpace() throws IOException {
        make();
        assertArrayEquals(VALUE, opened().orElseThrow());
        cutOffRemoval();
        assertFalse(ScratchStore.isThere(drive));
        assertEquals(List.of("rebuild.removed"), keyValues());
        assertEquals(Optional.empty(), opened(), "a new one is empty");
        make();
        assertEquals(List.of("rebuild", "rebuild.removed"), keyValues());
    }

    @Test
    void theNextRemovalTakesItAlong() throws IOException {
        make();
        cutOffRemoval();
        Files.delete(drive.resolve("kv/rebuild.removed/stays/file"));
        make();
        ScratchStore.removeLeft(drive);
        assertEquals(List.of("rebuild"), keyValues(), "a work space that is to be used stays");
        assertArrayEquals(VALUE, opened().orElseThrow());
        cutOffRemoval();
        Files.delete(drive.resolve("kv/rebuild.removed/stays/file"));
        make();
        ScratchStore.remove(drive);
        assertEquals(List.of(), keyValues());
        ScratchStore.remove(drive);
    }

    @Test
    void nothingIsThereOnADriveWithoutRows() {
        ScratchStore.removeLeft(drive);
        ScratchStore.remove(drive);
        assertFalse(Files.exists(drive.resolve(DriveDirectory.KEY_VALUES)));
    }

    @Test
    void aDriveIsOpenedBesideIt() throws IOException {
        try (DriveFolder folder = DriveFolder.in(drive)) {
            LocalDrive first = folder.format();
            Path left = Files.createDirectories(folder.path().resolve("kv/rebuild.removed"));
            Files.createFile(left.resolve("000004.sst"));
            folder.reopen(first, false);
            assertInstanceOf(DriveInspection.Ours.class, DriveDirectory.inspect(folder.path()));
            assertTrue(Files.exists(left));
        }
    }
}
