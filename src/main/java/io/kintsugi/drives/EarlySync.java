package io.kintsugi.drives;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Brings a file to the device while it is still being written, so that the sync at its end finds little left to do. A
 * sync that starts early promises nothing; only {@link #finish} does. Since the operating system tells of an error of
 * the device once, to whichever sync meets it first, an early one that fails fails the last one.
 *
 * <p>The lock holds everything that may not happen beside a sync: another sync of the file, and its close.
 */
final class EarlySync {
    private static final long STEP_BYTES = 4L << 20;

    private final NewFile file;
    private final DriveFiles files;
    private final DriveTasks tasks;
    private final ReentrantLock lock = new ReentrantLock();
    private Optional<IOException> failure = Optional.empty();
    private boolean closed;
    private long unsynced;

    EarlySync(NewFile file, DriveFiles files, DriveTasks tasks) {
        this.file = file;
        this.files = files;
        this.tasks = tasks;
    }

    /** By the task that writes: so many more bytes are in the page cache. Never blocks. */
    void wrote(long bytes) {
        unsynced += bytes;
        if (unsynced < STEP_BYTES || lock.isLocked()) {
            return;
        }
        try {
            tasks.execute(this::sync);
            unsynced = 0;
        } catch (RejectedExecutionException e) {
            // the drive has enough to do; the next append asks again
        }
    }

    private void sync() {
        lock.lock();
        try {
            if (!closed && failure.isEmpty()) {
                files.sync(file.channel());
            }
        } catch (IOException e) {
            failure = Optional.of(e);
        } finally {
            lock.unlock();
        }
    }

    /** Everything that was written is on the device, and the file is closed. */
    void finish() throws IOException {
        lock.lock();
        try {
            if (failure.isPresent()) {
                throw new IOException("an early sync failed: " + failure.get().getMessage(), failure.get());
            }
            files.sync(file.channel());
        } finally {
            lock.unlock();
        }
        close();
    }

    /** The file is closed, once no sync of it runs any more. */
    void close() throws IOException {
        lock.lock();
        try {
            closed = true;
            file.channel().close();
        } finally {
            lock.unlock();
        }
    }
}
