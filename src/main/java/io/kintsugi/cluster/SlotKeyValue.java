package io.kintsugi.cluster;

import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.KeyValue;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvCursor;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.Look;
import io.kintsugi.drives.ScanLimit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** The key-value store of one drive behind a handle, as it was opened; gone when the drive is, for good. */
final class SlotKeyValue implements KeyValue {
    private final SlotDrive slot;
    private final long opening;

    SlotKeyValue(SlotDrive slot, long opening) {
        this.slot = slot;
        this.opening = opening;
    }

    private <T> CompletableFuture<T> call(Function<KeyValue, CompletableFuture<T>> operation) {
        try {
            return operation.apply(slot.require(opening).keyValue());
        } catch (DriveException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletableFuture<Void> commit(KvBatch batch) {
        return call(kv -> kv.commit(batch));
    }

    @Override
    public CompletableFuture<Optional<byte[]>> get(KvSpace space, byte[] key) {
        return call(kv -> kv.get(space, key));
    }

    @Override
    public Look look(KvSpace space, byte[] key) {
        try {
            return slot.require(opening).keyValue().look(space, key);
        } catch (DriveException e) {
            return new Look.Unknown(() -> CompletableFuture.failedFuture(e));
        }
    }

    @Override
    public CompletableFuture<List<KvRow>> scan(KvSpace space, byte[] from, byte[] to, ScanLimit limit) {
        return call(kv -> kv.scan(space, from, to, limit));
    }

    @Override
    public KvCursor cursor(KvSpace space) {
        return slot.require(opening).keyValue().cursor(space);
    }
}
