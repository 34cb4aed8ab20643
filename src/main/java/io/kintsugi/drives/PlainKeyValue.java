package io.kintsugi.drives;

import io.kintsugi.base.DriveId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * A key-value store whose owner waits for it: everything is done in the caller's thread, and a future is done when it
 * is returned.
 */
final class PlainKeyValue implements KeyValue {
    private final DriveId drive;
    private final KvStore store;
    private final boolean writable;

    PlainKeyValue(DriveId drive, KvStore store, boolean writable) {
        this.drive = drive;
        this.store = store;
        this.writable = writable;
    }

    @Override
    public CompletableFuture<Void> commit(KvBatch batch) {
        if (!writable) {
            return CompletableFuture.failedFuture(StoppedDrive.refused(drive));
        }
        return now(() -> {
            try (WriteBatch writes = new WriteBatch()) {
                for (KvBatch.Change change : batch.changes()) {
                    Committer.apply(store, writes, change);
                }
                store.write(writes, false);
            }
            return null;
        });
    }

    @Override
    public CompletableFuture<Optional<byte[]>> get(KvSpace space, byte[] key) {
        return now(() -> store.get(space, key) instanceof KvStore.Lookup.Found(var value)
                ? Optional.of(value)
                : Optional.empty());
    }

    @Override
    public CompletableFuture<List<KvRow>> scan(KvSpace space, byte[] from, byte[] to, ScanLimit limit) {
        return now(() -> store.scan(space, from, to, limit));
    }

    @Override
    public KvCursor cursor(KvSpace space) {
        throw new DriveException(DriveException.Kind.IO, drive, "a store that is stopped is read by scans");
    }

    private <T> CompletableFuture<T> now(Callable<T> work) {
        try {
            return CompletableFuture.completedFuture(work.call());
        } catch (DriveException e) {
            return CompletableFuture.failedFuture(e);
        } catch (RocksDBException e) {
            return CompletableFuture.failedFuture(
                    new DriveException(KvStore.kindOf(e), drive, "its key-value store: " + e.getMessage(), e));
        } catch (Exception e) {
            return CompletableFuture.failedFuture(
                    new DriveException(DriveException.Kind.IO, drive, "its key-value store: " + e.getMessage(), e));
        }
    }
}
