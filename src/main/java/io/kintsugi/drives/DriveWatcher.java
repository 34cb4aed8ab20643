package io.kintsugi.drives;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.rocksdb.RocksDBException;

/**
 * Looks at the drive once a second, on a thread of the drive's own: is it still there, how much space is left, does it
 * take writes again. Each look is a heartbeat: when a look hangs, the drive is seen to be stalled.
 */
final class DriveWatcher implements Runnable {
    private static final long PERIOD_MILLIS = 1000;
    private static final long RESERVE_SHARE = 50;

    private final FileStore fileStore;
    private final Path probe;
    private final KvStore store;
    private final DriveTasks tasks;
    private final DriveHealth health;
    private final long reserve;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private long backgroundErrors;

    DriveWatcher(Path directory, FileStore fileStore, KvStore store, DriveTasks tasks, long reserveBytes)
            throws IOException {
        this.fileStore = fileStore;
        this.probe = directory.resolve(DriveDirectory.INCOMING).resolve("probe");
        this.store = store;
        this.tasks = tasks;
        this.health = tasks.health();
        this.reserve = Math.min(reserveBytes, fileStore.getTotalSpace() / RESERVE_SHARE);
    }

    @Override
    public void run() {
        try {
            boolean stop = false;
            while (!stop) {
                look();
                stop = health.givenUp() || stopped.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void stop() {
        stopped.countDown();
    }

    void look() {
        try {
            health.verifyIdentity();
            health.beat(fileStore.getTotalSpace(), fileStore.getUsableSpace(), reserve);
            tasks.askThreads();
            tasks.runLeftovers();
            long errors = store.backgroundErrors();
            if (errors > backgroundErrors) {
                backgroundErrors = errors;
                health.ioError("its key-value store failed to write in the background, " + errors + " times by now");
            }
            if (health.readOnly()) {
                tryToWrite();
            }
        } catch (DriveException e) {
            // given up or closed: whoever found out has said so
        } catch (IOException | RocksDBException e) {
            health.failed(e, "looking at the drive");
        }
    }

    private void tryToWrite() {
        try {
            Files.write(probe, new byte[1], StandardOpenOption.CREATE, StandardOpenOption.DSYNC);
            Files.delete(probe);
            health.writable();
        } catch (IOException e) {
            // still read-only, as was said when it became so
        }
    }
}
