package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A drive whose identity has a flipped bit is opened, and the bit is right again, unless the drive takes no file. */
class IdentityRepairTest {
    @AutoClose
    private final DriveFolder folder = DriveFolder.create();

    private String flipped() throws IOException {
        folder.format().close();
        String text = Files.readString(identity());
        Files.writeString(identity(), text.replace("nvme", "nvmd"));
        return text;
    }

    private Path identity() {
        return folder.path().resolve(DriveDirectory.IDENTITY);
    }

    @Test
    void aStartWritesItAnew() throws IOException {
        String text = flipped();
        try (LocalDrive drive = folder.open()) {
            assertEquals(folder.identity(), drive.identity());
            DriveFolder.commit(drive).join();
            assertEquals(text, Files.readString(identity()));
        }
    }

    @Test
    void aDriveThatTakesNoFileIsOpenedAllTheSame() throws IOException {
        String text = flipped();
        folder.with(new DriveFiles() {
            @Override
            void sync(FileChannel channel) throws IOException {
                throw new IOException("No space left on device");
            }
        });
        try (LocalDrive drive = folder.open()) {
            assertEquals(folder.identity(), drive.identity());
            assertNotEquals(text, Files.readString(identity()));
        }
    }
}
