package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A drive is closed when everything of it has ended: only then another opening of it can begin. */
class ClosingDriveTest {
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    @AutoClose
    private final DriveFolder folder = DriveFolder.create();

    private final CountDownLatch looking = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    /** Each look of the watcher begins with a look at the clock, and stays there until the test says so. */
    private final Clock clock = new Clock() {
        @Override
        public long millis() {
            return Clock.SYSTEM.millis();
        }

        @Override
        public long nanos() {
            if (Thread.currentThread().getName().endsWith("-watch")) {
                looking.countDown();
                await(goOn);
            }
            return Clock.SYSTEM.nanos();
        }
    };

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What the watcher finds of a store that was set aside must not undo what the next opening claims. */
    @Test
    void notWhileItsWatcherIsLooking() throws InterruptedException {
        folder.format().close();
        DriveSettings hasty = new DriveSettings(
                DriveFolder.RESOURCES, new DriveSettings.Threads(1, 1, 4), 0, PATIENCE, Duration.ofMillis(100));
        LocalDrive drive = LocalDrive.open(folder.path(), folder.identity(), hasty, clock);
        await(looking);
        drive.close();
        DriveException refused = assertThrows(DriveException.class, folder::open);
        assertEquals(DriveException.Kind.BUSY, refused.kind());
        goOn.countDown();
        untilItCanBeOpened();
    }

    private void untilItCanBeOpened() throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                folder.open();
                return;
            } catch (DriveException e) {
                assertTrue(System.nanoTime() - end < 0, e.getMessage());
                Thread.sleep(10);
            }
        }
    }
}
