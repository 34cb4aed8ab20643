package io.kintsugi.drives;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * A {@link KvCursor} on a RocksDB iterator, which holds a snapshot by itself. Freed by its own close, or with the
 * store.
 */
final class StoreCursor implements KvCursor {
    private final KvStore store;
    private final RocksIterator iterator;
    private final DriveHealth health;
    private boolean onRow;
    private boolean closed;

    StoreCursor(KvStore store, RocksIterator iterator, DriveHealth health) {
        this.store = store;
        this.iterator = iterator;
        this.health = health;
    }

    @Override
    public boolean seek(byte[] key) {
        return move(() -> {
            iterator.seek(key);
            return iterator.isValid();
        });
    }

    @Override
    public boolean next() {
        requireRow();
        return move(() -> {
            iterator.next();
            return iterator.isValid();
        });
    }

    private boolean move(BooleanSupplier step) {
        if (closed) {
            throw new IllegalStateException("the cursor is closed");
        }
        health.refusesAll().ifPresent(refusal -> {
            throw refusal;
        });
        onRow = store.use(() -> step.getAsBoolean() || endedWell());
        return onRow;
    }

    /** An iterator that meets an error looks like one that is at its end. Returns false: there is no row. */
    private boolean endedWell() {
        try {
            iterator.status();
            return false;
        } catch (RocksDBException e) {
            throw health.failed(e, "reading rows in order");
        }
    }

    private void requireRow() {
        if (closed || !onRow) {
            throw new IllegalStateException("the cursor is not on a row: seek first, and stop when it says so");
        }
    }

    private byte[] read(Supplier<byte[]> column) {
        requireRow();
        return store.use(column);
    }

    @Override
    public byte[] key() {
        return read(iterator::key);
    }

    @Override
    public byte[] value() {
        return read(iterator::value);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            store.release(iterator);
        }
    }
}
