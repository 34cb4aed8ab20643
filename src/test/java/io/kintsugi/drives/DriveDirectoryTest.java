package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    void whatIsPreparedBecomesThatDriveAndNoOther() throws IOException {
        DriveIdentity other = DriveFolder.newIdentity();
        DriveDirectory.prepare(path, other);
        DriveDirectory.prepare(path, identity);
        assertEquals(
                Optional.of(identity), inspectAs(DriveInspection.Empty.class).founding());
        assertThrows(IOException.class, () -> DriveDirectory.found(path, other));
        assertThrows(IOException.class, () -> DriveDirectory.found(path, identity.withCatalogEpoch(9)));
        DriveDirectory.found(path, identity);
        assertEquals(identity, inspectAs(DriveInspection.Ours.class).identity());
        assertThrows(IOException.class, () -> DriveDirectory.found(path, identity));
        assertThrows(IOException.class, () -> DriveDirectory.prepare(path, identity));
        assertEquals(identity, inspectAs(DriveInspection.Ours.class).identity());
    }

    @Test
    void whatIsNotPreparedBecomesNoDrive() throws IOException {
        assertThrows(IOException.class, () -> DriveDirectory.found(path, identity));
        Files.writeString(path.resolve(DriveDirectory.FOUNDING), "{\n");
        assertEquals(Optional.empty(), inspectAs(DriveInspection.Empty.class).founding());
        assertThrows(IOException.class, () -> DriveDirectory.found(path, identity));
        Files.delete(path.resolve(DriveDirectory.FOUNDING));
        Files.createDirectory(path.resolve(DriveDirectory.FOUNDING));
        assertEquals(Optional.empty(), inspectAs(DriveInspection.Empty.class).founding());
    }

    /** Data without an identity is damage, whatever lies beside it. */
    @Test
    void whatIsPreparedAndHasDataIsCorrupt() throws IOException {
        DriveDirectory.prepare(path, identity);
        Files.createDirectories(path.resolve("shards/ab"));
        Files.createFile(path.resolve("shards/ab/file"));
        inspectAs(DriveInspection.Corrupt.class);
        assertThrows(IOException.class, () -> DriveDirectory.found(path, identity));
    }

    /** A name that is not synced may be gone after a power cut, and all that is below it. */
    @Test
    void theDirectoriesAboveOneThatIsMadeAreSynced() throws IOException {
        Set<Path> synced = new HashSet<>();
        DriveFiles watched = new DriveFiles() {
            @Override
            void syncDirectory(Path directory) throws IOException {
                super.syncDirectory(directory);
                synced.add(directory.toRealPath());
            }
        };
        path = top.resolve("a/b/c");
        DriveDirectory.prepare(path, identity, watched);
        for (Path at = path; !at.equals(top.getParent()); at = at.getParent()) {
            assertTrue(synced.contains(at.toRealPath()), at.toString());
        }
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
    void aFlippedBitOfTheIdentityIsNoDamage() throws IOException {
        DriveDirectory.format(path, identity);
        Path file = path.resolve(DriveDirectory.IDENTITY);
        Files.writeString(file, Files.readString(file).replace("nvme", "nvmd"));
        assertEquals(identity, inspectAs(DriveInspection.Ours.class).identity());
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

    private static Optional<DriveDirectory.Overlap> overlap(List<Path> paths) {
        return DriveDirectory.overlap(
                paths.stream().map(DriveDirectory.Place::of).toList());
    }

    @Test
    void theSameDirectoryTwiceIsFoundByWhateverName() throws IOException {
        Path other = Files.createDirectories(top.resolve("other"));
        Path link = Files.createSymbolicLink(top.resolve("link"), path);
        assertEquals(Optional.empty(), overlap(List.of(path, other)));
        assertEquals(Optional.of(new DriveDirectory.Overlap(path, link, true)), overlap(List.of(other, path, link)));
        Path dotted = top.resolve("other/../drive");
        assertTrue(overlap(List.of(path, dotted)).orElseThrow().same());
        Path absent = top.resolve("absent");
        assertTrue(overlap(List.of(absent, absent)).orElseThrow().same());
    }

    @Test
    void nestedDirectoriesAreFoundInEitherOrder() {
        Path inner = path.resolve("inner");
        DriveDirectory.Overlap expected = new DriveDirectory.Overlap(path, inner, false);
        assertEquals(Optional.of(expected), overlap(List.of(path, inner)));
        assertEquals(Optional.of(expected), overlap(List.of(inner, path)));
        assertEquals(Optional.empty(), overlap(List.of(path, top.resolve("drive2"))));
    }
}
