package io.kintsugi.catalog;

import io.kintsugi.base.DriveId;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.KeyValue;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.Look;
import io.kintsugi.drives.ScanLimit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The replica on one drive, as that was opened: when another drive, or the same one, comes back under the handle, its
 * answers are not this replica's, and count as failures. It may lack commits, and look whole when it has taken the
 * next.
 */
final class Replica implements AutoCloseable {
    private static final int SCAN_THREADS = 8;
    private static final int SCAN_QUEUE = 256;
    private static final long IDLE_SECONDS = 10;

    private final Drive drive;
    private final KeyValue keyValue;
    private final long opening;
    private final ThreadPoolExecutor scans;

    Replica(Drive drive) {
        this.drive = drive;
        this.opening = drive.openings();
        // of this opening and no other: what comes back must take no commit before it was looked at
        this.keyValue = drive.keyValue();
        this.scans = new ThreadPoolExecutor(
                SCAN_THREADS,
                SCAN_THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(SCAN_QUEUE),
                Thread.ofPlatform()
                        .name("catalog-scan-" + drive.id() + "-", 0)
                        .daemon()
                        .factory());
        scans.allowCoreThreadTimeOut(true);
    }

    DriveId id() {
        return drive.id();
    }

    Drive drive() {
        return drive;
    }

    CompletableFuture<Void> commit(KvBatch batch) {
        return checked(() -> keyValue.commit(batch));
    }

    CompletableFuture<Optional<byte[]>> get(KvSpace space, byte[] key) {
        return checked(() -> keyValue.get(space, key));
    }

    /** What memory tells of the row: as {@link #get}, without waiting and without asking the drive's threads. */
    Look look(KvSpace space, byte[] key) {
        Look look;
        try {
            look = keyValue.look(space, key);
        } catch (DriveException e) {
            return new Look.Unknown(() -> CompletableFuture.failedFuture(e));
        }
        return look instanceof Look.Known && isSameOpening() ? look : new Look.Unknown(() -> checked(look::read));
    }

    CompletableFuture<List<KvRow>> scan(KvSpace space, byte[] from, byte[] to, ScanLimit limit) {
        return checked(() -> keyValue.scan(space, from, to, limit));
    }

    /**
     * Runs a reader that blocks, as cursors do, on threads of this replica: a drive that hangs holds these and no
     * other.
     */
    <T> CompletableFuture<T> read(Function<KeyValue, T> reader) {
        try {
            return CompletableFuture.supplyAsync(
                    () -> {
                        T result = reader.apply(keyValue);
                        requireSameOpening();
                        return result;
                    },
                    scans);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(
                    new DriveException(DriveException.Kind.BUSY, id(), "too many listings wait for it", e));
        }
    }

    private <T> CompletableFuture<T> checked(Supplier<CompletableFuture<T>> operation) {
        CompletableFuture<T> future;
        try {
            future = operation.get();
        } catch (DriveException e) {
            return CompletableFuture.failedFuture(e);
        }
        return future.thenApply(result -> {
            requireSameOpening();
            return result;
        });
    }

    boolean isSameOpening() {
        return drive.openings() == opening;
    }

    private void requireSameOpening() {
        if (!isSameOpening()) {
            throw new DriveException(DriveException.Kind.GONE, id(), "it was away, and may have lost commits");
        }
    }

    /** Ends its threads; the drive stays open. */
    @Override
    public void close() {
        scans.shutdown();
    }

    @Override
    public String toString() {
        return id().toString();
    }
}
