package io.kintsugi.sim;

import io.kintsugi.drives.KeyValue;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvCursor;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ScanLimit;
import io.kintsugi.sim.engine.OneStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Ordered maps behind the gate of a {@link SimDrive}. A cursor keeps the map that it was opened on; the next commit to
 * that space then works on a copy, so that opening is free and unchanged spaces are never copied.
 */
@OneStep
final class SimKeyValue implements KeyValue {
    private static final class Space {
        private NavigableMap<byte[], byte[]> rows = new TreeMap<>(Arrays::compareUnsigned);
        private boolean shared;

        NavigableMap<byte[], byte[]> snapshot() {
            shared = true;
            return rows;
        }

        NavigableMap<byte[], byte[]> writable() {
            if (shared) {
                rows = new TreeMap<>(rows);
                shared = false;
            }
            return rows;
        }
    }

    private final SimGate gate;
    private final Map<KvSpace, Space> spaces = new EnumMap<>(KvSpace.class);

    SimKeyValue(SimGate gate) {
        this.gate = gate;
        clear();
    }

    /** Call under the gate's lock. */
    void clear() {
        for (KvSpace space : KvSpace.values()) {
            spaces.put(space, new Space());
        }
    }

    @Override
    public CompletableFuture<Void> commit(KvBatch batch) {
        return gate.run(SimOp.COMMIT, () -> {
            batch.changes().forEach(this::apply);
            return null;
        });
    }

    private void apply(KvBatch.Change change) {
        NavigableMap<byte[], byte[]> rows = spaces.get(change.space()).writable();
        switch (change) {
            case KvBatch.Put put -> rows.put(put.key().clone(), put.value().clone());
            case KvBatch.Delete delete -> rows.remove(delete.key());
            case KvBatch.DeleteRange range -> {
                if (Arrays.compareUnsigned(range.from(), range.to()) < 0) {
                    rows.subMap(range.from(), range.to()).clear();
                }
            }
        }
    }

    @Override
    public CompletableFuture<Optional<byte[]>> get(KvSpace space, byte[] key) {
        return gate.run(
                SimOp.GET,
                () -> Optional.ofNullable(spaces.get(space).rows.get(key)).map(byte[]::clone));
    }

    @Override
    public CompletableFuture<List<KvRow>> scan(KvSpace space, byte[] from, byte[] to, ScanLimit limit) {
        return gate.run(SimOp.SCAN, () -> rowsOf(spaces.get(space).rows, from, to, limit));
    }

    private static List<KvRow> rowsOf(NavigableMap<byte[], byte[]> rows, byte[] from, byte[] to, ScanLimit limit) {
        List<KvRow> found = new ArrayList<>();
        if (Arrays.compareUnsigned(from, to) >= 0) {
            return found;
        }
        long bytes = 0;
        for (Map.Entry<byte[], byte[]> row : rows.subMap(from, to).entrySet()) {
            bytes += (long) row.getKey().length + row.getValue().length;
            if (found.size() == limit.rows() || bytes > limit.bytes() && !found.isEmpty()) {
                break;
            }
            found.add(new KvRow(row.getKey().clone(), row.getValue().clone()));
        }
        return found;
    }

    @Override
    public KvCursor cursor(KvSpace space) {
        return gate.block(
                SimOp.CURSOR, () -> new SimCursor(gate, spaces.get(space).snapshot()));
    }

    private static final class SimCursor implements KvCursor {
        private final SimGate gate;
        private final long epoch;
        private final NavigableMap<byte[], byte[]> rows;
        private Optional<Map.Entry<byte[], byte[]>> row = Optional.empty();
        private boolean closed;

        SimCursor(SimGate gate, NavigableMap<byte[], byte[]> rows) {
            this.gate = gate;
            this.epoch = gate.epoch();
            this.rows = rows;
        }

        @Override
        public boolean seek(byte[] key) {
            return move(() -> Optional.ofNullable(rows.ceilingEntry(key)));
        }

        @Override
        public boolean next() {
            byte[] from = key();
            return move(() -> Optional.ofNullable(rows.higherEntry(from)));
        }

        private boolean move(Supplier<Optional<Map.Entry<byte[], byte[]>>> step) {
            if (closed) {
                throw new IllegalStateException("the cursor is closed");
            }
            row = gate.block(SimOp.CURSOR, () -> {
                gate.requireEpoch(epoch);
                return step.get();
            });
            return row.isPresent();
        }

        @Override
        public byte[] key() {
            return row.orElseThrow(SimCursor::notOnARow).getKey().clone();
        }

        @Override
        public byte[] value() {
            return row.orElseThrow(SimCursor::notOnARow).getValue().clone();
        }

        private static IllegalStateException notOnARow() {
            return new IllegalStateException("the cursor is not on a row: seek first, and stop when it says so");
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
