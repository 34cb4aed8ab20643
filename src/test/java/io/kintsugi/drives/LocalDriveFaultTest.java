package io.kintsugi.drives;

import static io.kintsugi.drives.DriveContract.assertFails;
import static io.kintsugi.drives.DriveContract.name;
import static io.kintsugi.drives.DriveFolder.commit;
import static io.kintsugi.drives.DriveFolder.written;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.drives.DriveException.Kind;
import io.kintsugi.drives.FaultyFiles.Call;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens to a drive on a directory when the directory, the file system or the device lets it down. */
class LocalDriveFaultTest {
    private final FaultyFiles files = new FaultyFiles();
    private final DriveFolder folder = DriveFolder.create().with(files);
    private final LocalDrive drive = folder.format();

    @AfterEach
    void removeFolder() {
        folder.close();
    }

    /** One thread of each kind; seconds until it counts as stalled. */
    private static DriveSettings narrow(int stall) {
        DriveSettings.Threads one = new DriveSettings.Threads(1, 1, 4);
        return new DriveSettings(DriveFolder.RESOURCES, one, 0, Duration.ofSeconds(stall), Duration.ofSeconds(20));
    }

    @Test
    void aShardIsSyncedBeforeItIsRenamedAndItsDirectoryAfter() {
        ShardSink sink = written(drive, name(1, 0));
        files.calls().clear();
        sink.publish().join();
        assertEquals(List.of(Call.SYNC, Call.RENAME, Call.SYNC_DIRECTORY, Call.SYNC_DIRECTORY), files.calls());
        ShardSink second = written(drive, name(1, 1));
        files.calls().clear();
        second.publish().join();
        assertEquals(List.of(Call.SYNC, Call.RENAME, Call.SYNC_DIRECTORY), files.calls());
    }

    /** As where somebody else's files were put on the drive. */
    @Test
    void aShardThatMayNotBeReadDoesNotKeepTheDriveFromWriting() {
        written(drive, name(1, 0)).publish().join();
        files.fail(Call.OPEN, FaultyFiles.DENIED);
        for (int i = 0; i < 20; i++) {
            assertFails(Kind.IO, drive.openShard(name(1, 0)));
        }
        assertEquals(
                DriveStatus.State.ONLINE, drive.status().state(), drive.status().reason());
        written(drive, name(2, 0)).publish().join();
    }

    @Test
    void aDriveThatMayNotBeWrittenTakesNoMoreWrites() {
        files.fail(Call.CREATE, FaultyFiles.DENIED);
        assertFails(Kind.READ_ONLY, drive.createShard(name(1, 0), 0));
        assertEquals(DriveStatus.State.READ_ONLY, drive.status().state());
    }

    @Test
    void aFileSystemWithoutAWayPastThePageCacheServes() {
        FaultyFiles cached = new FaultyFiles();
        cached.refuseDirect();
        try (DriveFolder other = DriveFolder.create().with(cached)) {
            LocalDrive plain = other.format();
            ShardSink sink = plain.createShard(name(1, 0), 0).join();
            ByteBuffer blocks = ByteBuffer.allocateDirect(3 * ShardSink.BLOCK_BYTES)
                    .alignedSlice(ShardSink.BLOCK_BYTES)
                    .limit(ShardSink.BLOCK_BYTES);
            sink.publish(blocks).join();
            try (ShardSource source = plain.openShard(name(1, 0)).join()) {
                assertEquals(ShardSink.BLOCK_BYTES, source.size());
                assertEquals(
                        ShardSink.BLOCK_BYTES, source.read(0, blocks.rewind()).join());
            }
        }
    }

    /** The operating system tells of a lost write once, to whichever sync comes first. */
    @Test
    @Timeout(300)
    void aFailureThatAnEarlySyncMeetsFailsThePublication() throws IOException {
        ShardSink sink = written(drive, name(1, 0));
        files.calls().clear();
        files.failOnce(Call.SYNC, "Input/output error");
        sink.append(ByteBuffer.allocateDirect(5 << 20)).join();
        while (!files.calls().contains(Call.SYNC)) {
            Thread.onSpinWait();
        }
        assertFails(Kind.IO, sink.publish());
        assertEquals(0, folder.filesIn("incoming") + folder.filesIn("shards"));
        assertFalse(files.calls().contains(Call.RENAME));
        written(drive, name(1, 0)).publish().join();
    }

    @Test
    void theEpochIsSyncedBeforeItIsRenamedAndItsDirectoryAfter() {
        files.calls().clear();
        drive.raiseCatalogEpoch(7).join();
        assertEquals(List.of(Call.WRITE, Call.SYNC, Call.RENAME, Call.SYNC_DIRECTORY), files.calls());
        written(drive, name(1, 0)).publish().join();
        assertTrue(drive.status().online());
    }

    @ParameterizedTest
    @EnumSource(names = {"WRITE", "SYNC", "RENAME", "SYNC_DIRECTORY"})
    void afterAFailureNothingIsLeftThatCouldBeSeen(Call call) throws IOException {
        ShardSink sink = written(drive, name(1, 0));
        files.fail(call, "Input/output error");
        CompletableFuture<Void> failing = call == Call.WRITE ? sink.append(ByteBuffer.allocate(9)) : sink.publish();
        assertFails(Kind.IO, failing);
        files.fail(call, "");
        assertFails(Kind.GONE, sink.publish());
        sink.abort().join();
        assertEquals(Optional.empty(), drive.statShard(name(1, 0), Form.FILES).join());
        assertEquals(0, folder.filesIn("incoming") + folder.filesIn("shards"));
        assertEquals(1, drive.status().errors());
        written(drive, name(1, 0)).publish().join();
    }

    /** A wrong shard that is healed may have stripes that are right nowhere else. */
    @ParameterizedTest
    @EnumSource(names = {"SYNC", "RENAME", "SYNC_DIRECTORY"})
    void whenAShardCannotTakeThePlaceOfAnotherOneOfTheTwoIsThere(Call call) throws IOException {
        written(drive, name(1, 0)).publish().join();
        ShardSink better = written(drive, name(1, 0));
        files.fail(call, "Input/output error");
        assertFails(Kind.IO, better.publish());
        files.fail(call, "");
        better.abort().join();
        assertEquals(Optional.of(5000L), drive.statShard(name(1, 0), Form.FILES).join());
        assertEquals(0, folder.filesIn("incoming"));
    }

    @Test
    @Timeout(300)
    void closingAHungDriveReturnsAndItCanBeOpenedOnceItAnswers() throws InterruptedException {
        DriveSettings hasty = new DriveSettings(
                DriveFolder.RESOURCES,
                new DriveSettings.Threads(1, 1, 4),
                0,
                Duration.ofSeconds(60),
                Duration.ofMillis(100));
        try (DriveFolder other = DriveFolder.create().with(files).with(hasty)) {
            LocalDrive hung = other.format();
            CountDownLatch latch = new CountDownLatch(1);
            files.hang(Call.RENAME, latch);
            CompletableFuture<Void> raised = hung.raiseCatalogEpoch(1);
            hung.close();
            assertFalse(raised.isDone());
            assertEquals(
                    Kind.BUSY, assertThrows(DriveException.class, other::open).kind());
            latch.countDown();
            raised.join();
            other.with(folder.settings());
            Optional<LocalDrive> again = Optional.empty();
            while (again.isEmpty()) {
                Thread.sleep(20);
                again = openUnlessBusy(other);
            }
            assertEquals(1, again.get().catalogEpoch());
        }
    }

    private static Optional<LocalDrive> openUnlessBusy(DriveFolder folder) {
        try {
            return Optional.of(folder.open());
        } catch (DriveException e) {
            assertEquals(Kind.BUSY, e.kind());
            return Optional.empty();
        }
    }

    @Test
    void aHungWriterFillsItsQueueAndThenRefusesWhileReadsGoOn() {
        DriveSettings small = narrow(60);
        try (DriveFolder other = DriveFolder.create().with(files).with(small)) {
            LocalDrive slow = other.format();
            CountDownLatch latch = new CountDownLatch(1);
            files.hang(Call.CREATE, latch);
            List<CompletableFuture<ShardSink>> creating = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                creating.add(slow.createShard(name(i, 0), 0));
            }
            assertFails(Kind.BUSY, creating.getLast());
            assertEquals(
                    Optional.empty(), slow.statShard(name(1, 0), Form.FILES).join());
            slow.keyValue()
                    .commit(new KvBatch().put(KvSpace.META, new byte[1], new byte[1]))
                    .join();
            latch.countDown();
            long refused = creating.stream()
                    .filter(CompletableFuture::isCompletedExceptionally)
                    .count();
            assertTrue(refused >= 7, refused + " of 12 were refused");
            creating.getFirst().join().abort().join();
        }
    }

    @Test
    void errorsInARowGiveTheDriveUp() {
        files.fail(Call.CREATE, "Input/output error");
        for (int i = 0; drive.status().online(); i++) {
            assertTrue(i < 100, "still online after " + i + " errors");
            assertFails(Kind.IO, drive.createShard(name(i, 0), 0));
        }
        assertFails(Kind.GONE, drive.createShard(name(1, 0), 0));
        assertFails(Kind.GONE, commit(drive));
        assertTrue(
                drive.status().reason().contains("Input/output error"),
                drive.status().reason());
    }

    @Test
    void aDriveThatReadsButCommitsNothingIsGivenUp() {
        files.fail(Call.RENAME, "Input/output error");
        for (int i = 1; drive.status().online(); i++) {
            assertTrue(i < 100, "still online after " + i + " errors");
            drive.statShard(name(i, 0), Form.FILES).join();
            assertFails(Kind.IO, drive.raiseCatalogEpoch(i));
        }
        assertFails(Kind.GONE, commit(drive));
    }

    @Test
    void aDriveThatTakesShardsButSyncsNoneIsGivenUp() {
        files.fail(Call.SYNC, "Input/output error");
        for (int i = 1; drive.status().online(); i++) {
            assertTrue(i < 100, "still online after " + i + " errors");
            assertFails(Kind.IO, written(drive, name(i, 0)).publish());
        }
        assertFails(Kind.GONE, commit(drive));
    }

    @Test
    void aDriveThatKeepsWhatItIsGivenButReadsNothingIsGivenUp() {
        written(drive, name(1, 0)).publish().join();
        files.fail(Call.READ, "Input/output error");
        try (ShardSource source = drive.openShard(name(1, 0)).join()) {
            for (int i = 1; drive.status().online(); i++) {
                assertTrue(i < 100, "still online after " + i + " errors");
                assertFails(Kind.IO, source.read(0, ByteBuffer.allocate(10)));
                if (drive.status().online()) {
                    commit(drive).join();
                }
            }
        }
        assertFails(Kind.GONE, commit(drive));
    }

    /** RocksDB repeats an error of its log for ever. */
    @Test
    @Timeout(300)
    void aDriveWhoseCommitMetAReadOnlyFileSystemIsToBeOpenedAnewWhenThatHasPassed() throws InterruptedException {
        files.fail(Call.RENAME, "Read-only file system");
        assertFails(Kind.READ_ONLY, drive.raiseCatalogEpoch(1));
        assertEquals(DriveStatus.State.READ_ONLY, drive.status().state());
        files.fail(Call.RENAME, "");
        while (drive.status().state() != DriveStatus.State.OFFLINE) {
            Thread.sleep(20);
        }
        assertFails(Kind.GONE, commit(drive));
    }

    @Test
    void aDriveWithoutSpaceRefusesShardsAndReadsOn() {
        written(drive, name(1, 0)).publish().join();
        files.fail(Call.WRITE, "No space left on device");
        ShardSink sink = drive.createShard(name(2, 0), 0).join();
        assertFails(Kind.FULL, sink.append(ByteBuffer.allocate(100)));
        assertEquals(DriveStatus.State.READ_ONLY, drive.status().state());
        drive.openShard(name(1, 0)).join().close();
    }

    @Test
    @Timeout(300)
    void aReadOnlyFileSystemIsSaidSoAndRecovers() throws InterruptedException {
        files.fail(Call.CREATE, "Read-only file system");
        assertFails(Kind.READ_ONLY, drive.createShard(name(1, 0), 0));
        files.fail(Call.CREATE, "");
        // the watcher finds out that the directory can be written
        while (!drive.status().online()) {
            Thread.sleep(20);
        }
        written(drive, name(1, 0)).publish().join();
    }

    @Test
    void aRemovedDirectoryIsNoticedBeforeACommitIsAcknowledged() throws IOException {
        commit(drive).join();
        Path away = folder.path().resolveSibling("away");
        Files.move(folder.path(), away);
        assertFails(Kind.GONE, commit(drive));
        assertEquals(DriveStatus.State.OFFLINE, drive.status().state());
        assertTrue(drive.status().reason().contains("removed"), drive.status().reason());
        assertThrows(DriveException.class, () -> drive.keyValue().cursor(KvSpace.META));
        assertFails(Kind.GONE, drive.keyValue().get(KvSpace.META, new byte[1]));
    }

    @Test
    void aRemovedDirectoryIsNoticedBeforeAShardIsAcknowledged() throws IOException {
        ShardSink sink = written(drive, name(1, 0));
        Files.move(folder.path(), folder.path().resolveSibling("away"));
        assertFails(Kind.GONE, sink.publish());
    }

    @Test
    void aDirectoryPutInItsPlaceIsNeverWrittenNorRead() throws IOException {
        written(drive, name(1, 0)).publish().join();
        Path copy = folder.path().resolveSibling("copy");
        DriveFolder.copyTree(folder.path(), copy);
        Files.move(folder.path(), folder.path().resolveSibling("away"));
        Files.move(copy, folder.path());
        assertFails(Kind.GONE, drive.openShard(name(1, 0)));
        assertFails(Kind.GONE, commit(drive));
        assertFails(Kind.GONE, drive.createShard(name(2, 0), 0));
    }

    @Test
    void aReformattedDirectoryIsNotOpenedAsTheOldDrive() throws IOException {
        drive.close();
        DriveFolder.deleteTree(folder.path());
        DriveDirectory.format(folder.path(), DriveFolder.newIdentity());
        DriveException e = assertThrows(DriveException.class, folder::open);
        assertEquals(Kind.GONE, e.kind());
    }
}
