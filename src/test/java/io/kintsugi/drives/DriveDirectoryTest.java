package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriveDirectoryTest {
    private final DriveIdentity identity = DriveFolder.newIdentity();

    @TempDir
    private Path top;

    private Path path;

    @BeforeEach
    void makeFolder() throws IOException {
        path = Files.createDirectories(top.resolve("drive"));
    }

    private <T extends DriveInspection> T inspectAs(Class<T> type) {
        DriveInspection found = DriveDirectory.inspect(path);
        assertEquals(path, found.path());
        assertTrue(found.message().contains(path.toString()), found.message());
        return assertInstanceOf(type, found, found.message());
    }

    @Test
    void nothingIsMissing() {
        path = top.resolve("not there");
        assertFalse(inspectAs(DriveInspection.Missing.class).cure().isEmpty());
    }

    @Test
    void aFreshFileSystemIsEmpty() throws IOException {
        Files.createDirectories(path.resolve("lost+found"));
        inspectAs(DriveInspection.Empty.class);
    }

    @Test
    void anInterruptedFormattingIsEmptyAndCanBeRepeated() throws IOException {
        Files.writeString(path.resolve(DriveDirectory.IDENTITY_TEMPORARY), "{\n");
        Files.createDirectories(path.resolve(DriveDirectory.SHARDS));
        inspectAs(DriveInspection.Empty.class);
        DriveDirectory.format(path, identity);
        assertEquals(identity, inspectAs(DriveInspection.Ours.class).identity());
    }

    @Test
    void formattingMakesWhatIsMissing() throws IOException {
        path = top.resolve("a/b/c");
        DriveDirectory.format(path, identity);
        assertEquals(identity, inspectAs(DriveInspection.Ours.class).identity());
    }

    @Test
    void aDriveIsNotFormattedTwice() throws IOException {
        DriveDirectory.format(path, identity);
        assertThrows(IOException.class, () -> DriveDirectory.format(path, DriveFolder.newIdentity()));
        assertEquals(identity, inspectAs(DriveInspection.Ours.class).identity());
    }

    @Test
    void othersFilesAreForeignAndNamed() throws IOException {
        Files.writeString(path.resolve("holiday.jpg"), "");
        assertEquals("holiday.jpg", inspectAs(DriveInspection.Foreign.class).found());
        assertThrows(IOException.class, () -> DriveDirectory.format(path, identity));
        for (String name : List.of("a", "b", "c", "d")) {
            Files.createDirectories(path.resolve(name));
        }
        assertEquals(
                "a, b, c and 2 more", inspectAs(DriveInspection.Foreign.class).found());
    }

    @Test
    void drivesOfOtherStoresAreForeignAndNamed() throws IOException {
        Files.createDirectories(path.resolve(".minio.sys"));
        assertTrue(inspectAs(DriveInspection.Foreign.class).message().contains("MinIO"));
        Files.delete(path.resolve(".minio.sys"));
        Files.createDirectories(path.resolve(".rustfs.sys"));
        assertTrue(inspectAs(DriveInspection.Foreign.class).message().contains("RustFS"));
    }

    @Test
    void dataWithoutAnIdentityIsCorrupt() throws IOException {
        Files.createDirectories(path.resolve("shards/ab"));
        inspectAs(DriveInspection.Empty.class);
        Files.createFile(path.resolve("shards/ab/file"));
        assertTrue(inspectAs(DriveInspection.Corrupt.class).reason().contains("missing"));
        assertThrows(IOException.class, () -> DriveDirectory.format(path, identity));
    }

    /** Of a drive that was in use and lost its identity, the rest must not make it somebody else's. */
    @Test
    void aDriveWithRootCredentialsThatLostItsIdentityIsCorrupt() throws IOException {
        Files.createDirectories(path.resolve("shards/ab"));
        Files.createFile(path.resolve("shards/ab/file"));
        Files.createFile(path.resolve("root-credentials"));
        Files.createFile(path.resolve("root-credentials.new"));
        assertTrue(inspectAs(DriveInspection.Corrupt.class).reason().contains("missing"));
        assertThrows(IOException.class, () -> DriveDirectory.format(path, identity));
    }

    @Test
    void aBrokenIdentityIsCorrupt() throws IOException {
        DriveDirectory.format(path, identity);
        Path file = path.resolve(DriveDirectory.IDENTITY);
        Files.writeString(file, Files.readString(file).replace("nvme", "nvne"));
        assertTrue(inspectAs(DriveInspection.Corrupt.class).reason().contains("checksum"));
        Files.writeString(file, "");
        inspectAs(DriveInspection.Corrupt.class);
    }

    @Test
    void otherVersionsAreTooOldOrTooNew() throws IOException {
        Path file = path.resolve(DriveDirectory.IDENTITY);
        Files.write(file, IdentityFormatPropertyTest.sealed("{\n  \"kintsugi\": 0,\n"));
        assertEquals(0, inspectAs(DriveInspection.TooOld.class).version());
        Files.write(file, IdentityFormatPropertyTest.sealed("{\n  \"kintsugi\": 3,\n  \"new\": {},\n"));
        assertEquals(3, inspectAs(DriveInspection.TooNew.class).version());
    }

    @Test
    void aFileIsUnreadableAsADrive() throws IOException {
        path = Files.writeString(top.resolve("file"), "x");
        inspectAs(DriveInspection.Unreadable.class);
    }

    @Test
    void theSameDirectoryTwiceIsFoundByWhateverName() throws IOException {
        Path other = Files.createDirectories(top.resolve("other"));
        Path link = Files.createSymbolicLink(top.resolve("link"), path);
        assertEquals(Optional.empty(), DriveDirectory.overlap(List.of(path, other)));
        assertEquals(
                Optional.of(new DriveDirectory.Overlap(path, link, true)),
                DriveDirectory.overlap(List.of(other, path, link)));
        Path dotted = top.resolve("other/../drive");
        assertTrue(DriveDirectory.overlap(List.of(path, dotted)).orElseThrow().same());
        Path absent = top.resolve("absent");
        assertTrue(DriveDirectory.overlap(List.of(absent, absent)).orElseThrow().same());
    }

    @Test
    void nestedDirectoriesAreFoundInEitherOrder() {
        Path inner = path.resolve("inner");
        DriveDirectory.Overlap expected = new DriveDirectory.Overlap(path, inner, false);
        assertEquals(Optional.of(expected), DriveDirectory.overlap(List.of(path, inner)));
        assertEquals(Optional.of(expected), DriveDirectory.overlap(List.of(inner, path)));
        assertEquals(Optional.empty(), DriveDirectory.overlap(List.of(path, top.resolve("drive2"))));
    }
}
