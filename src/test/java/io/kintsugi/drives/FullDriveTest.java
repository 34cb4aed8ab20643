package io.kintsugi.drives;

import static io.kintsugi.drives.DriveContract.assertFails;
import static io.kintsugi.drives.DriveContract.bytes;
import static io.kintsugi.drives.DriveContract.name;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.Command;
import io.kintsugi.drives.DriveException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A drive on a file system of 64 MiB that really becomes full. Needs the right to mount a tmpfs: skipped, with a
 * message, without it.
 */
@Timeout(300)
class FullDriveTest {
    private static final int SHARD_BYTES = 1 << 20;

    @TempDir
    private Path top;

    private DriveFolder folder;
    private LocalDrive drive;

    @BeforeEach
    void mount() throws Exception {
        boolean mounted = Command.succeeds("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", top.toString());
        if (!mounted) {
            System.err.println("FullDriveTest is skipped: this user may not mount a tmpfs (run it as root)");
        }
        assumeTrue(mounted, "may not mount a tmpfs");
        folder = DriveFolder.in(Files.createDirectories(top.resolve("in")));
        drive = folder.format();
    }

    @AfterEach
    void unmount() throws Exception {
        if (folder != null) {
            folder.close();
            assertTrue(
                    Command.succeeds("umount", top.toString()), "the tmpfs is still in use: something was not closed");
        }
    }

    /** Writes files until the drive has no room, and returns how many fitted. */
    private int fill() {
        int count = 0;
        while (true) {
            try {
                ShardSink sink = drive.createShard(name(count, 0), SHARD_BYTES).join();
                sink.append(ByteBuffer.wrap(bytes(SHARD_BYTES, count))).join();
                sink.publish().join();
                count++;
            } catch (CompletionException e) {
                assertEquals(Kind.FULL, ((DriveException) e.getCause()).kind(), e.getMessage());
                return count;
            }
        }
    }

    private void awaitState(DriveStatus.State state) throws InterruptedException {
        while (drive.status().state() != state) {
            Thread.sleep(20);
        }
    }

    private void commit(int i, int size) {
        drive.keyValue()
                .commit(new KvBatch().put(KvSpace.INLINE, new byte[] {(byte) i}, bytes(size, i)))
                .join();
    }

    @Test
    void aFullDriveReadsDeletesAndComesBack() throws InterruptedException {
        commit(1, 1000);
        int count = fill();
        assertTrue(count > 10, count + " shards fitted");
        awaitState(DriveStatus.State.READ_ONLY);
        assertEquals(0, drive.status().freeBytes());
        assertFails(Kind.FULL, drive.writePacked(name(500, 0), ByteBuffer.allocate(10)));
        try (ShardSource source = drive.openShard(name(count - 1, 0)).join()) {
            ByteBuffer target = ByteBuffer.allocate(SHARD_BYTES);
            source.read(0, target).join();
            assertArrayEquals(bytes(SHARD_BYTES, count - 1), target.array());
        }
        for (int i = 0; i < count; i++) {
            drive.deleteShard(name(i, 0), Form.FILES).join();
        }
        awaitState(DriveStatus.State.ONLINE);
        commit(2, 1000);
        int again = fill();
        assertTrue(again > count / 2, again + " shards fit into the room of " + count);
    }

    @Test
    void rowsThatMeetTheEndOfTheSpaceAreRefusedAndTheOthersAreSafe() throws InterruptedException {
        int shards = fill();
        List<Integer> acknowledged = new ArrayList<>();
        Kind last = Kind.BUSY;
        for (int i = 0; i < 200 && last != Kind.FULL; i++) {
            try {
                commit(i, 900_000);
                acknowledged.add(i);
            } catch (CompletionException e) {
                last = ((DriveException) e.getCause()).kind();
            }
        }
        assertEquals(Kind.FULL, last);
        // as soon as there is room it is given up: RocksDB goes on refusing until it is opened anew
        for (int i = 0; i < shards && drive.status().state() == DriveStatus.State.READ_ONLY; i++) {
            drive.deleteShard(name(i, 0), Form.FILES).exceptionally(e -> null).join();
        }
        awaitState(DriveStatus.State.OFFLINE);
        LocalDrive again = folder.reopen(drive, false);
        for (int i : acknowledged) {
            byte[] value = again.keyValue()
                    .get(KvSpace.INLINE, new byte[] {(byte) i})
                    .join()
                    .orElseThrow();
            assertArrayEquals(bytes(900_000, i), value);
        }
    }

    /** Bytes are left, but nothing that a new file could be. */
    @Test
    void aDriveWithoutInodesTakesNothingUntilThereAreSome() throws Exception {
        assertTrue(Command.succeeds("mount", "-o", "remount,nr_inodes=500", top.toString()));
        int others = useUpInodes();
        assertFails(Kind.FULL, drive.createShard(name(1, 0), SHARD_BYTES));
        assertTrue(Command.succeeds("mount", "-o", "remount,size=80m", top.toString()));
        while (drive.status().totalBytes() != 80 << 20) {
            Thread.sleep(20);
        }
        assertEquals(DriveStatus.State.READ_ONLY, drive.status().state(), "it was looked at since");
        for (int i = 0; i < others; i++) {
            Files.delete(top.resolve("other" + i));
        }
        awaitState(DriveStatus.State.ONLINE);
        assertTrue(fill() > 10);
    }

    /** Returns how many files that took. */
    private int useUpInodes() {
        int count = 0;
        while (true) {
            try {
                Files.createFile(top.resolve("other" + count));
                count++;
            } catch (IOException e) {
                return count;
            }
        }
    }
}
