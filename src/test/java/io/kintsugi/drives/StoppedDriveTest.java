package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What is held of a drive that could not be opened to be looked at. */
class StoppedDriveTest {
    @AutoClose
    private final DriveFolder folder = DriveFolder.create();

    @Test
    void aDriveThatFailsInAnUnforeseenWayIsNotHeld() {
        folder.format().close();
        assertThrows(DriveException.class, () -> StoppedDrive.open(folder.path(), folder.identity(), null));
        try (StoppedDrive drive = StoppedDrive.open(folder.path(), folder.identity(), DriveFolder.RESOURCES)) {
            assertEquals("", drive.keyValueFault());
        }
    }
}
