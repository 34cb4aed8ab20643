package io.kintsugi.drives;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.rocksdb.RocksDBException;

/**
 * Looks at the drive once a second, on a thread of the drive's own: is it still there, how much space is left, does it
 * take writes again. Each look is a heartbeat: when a look hangs, the drive is seen to be stalled.
 */
final class DriveWatcher implements Runnable {
    private static final System.Logger LOG = System.getLogger(DriveWatcher.class.getName());
    private static final long PERIOD_MILLIS = 1000;
    private static final long RESERVE_SHARE = 50;
    /** After that share of the stall limit it is asked whether a sync that goes on is slow, or hangs. */
    private static final int DOUBT_SHARE = 4;

    private final FileStore fileStore;
    private final Path probe;
    private final KvStore store;
    private final SetAside setAside;
    private final IdleFlush idleFlush;
    private final DriveTasks tasks;
    private final DriveHealth health;
    private final long reserve;
    private final DriveFiles files;
    private final Path syncProbe;
    private final long stallNanos;
    private final AtomicBoolean syncing = new AtomicBoolean();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private long backgroundErrors;
    private boolean troubled;

    /** The parts of a drive that its watcher needs. */
    record Parts(
            Path directory,
            FileStore fileStore,
            KvStore store,
            SetAside setAside,
            DriveTasks tasks,
            DriveFiles files) {}

    DriveWatcher(Parts parts, DriveSettings settings) throws IOException {
        this.fileStore = parts.fileStore();
        Path incoming = parts.directory().resolve(DriveDirectory.INCOMING);
        this.probe = incoming.resolve("probe");
        this.syncProbe = incoming.resolve("probe-sync");
        this.store = parts.store();
        this.setAside = parts.setAside();
        this.idleFlush = new IdleFlush(store);
        this.tasks = parts.tasks();
        this.files = parts.files();
        this.health = tasks.health();
        this.stallNanos = settings.stallLimit().toNanos();
        this.reserve = Math.min(settings.reserveBytes(), fileStore.getTotalSpace() / RESERVE_SHARE);
    }

    @Override
    public void run() {
        try {
            boolean stop = false;
            while (!stop) {
                lookWhateverHappens();
                stop = health.givenUp() || stopped.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Without its watcher, nobody would see that the drive hangs. A trouble that goes on is logged once. */
    private void lookWhateverHappens() {
        try {
            look();
            troubled = false;
        } catch (RuntimeException | Error e) {
            if (!troubled) {
                LOG.log(System.Logger.Level.ERROR, "Watching a drive failed (" + probe + "); it is tried again", e);
            }
            troubled = true;
        }
    }

    void stop() {
        stopped.countDown();
    }

    void look() {
        long now = tasks.nanos();
        health.overdue(tasks.hang());
        if (tasks.underWay().syncsFor(now, stallNanos / DOUBT_SHARE)) {
            tryToSync();
        }
        try {
            health.verifyIdentity();
            health.beat(fileStore.getTotalSpace(), fileStore.getUsableSpace(), reserve);
            tasks.askThreads();
            tasks.runLeftovers();
            setAside.look();
            long errors = store.backgroundErrors();
            if (errors > backgroundErrors) {
                backgroundErrors = errors;
                health.ioError("its key-value store failed to write in the background, " + errors + " times by now");
            }
            if (health.awaitsTry()) {
                tryToWrite();
            } else {
                idleFlush.look();
            }
        } catch (DriveException e) {
            // given up or closed: whoever found out has said so
        } catch (IOException | RocksDBException e) {
            health.failed(e, "looking at the drive");
        }
    }

    /**
     * The sync of a large file takes its time on a slow device; that of a few bytes hangs only when all do. It counts
     * as an append, which is never long under way, and is done by the writers, so as not to hold up the watcher.
     */
    private void tryToSync() {
        if (!syncing.compareAndSet(false, true)) {
            return;
        }
        try {
            tasks.execute(() -> {
                UnderWay.Task begun = tasks.underWay().begin(DriveOp.APPEND, tasks.nanos());
                try {
                    syncAFewBytes();
                } finally {
                    tasks.underWay().end(begun);
                    syncing.set(false);
                }
            });
        } catch (RejectedExecutionException e) {
            // the writers' queue is full: whether they hang is asked for anyway
            syncing.set(false);
        }
    }

    private void syncAFewBytes() {
        try {
            files.delete(syncProbe);
            try (FileChannel channel = files.create(syncProbe)) {
                files.write(channel, ByteBuffer.allocate(1));
                files.sync(channel);
            }
            files.delete(syncProbe);
        } catch (IOException e) {
            // it answers, which is all that was asked
        }
    }

    private void tryToWrite() {
        try {
            Files.write(probe, new byte[1], StandardOpenOption.CREATE, StandardOpenOption.DSYNC);
            Files.delete(probe);
            health.writable();
        } catch (IOException e) {
            // still read-only, or full, as was said when it became so
        }
    }
}
