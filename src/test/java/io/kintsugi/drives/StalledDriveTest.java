package io.kintsugi.drives;

import static io.kintsugi.drives.DriveContract.assertFails;
import static io.kintsugi.drives.DriveContract.bytes;
import static io.kintsugi.drives.DriveContract.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.kintsugi.drives.DriveException.Kind;
import io.kintsugi.drives.FaultyFiles.Call;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** I9: a drive that does not answer is seen to be gone, be it that a single call hangs. */
class StalledDriveTest {
    /** One thread of each kind, and a few seconds until the drive counts as stalled. */
    private static final DriveSettings NARROW = settings(1, Duration.ofSeconds(20));

    private static DriveSettings settings(int threads, Duration close) {
        DriveSettings.Threads each = new DriveSettings.Threads(threads, threads, 4);
        return new DriveSettings(DriveFolder.RESOURCES, each, 0, Duration.ofSeconds(3), close);
    }

    private final FaultyFiles files = new FaultyFiles();

    @ParameterizedTest
    @EnumSource(
            value = Call.class,
            names = {"WRITE", "SYNC"})
    @Timeout(300)
    void oneWriteOrSyncThatHangsIsEnoughToBeGone(Call call) throws InterruptedException {
        try (DriveFolder other = DriveFolder.create().with(files).with(settings(8, Duration.ofSeconds(20)))) {
            LocalDrive hung = other.format();
            ShardSink sink = hung.createShard(name(1, 0), 0).join();
            CountDownLatch latch = new CountDownLatch(1);
            files.hang(call, latch);
            CompletableFuture<Void> published = sink.publish(ByteBuffer.wrap(bytes(100, 1)));
            while (hung.status().state() != DriveStatus.State.OFFLINE) {
                Thread.sleep(20);
            }
            assertFalse(published.isDone());
            latch.countDown();
            while (!hung.status().online()) {
                Thread.sleep(20);
            }
            published.join();
        }
    }

    @Test
    @Timeout(300)
    void whatWaitsBehindACommitThatHangsFailsWhenTheDriveIsClosed() throws InterruptedException {
        DriveSettings hasty = settings(1, Duration.ofMillis(100));
        try (DriveFolder other = DriveFolder.create().with(files).with(hasty)) {
            LocalDrive hung = other.format();
            CountDownLatch latch = new CountDownLatch(1);
            files.hang(Call.RENAME, latch);
            CompletableFuture<Void> first = hung.raiseCatalogEpoch(1);
            while (hung.stats().queued() > 0) {
                Thread.onSpinWait();
            }
            CompletableFuture<Void> behind =
                    hung.keyValue().commit(new KvBatch().put(KvSpace.META, new byte[1], new byte[1]));
            while (hung.status().state() != DriveStatus.State.OFFLINE) {
                Thread.sleep(20);
            }
            hung.close();
            assertFails(Kind.GONE, behind);
            assertFalse(first.isDone());
            latch.countDown();
            first.join();
        }
    }

    /** A process that is told to stop has no time to wait for it, also when nobody has noticed yet. */
    @Test
    @Timeout(300)
    void whoClosesADriveThatHasJustBegunToHangIsNotHeldUp() {
        DriveSettings patient = settings(1, Duration.ofMinutes(10));
        try (DriveFolder other = DriveFolder.create().with(files).with(patient)) {
            LocalDrive hung = other.format();
            CountDownLatch latch = new CountDownLatch(1);
            files.hang(Call.RENAME, latch);
            CompletableFuture<Void> commit = hung.raiseCatalogEpoch(1);
            while (hung.stats().queued() > 0) {
                Thread.onSpinWait();
            }
            hung.close();
            assertFalse(commit.isDone());
            latch.countDown();
            commit.join();
        }
    }

    @Test
    @Timeout(300)
    void aDriveThatHangsIsGoneUntilItAnswersAgain() throws InterruptedException, IOException {
        try (DriveFolder other = DriveFolder.create().with(files).with(NARROW)) {
            LocalDrive hung = other.format();
            ShardSink sink = hung.createShard(name(1, 0), 0).join();
            CountDownLatch latch = new CountDownLatch(1);
            files.hang(Call.RENAME, latch);
            CompletableFuture<Void> raised = hung.raiseCatalogEpoch(1);
            while (hung.status().state() != DriveStatus.State.OFFLINE) {
                Thread.sleep(20);
            }
            assertFails(Kind.GONE, hung.keyValue().get(KvSpace.META, new byte[1]));
            sink.abort().join();
            try (Stream<Path> unfinished = Files.list(other.path().resolve("incoming"))) {
                assertEquals(0, unfinished.count(), "it may be back at any time, and is not opened anew then");
            }
            assertFalse(raised.isDone());
            latch.countDown();
            raised.join();
            while (!hung.status().online()) {
                Thread.sleep(20);
            }
            assertFalse(hung.keyValue().get(KvSpace.META, new byte[1]).join().isPresent());
        }
    }

    @Test
    @Timeout(300)
    void aDriveWhoseReadersAllHangIsGoneUntilTheyAnswer() throws InterruptedException {
        try (DriveFolder other = DriveFolder.create().with(files).with(NARROW)) {
            LocalDrive hung = other.format();
            CountDownLatch latch = new CountDownLatch(1);
            files.hang(Call.OPEN, latch);
            CompletableFuture<ShardSource> opening = hung.openShard(name(1, 0));
            while (hung.status().state() != DriveStatus.State.OFFLINE) {
                Thread.sleep(20);
            }
            latch.countDown();
            assertFails(Kind.MISSING, opening);
            while (!hung.status().online()) {
                Thread.sleep(20);
            }
        }
    }
}
