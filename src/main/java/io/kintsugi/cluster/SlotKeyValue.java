package io.kintsugi.cluster;

import io.kintsugi.drives.Drive;
import io.kintsugi.drives.KeyValue;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvCursor;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ScanLimit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The key-value store of whatever drive is behind the handle. */
final class SlotKeyValue implements KeyValue {
    private final SlotDrive slot;

    SlotKeyValue(SlotDrive slot) {
        this.slot = slot;
    }

    @Override
    public CompletableFuture<Void> commit(KvBatch batch) {
        return slot.call(drive -> drive.keyValue().commit(batch));
    }

    @Override
    public CompletableFuture<Optional<byte[]>> get(KvSpace space, byte[] key) {
        return slot.call(drive -> drive.keyValue().get(space, key));
    }

    @Override
    public CompletableFuture<List<KvRow>> scan(KvSpace space, byte[] from, byte[] to, ScanLimit limit) {
        return slot.call(drive -> drive.keyValue().scan(space, from, to, limit));
    }

    @Override
    public KvCursor cursor(KvSpace space) {
        Drive drive = slot.attached().orElseThrow(slot::gone);
        return drive.keyValue().cursor(space);
    }
}
