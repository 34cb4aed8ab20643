package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to key-value stores that can't be opened any more: the drives here have one parity shard. */
class DamagedStoreTest {
    @TempDir
    Path dir;

    @Test
    void noMoreStoresAreSetAsideThanParityRestores() throws IOException {
        Path first = damagedDrive("first");
        Path second = damagedDrive("second");
        try (DriveResources resources = new DriveResources(8 << 20, 8 << 20)) {
            DriveSettings settings = DriveSettings.with(resources);

            assertDoesNotThrow(() -> open(first, settings));

            DriveException refusal = assertThrows(DriveException.class, () -> open(second, settings));
            assertEquals(DriveException.Kind.CORRUPT, refusal.kind());
        }
        try (DriveResources next = new DriveResources(8 << 20, 8 << 20)) {
            DriveSettings settings = DriveSettings.with(next);
            open(first, settings);

            assertThrows(DriveException.class, () -> open(second, settings), "the first may not be filled yet");
        }
    }

    private static void open(Path path, DriveSettings settings) {
        LocalDrive.open(path, identity(path), settings, Clock.SYSTEM).close();
    }

    private static DriveIdentity identity(Path path) {
        return ((DriveInspection.Ours) DriveDirectory.inspect(path)).identity();
    }

    private Path damagedDrive(String name) throws IOException {
        Path path = Files.createDirectory(dir.resolve(name));
        DriveDirectory.format(path, DriveFolder.newIdentity());
        try (DriveResources resources = new DriveResources(8 << 20, 8 << 20)) {
            open(path, DriveSettings.with(resources));
        }
        try (Stream<Path> files = Files.walk(path)) {
            Path manifest = files.filter(file -> file.getFileName().toString().startsWith("MANIFEST"))
                    .findFirst()
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(manifest);
            bytes[bytes.length / 3] ^= 1;
            Files.write(manifest, bytes);
        }
        return path;
    }
}
