package io.kintsugi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootCredentialsFileTest {
    @TempDir
    Path dir;

    private Path first;
    private Path second;

    @BeforeEach
    void makeDrives() throws IOException {
        first = Files.createDirectory(dir.resolve("first"));
        second = Files.createDirectory(dir.resolve("second"));
    }

    @Test
    void madeOnceAndFoundAgain() {
        RootCredentialsFile.Found made = RootCredentialsFile.settle(List.of(first, second));
        RootCredentialsFile.Found found = RootCredentialsFile.settle(List.of(first, second));

        assertTrue(made.fresh());
        assertFalse(found.fresh());
        assertEquals(made.credentials(), found.credentials());
    }

    @Test
    void twoDeploymentsDiffer() {
        assertNotEquals(
                RootCredentialsFile.settle(List.of(first)).credentials(),
                RootCredentialsFile.settle(List.of(second)).credentials());
    }

    @Test
    void onlyTheOwnerMayRead() throws IOException {
        RootCredentialsFile.settle(List.of(first));

        Path file = first.resolve(RootCredentialsFile.NAME);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    /** As when a power cut came amid the first start, and its first drive was away at the next. */
    @Test
    void whatMostDrivesHaveCounts() throws IOException {
        RootCredentialsFile.settle(List.of(first));
        Path third = Files.createDirectory(dir.resolve("third"));
        Settings.Credentials shown =
                RootCredentialsFile.settle(List.of(second, third)).credentials();
        List<Path> all = List.of(first, second, third);
        assertEquals(shown, RootCredentialsFile.settle(all).credentials());
        assertEquals(shown, RootCredentialsFile.settle(List.of(first)).credentials());
    }

    @Test
    void ofTwoThatDifferTheNewerCounts() throws IOException {
        Settings.Credentials one = RootCredentialsFile.settle(List.of(first)).credentials();
        Settings.Credentials other = RootCredentialsFile.settle(List.of(second)).credentials();
        Instant now = Instant.now();
        Path copy = first.resolve(RootCredentialsFile.NAME);
        Files.setLastModifiedTime(copy, FileTime.from(now.minusSeconds(9)));
        Files.setLastModifiedTime(second.resolve(RootCredentialsFile.NAME), FileTime.from(now));
        assertEquals(other, RootCredentialsFile.settle(List.of(first, second)).credentials());
        assertNotEquals(one, RootCredentialsFile.settle(List.of(first)).credentials());
    }

    @Test
    void aLostCopyIsWrittenAgain() throws IOException {
        Settings.Credentials kept =
                RootCredentialsFile.settle(List.of(first, second)).credentials();
        Files.delete(first.resolve(RootCredentialsFile.NAME));
        Files.writeString(second.resolve(RootCredentialsFile.NAME + ".new"), "left behind by a crash");

        RootCredentialsFile.settle(List.of(first, second));

        assertEquals(kept, RootCredentialsFile.settle(List.of(first)).credentials());
    }

    /** No file can be put there. */
    private static void obstruct(Path drive) throws IOException {
        Files.createDirectories(drive.resolve(RootCredentialsFile.NAME + ".new").resolve("in the way"));
    }

    @Test
    void aDriveThatTakesNoFileKeepsNobodyFromThoseOfTheOthers() throws IOException {
        Settings.Credentials kept = RootCredentialsFile.settle(List.of(first)).credentials();
        obstruct(second);
        assertEquals(kept, RootCredentialsFile.settle(List.of(second, first)).credentials());
    }

    @Test
    void newOnesThatCantBeKeptAreShownToNobody() throws IOException {
        obstruct(second);
        assertThrows(UncheckedIOException.class, () -> RootCredentialsFile.settle(List.of(first, second)));
    }

    /** As a drive on which this file can't be read. */
    @Test
    void thoseThatCantBeReadAreNotReplacedByNewOnes() throws IOException {
        Path file = first.resolve(RootCredentialsFile.NAME);
        Files.createSymbolicLink(file, file.getFileName());
        UncheckedIOException refused =
                assertThrows(UncheckedIOException.class, () -> RootCredentialsFile.settle(List.of(first, second)));
        assertTrue(refused.getMessage().contains("KINTSUGI_ROOT_USER"), refused.getMessage());
        assertTrue(Files.isSymbolicLink(file));
        assertFalse(Files.exists(second.resolve(RootCredentialsFile.NAME)));

        Path third = Files.createDirectory(dir.resolve("third"));
        Settings.Credentials kept = RootCredentialsFile.settle(List.of(third)).credentials();
        assertEquals(
                kept, RootCredentialsFile.settle(List.of(first, second, third)).credentials());
        assertEquals(kept, RootCredentialsFile.settle(List.of(first)).credentials());
    }
}
