package io.kintsugi.drives;

import static io.kintsugi.drives.DriveContract.bytes;
import static io.kintsugi.drives.DriveContract.name;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kintsugi.base.Command;
import io.kintsugi.drives.DriveException.Kind;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A drive on an ext4 that meets an error while files of it are open, and becomes read-only by itself. Needs the right
 * to mount a file through a loop device: skipped, with a message, without it.
 */
@Timeout(300)
class ReadOnlyDriveTest {
    private static final long DISK_BYTES = 256L << 20;

    @TempDir
    private Path top;

    private Path image;
    private Path place;
    private DriveFolder folder;
    private LocalDrive drive;

    @BeforeEach
    void mount() throws Exception {
        image = top.resolve("image");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(DISK_BYTES);
        }
        place = Files.createDirectory(top.resolve("disk"));
        boolean mounted = Command.succeeds("mkfs.ext4", "-q", image.toString()) && mountImage();
        if (!mounted) {
            System.err.println("ReadOnlyDriveTest is skipped: this user may not mount a file (run it as root)");
        }
        assumeTrue(mounted, "may not mount a file");
        folder = DriveFolder.in(Files.createDirectories(place.resolve("in")));
        drive = folder.format();
    }

    @AfterEach
    void unmount() throws Exception {
        if (folder != null) {
            drive.close();
            assertTrue(
                    Command.succeeds("umount", place.toString()), "the disk is still in use: something was not closed");
        }
    }

    private boolean mountImage() throws Exception {
        return Command.succeeds("mount", "-o", "loop,errors=remount-ro", image.toString(), place.toString());
    }

    /** The file system gives up its journal, and takes nothing more until it is mounted again. */
    private void meetError() throws Exception {
        Files.writeString(mounted().resolve("trigger_fs_error"), "x");
    }

    /** What the kernel tells of the file system, as long as it has it. */
    private Path mounted() throws Exception {
        Path device = Path.of(Files.getFileStore(place).name()).getFileName();
        return Path.of("/sys/fs/ext4").resolve(device);
    }

    /** What an operator does; the mount is in use, and goes when the drive that noticed it is closed. */
    private void mountAgain() throws Exception {
        Path mounted = mounted();
        assertTrue(Command.succeeds("umount", "-l", place.toString()));
        awaitState(DriveStatus.State.OFFLINE);
        drive.close();
        // the kernel lets go of it a moment after its last file was closed, and would give the same again until then
        while (Files.exists(mounted)) {
            Thread.sleep(20);
        }
        assertTrue(mountImage());
        drive = folder.open();
    }

    private void awaitState(DriveStatus.State state) throws InterruptedException {
        while (drive.status().state() != state) {
            Thread.sleep(20);
        }
    }

    private void commit(int i) {
        drive.keyValue()
                .commit(new KvBatch().put(KvSpace.INLINE, new byte[] {(byte) i}, bytes(1000, i)))
                .join();
    }

    private void requireRow(int i) {
        assertArrayEquals(
                bytes(1000, i),
                drive.keyValue()
                        .get(KvSpace.INLINE, new byte[] {(byte) i})
                        .join()
                        .orElseThrow());
    }

    private void put(int i) {
        ShardSink sink = drive.createShard(name(i, 0), 5000).join();
        sink.append(ByteBuffer.wrap(bytes(5000, i))).join();
        sink.publish().join();
    }

    /** Whoever has a file open keeps the file system as it is. */
    private void requireShard() {
        try (ShardSource source = drive.openShard(name(1, 0)).join()) {
            ByteBuffer found = ByteBuffer.allocate(5000);
            assertEquals(5000, source.read(0, found).join());
            assertArrayEquals(bytes(5000, 1), found.array());
        }
    }

    private static Kind kindOf(CompletionException failure) {
        return ((DriveException) failure.getCause()).kind();
    }

    @Test
    void shardsAreRefusedAndReadUntilItIsMountedAgain() throws Exception {
        put(1);
        meetError();
        assertEquals(Kind.READ_ONLY, kindOf(assertThrows(CompletionException.class, () -> put(2))));
        awaitState(DriveStatus.State.READ_ONLY);
        requireShard();
        mountAgain();
        requireAllIsWell();
    }

    @Test
    void rowsAreRefusedAndReadUntilItIsMountedAgain() throws Exception {
        put(1);
        commit(1);
        meetError();
        assertEquals(Kind.READ_ONLY, kindOf(assertThrows(CompletionException.class, () -> commit(2))));
        awaitState(DriveStatus.State.READ_ONLY);
        requireRow(1);
        mountAgain();
        requireRow(1);
        requireAllIsWell();
    }

    private void requireAllIsWell() {
        assertEquals(DriveStatus.State.ONLINE, drive.status().state());
        requireShard();
        put(3);
        commit(3);
        requireRow(3);
    }
}
