package io.kintsugi.drives;

import static io.kintsugi.drives.DriveContract.bytes;
import static io.kintsugi.drives.DriveContract.name;
import static io.kintsugi.drives.DriveFolder.commit;
import static io.kintsugi.drives.DriveFolder.written;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.Clock;
import io.kintsugi.drives.DriveException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a drive on a directory does there, beyond the contract of drives: order, names, tables, queues. */
class LocalDriveTest {
    private final FaultyFiles files = new FaultyFiles();
    private final DriveFolder folder = DriveFolder.create().with(files);
    private final LocalDrive drive = folder.format();

    @AfterEach
    void removeFolder() {
        folder.close();
    }

    @Test
    void incomingIsEmptiedWhenTheDriveIsOpened() throws IOException {
        written(drive, name(1, 0)).publish().join();
        written(drive, name(2, 0));
        written(drive, name(3, 0));
        assertEquals(2, folder.filesIn("incoming"));
        LocalDrive again = folder.reopen(drive, true);
        assertEquals(0, folder.filesIn("incoming"));
        assertEquals(
                List.of(name(1, 0)),
                again.listShards(Form.FILES, Optional.empty(), 9).join().names());
    }

    @Test
    void aDriveIsOpenedOnce() throws IOException {
        DriveException e = assertThrows(DriveException.class, folder::open);
        assertEquals(Kind.BUSY, e.kind());
        Path link = Files.createSymbolicLink(folder.path().resolveSibling("link"), folder.path());
        DriveException other = assertThrows(
                DriveException.class, () -> LocalDrive.open(link, folder.identity(), folder.settings(), Clock.SYSTEM));
        assertEquals(Kind.BUSY, other.kind());
        drive.close();
        folder.open();
    }

    /** As docs/DISK-FORMAT.md has it. */
    @Test
    void theLastTwoDigitsOfABlobAreTheDirectoryOfItsShards() {
        for (int i : List.of(1, 0x1ab)) {
            written(drive, name(i, 3)).publish().join();
            String digits = name(i, 3).blob().toString();
            Path file = folder.path().resolve("shards/" + digits.substring(30) + "/" + digits + ".3");
            assertTrue(Files.isRegularFile(file), file::toString);
        }
    }

    @Test
    void filesOfOthersAmongTheShardsAreNotListed() throws IOException {
        written(drive, name(1, 0)).publish().join();
        Path leaf;
        try (Stream<Path> found = Files.walk(folder.path().resolve("shards"))) {
            leaf = found.filter(Files::isRegularFile).findFirst().orElseThrow().getParent();
        }
        for (String odd :
                List.of("x", "x".repeat(40), name(2, 0) + ".tmp", name(2, 0).blob() + ".256")) {
            Files.writeString(leaf.resolve(odd), "");
        }
        assertEquals(
                List.of(name(1, 0)),
                drive.listShards(Form.FILES, Optional.empty(), 9).join().names());
    }

    @Test
    void rowsAreReadFromTablesAndBlobFilesAfterAnOrderlyClose() {
        List<CompletableFuture<Void>> commits = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            KvBatch batch = new KvBatch();
            batch.put(KvSpace.INLINE, new byte[] {(byte) (i >> 8), (byte) i}, bytes(i * 50, i));
            batch.put(KvSpace.OBJECTS, new byte[] {(byte) (i >> 8), (byte) i}, bytes(i, i));
            commits.add(drive.keyValue().commit(batch));
        }
        commits.forEach(CompletableFuture::join);
        LocalDrive again = folder.reopen(drive, false);
        for (int i = 0; i < 300; i++) {
            byte[] key = {(byte) (i >> 8), (byte) i};
            for (int look = 0; look < 2; look++) {
                assertArrayEquals(
                        bytes(i * 50, i),
                        again.keyValue().get(KvSpace.INLINE, key).join().orElseThrow());
                assertArrayEquals(
                        bytes(i, i),
                        again.keyValue().get(KvSpace.OBJECTS, key).join().orElseThrow());
            }
        }
        assertFalse(again.keyValue().get(KvSpace.INLINE, new byte[] {9}).join().isPresent());
    }

    @Test
    void scansOfColdTablesAreWhole() {
        for (int table = 0; table < 3; table++) {
            KvBatch batch = new KvBatch();
            for (int i = table; i < 3000; i += 3) {
                batch.put(KvSpace.OBJECTS, new byte[] {(byte) (i >> 8), (byte) i}, bytes(300, i));
            }
            drive.keyValue().commit(batch).join();
        }
        LocalDrive again = folder.reopen(drive, false);
        ScanLimit page = new ScanLimit(100, 1 << 20);
        int count = 0;
        byte[] from = {};
        List<KvRow> rows = again.keyValue()
                .scan(KvSpace.OBJECTS, from, new byte[] {127}, page)
                .join();
        while (!rows.isEmpty()) {
            for (KvRow row : rows) {
                assertArrayEquals(new byte[] {(byte) (count >> 8), (byte) count}, row.key());
                assertArrayEquals(bytes(300, count), row.value());
                count++;
            }
            from = Arrays.copyOf(rows.getLast().key(), 3);
            rows = again.keyValue()
                    .scan(KvSpace.OBJECTS, from, new byte[] {127}, page)
                    .join();
        }
        assertEquals(3000, count);
    }

    /** From now on nothing is committed, until the latch is opened: what is asked for meanwhile waits in the queue. */
    private CountDownLatch holdCommitter() {
        CountDownLatch latch = new CountDownLatch(1);
        files.hang(FaultyFiles.Call.RENAME, latch);
        drive.raiseCatalogEpoch(1);
        while (drive.stats().queued() > 0) {
            Thread.onSpinWait();
        }
        return latch;
    }

    @Test
    @Timeout(300)
    void commitsShareTheirSync() {
        CountDownLatch latch = holdCommitter();
        List<CompletableFuture<Void>> commits = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            commits.add(commit(drive));
        }
        latch.countDown();
        commits.forEach(CompletableFuture::join);
        DriveStats stats = drive.stats();
        assertEquals(2001, stats.operations().get(DriveOp.COMMIT).count());
        long groups = stats.operations().get(DriveOp.GROUP).count();
        assertEquals(2, groups, "the epoch alone, and all commits together");
        assertEquals(
                groups, stats.groupSizes().stream().mapToLong(Long::longValue).sum());
        assertEquals(0, stats.queued());
    }

    @Test
    @Timeout(300)
    void whatDoesNotFitIntoTheQueueFailsAtOnce() {
        CountDownLatch latch = holdCommitter();
        byte[] large = new byte[4 << 20];
        List<CompletableFuture<Void>> commits = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            commits.add(drive.keyValue().commit(new KvBatch().put(KvSpace.INLINE, new byte[] {(byte) i}, large)));
        }
        long atOnce = commits.stream().filter(CompletableFuture::isDone).count();
        latch.countDown();
        commits.forEach(c -> c.exceptionally(e -> null).join());
        long refused = commits.stream()
                .filter(CompletableFuture::isCompletedExceptionally)
                .count();
        assertEquals(atOnce, refused);
        assertTrue(refused > 0 && refused < 200, refused + " of 200 were refused");
        assertEquals(refused, drive.stats().errors().get(Kind.BUSY));
        commit(drive).join();
    }
}
