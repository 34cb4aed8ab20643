package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Id128;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The threads of a drive with more to do than they get done. */
class DriveTasksTest {
    private static final DriveId ID = new DriveId(new Id128(1, 2));
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private final AtomicLong nanos = new AtomicLong();
    /** For how long the process has run since it stood still. */
    private final AtomicLong ran = new AtomicLong(Long.MAX_VALUE);

    private final Clock clock = new Clock() {
        @Override
        public long millis() {
            return nanos.get() / 1_000_000;
        }

        @Override
        public long nanos() {
            return nanos.get();
        }
    };

    /** A task that says when it was begun, and goes on when it may. */
    private record Task(CountDownLatch begun, CountDownLatch mayEnd) {
        Task() {
            this(new CountDownLatch(1), new CountDownLatch(1));
        }

        Void call() throws InterruptedException {
            begun.countDown();
            mayEnd.await();
            return null;
        }
    }

    /** A queue that is always full has no room for the question whether anybody works on it. */
    @Test
    @Timeout(300)
    void aDriveThatIsSlowButWorksIsNotTakenForOneThatHangs(@TempDir Path folder) throws Exception {
        DriveTasks tasks = tasks(folder);
        Task first = new Task();
        Task second = new Task();
        Task third = new Task();
        CompletableFuture<Void> read = tasks.read(DriveOp.READ, "first", first::call);
        first.begun().await();
        tasks.read(DriveOp.READ, "second", second::call);
        tasks.askThreads();
        pass(tasks, LIMIT.multipliedBy(2).dividedBy(3));
        first.mayEnd().countDown();
        read.join();
        second.begun().await();
        CompletableFuture<Void> last = tasks.read(DriveOp.READ, "third", third::call);
        tasks.askThreads();
        pass(tasks, LIMIT.multipliedBy(2).dividedBy(3));
        assertEquals(Optional.empty(), tasks.health().refusesAll().map(Throwable::getMessage));
        second.mayEnd().countDown();
        third.mayEnd().countDown();
        last.join();
    }

    @Test
    void aDriveIsNotBlamedForWhatItDidNotAnswerWhileTheProcessStoodStill(@TempDir Path folder) throws Exception {
        DriveTasks tasks = tasks(folder);
        tasks.health().commitBegins();
        tasks.health().overdue(true);
        nanos.addAndGet(LIMIT.multipliedBy(3).toNanos());
        ran.set(0);
        assertEquals(Optional.empty(), tasks.health().refusesAll().map(Throwable::getMessage));
        assertFalse(tasks.health().hangs(true));
        ran.set(LIMIT.toNanos() + 1);
        assertTrue(tasks.health().refusesAll().isPresent());
        assertTrue(tasks.health().hangs(true));
    }

    private DriveTasks tasks(Path folder) throws IOException {
        return tasks(folder, clock);
    }

    private DriveTasks tasks(Path folder, Clock clock) throws IOException {
        Files.writeString(folder.resolve(DriveDirectory.IDENTITY), "one");
        DriveMeter meter = new DriveMeter();
        DriveHealth health = new DriveHealth(
                new DriveHealth.Parts(ID, folder, clock, new DriveWatch(folder), meter), LIMIT, ran::get);
        DriveThreads threads = new DriveThreads("test", new DriveSettings.Threads(1, 1, 1));
        return new DriveTasks(ID, threads, health, meter, clock);
    }

    /** The watcher and the writers answer all the time. */
    private void pass(DriveTasks tasks, Duration time) {
        nanos.addAndGet(time.toNanos());
        tasks.health().beat(1L << 40, 1L << 40, 0);
        tasks.health().writersAnswer();
    }

    /** Else nobody would see any more that the drive hangs. */
    @Test
    @Timeout(300)
    void aWatcherGoesOnAfterAnError(@TempDir Path folder) throws Exception {
        CountDownLatch again = new CountDownLatch(1);
        AtomicLong looks = new AtomicLong();
        Clock failing = new Clock() {
            @Override
            public long millis() {
                return 0;
            }

            @Override
            public long nanos() {
                if (Thread.currentThread().getName().equals("watch of the test")) {
                    if (looks.getAndIncrement() == 0) {
                        throw new OutOfMemoryError("as this test wants it");
                    }
                    again.countDown();
                }
                return 0;
            }
        };
        DriveWatcher watcher = new DriveWatcher(
                new DriveWatcher.Parts(
                        folder, Files.getFileStore(folder), null, null, tasks(folder, failing), new DriveFiles()),
                new DriveSettings(DriveFolder.RESOURCES, DriveSettings.Threads.DEFAULT, 0, LIMIT, LIMIT));
        Thread thread = Thread.ofPlatform().name("watch of the test").start(watcher);
        again.await();
        watcher.stop();
        thread.join();
    }
}
