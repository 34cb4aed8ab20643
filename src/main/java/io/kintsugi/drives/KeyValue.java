package io.kintsugi.drives;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The ordered key-value store of one drive. Keys are ordered by unsigned bytes. A read sees every batch whose future
 * has completed, and may see one that was submitted and has not.
 *
 * <p>Reads that can be served from memory run in the caller's thread; others run on the drive's read threads, so that a
 * drive that hangs holds futures, never the caller's thread beyond its deadline.
 */
public interface KeyValue {
    /**
     * Applies the batch, atomically and in the order of submission, and completes when it survives a power cut. Batches
     * that wait at the same time share one sync.
     */
    CompletableFuture<Void> commit(KvBatch batch);

    /** The value, or empty. */
    CompletableFuture<Optional<byte[]>> get(KvSpace space, byte[] key);

    /**
     * What memory tells of the row. For event loops: never waits, touches no device, and enqueues nothing; counts as
     * the read that it spares, or is the beginning of the one that {@link Look.Unknown} leaves.
     */
    default Look look(KvSpace space, byte[] key) {
        return new Look.Unknown(() -> get(space, key));
    }

    /**
     * Rows with {@code from <= key < to}, in order, at most {@code limit} of them and about {@code maxBytes} of keys
     * and values together (always at least one row when there is one).
     */
    CompletableFuture<List<KvRow>> scan(KvSpace space, byte[] from, byte[] to, ScanLimit limit);

    /**
     * A cursor over one unchanging state of the space: what is committed after it was opened is not seen. Used by one
     * thread; blocks that thread; must be closed.
     *
     * @throws DriveException when the drive is gone
     */
    KvCursor cursor(KvSpace space);
}
