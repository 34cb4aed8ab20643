package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriveWatchTest {
    private static final int REPLACEMENTS = 3000;

    @TempDir
    Path directory;

    private Path identity() {
        return directory.resolve(DriveDirectory.IDENTITY);
    }

    private void replace(DriveWatch watch, int number) throws IOException {
        Path temporary = directory.resolve(DriveDirectory.IDENTITY_TEMPORARY);
        Files.writeString(temporary, "x".repeat(1 + number % 100));
        watch.expectReplacement(temporary);
        Files.move(temporary, identity(), StandardCopyOption.ATOMIC_MOVE);
        watch.replaced();
    }

    /** Whoever looks just before the rename and judges just after it must not take the drive for another one. */
    @Test
    void aDriveIsNeverLostByARaisedEpoch() throws IOException {
        Files.writeString(identity(), "first");
        DriveWatch watch = new DriveWatch(directory);
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Optional<String>> looks = CompletableFuture.supplyAsync(() -> {
            Optional<String> lost = watch.lost();
            while (lost.isEmpty() && !done.get()) {
                lost = watch.lost();
            }
            return lost;
        });
        for (int i = 0; i < REPLACEMENTS && !looks.isDone(); i++) {
            replace(watch, i);
        }
        done.set(true);
        assertEquals(Optional.empty(), looks.join());
    }

    @Test
    void anotherFileInItsPlaceIsNoticed() throws IOException {
        Files.writeString(identity(), "first");
        DriveWatch watch = new DriveWatch(directory);
        replace(watch, 7);
        assertEquals(Optional.empty(), watch.lost());
        Path other = Files.writeString(directory.resolve("other"), "another");
        Files.move(other, identity(), StandardCopyOption.ATOMIC_MOVE);
        assertNotEquals(Optional.empty(), watch.lost());
        Files.delete(identity());
        assertNotEquals(Optional.empty(), watch.lost());
    }
}
