package io.kintsugi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kintsugi.base.Command;
import io.kintsugi.base.Id128;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * I8: the disk of a drive is unmounted under a running store whose other drives are folders of the file system below.
 * What is seen there then is an empty folder of that, and stays one. Needs the right to mount.
 */
@Timeout(300)
class MountGoneTest {
    @TempDir
    Path top;

    private final DriveResources resources = new DriveResources(8 << 20, 8 << 20);
    private Path disk;
    private Path mounted;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectories(top.resolve("disk"));
        mounted = Files.createDirectories(top.resolve("drive4"));
        assumeTrue(
                Command.succeeds("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk.toString()), "may not mount");
        attach();
    }

    private void attach() throws Exception {
        assertTrue(Command.succeeds("mount", "--bind", disk.toString(), mounted.toString()));
    }

    @AfterEach
    void unmount() throws Exception {
        resources.close();
        Command.succeeds("umount", "-l", mounted.toString());
        Command.succeeds("umount", "-l", disk.toString());
    }

    private LocalTopology open() {
        List<Path> paths = DriveFolders.in(top, 4);
        return DriveFolders.open(paths, resources);
    }

    private static void await(Drive drive, Id128 incarnation, DriveStatus.State state, String reason)
            throws InterruptedException {
        while (drive.status().state() != state || !drive.status().reason().contains(reason)) {
            assertEquals(incarnation, drive.incarnation(), "it was made anew below the mount");
            Thread.sleep(20);
        }
    }

    @Test
    void nothingIsWrittenBelowAndTheDriveComesBackWithItsMount() throws Exception {
        try (LocalTopology topology = open()) {
            Drive drive = topology.drives().get(3);
            assertEquals(mounted.toString(), drive.status().where());
            Id128 incarnation = drive.incarnation();
            assertTrue(Command.succeeds("umount", "-l", mounted.toString()));
            await(drive, incarnation, DriveStatus.State.OFFLINE, "no mount any more");
            try (Stream<Path> below = Files.list(mounted)) {
                assertEquals(List.of(), below.toList());
            }
            attach();
            await(drive, incarnation, DriveStatus.State.ONLINE, "");
            assertEquals(incarnation, drive.incarnation());
        }
    }
}
