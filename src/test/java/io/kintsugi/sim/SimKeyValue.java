package io.kintsugi.sim;

import io.kintsugi.drives.KeyValue;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvCursor;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.Look;
import io.kintsugi.drives.ScanLimit;
import io.kintsugi.sim.engine.OneStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The key-value store of a {@link SimDrive}, behind its gate. A cursor keeps the rows that it was opened on. */
@OneStep
final class SimKeyValue implements KeyValue {
    private final SimGate gate;
    private final BooleanSupplier sameOpening;

    /** @param sameOpening whether the drive is open still as it was when this was taken */
    SimKeyValue(SimGate gate, BooleanSupplier sameOpening) {
        this.gate = gate;
        this.sameOpening = sameOpening;
    }

    private SimMedia media() {
        requireSameOpening();
        return gate.journal().visible();
    }

    private void requireSameOpening() {
        if (!sameOpening.getAsBoolean()) {
            throw gate.spent("it was opened again since this was taken");
        }
    }

    @Override
    public CompletableFuture<Void> commit(KvBatch batch) {
        return gate.write(SimOp.COMMIT, () -> {
            requireSameOpening();
            return new SimJournal.Change(
                    new SimJournal.Lane.Log(), media -> batch.changes().forEach(media::apply));
        });
    }

    @Override
    public CompletableFuture<Optional<byte[]>> get(KvSpace space, byte[] key) {
        return gate.run(
                SimOp.GET,
                () -> Optional.ofNullable(media().rows(space).get(key)).map(byte[]::clone));
    }

    @Override
    public Look look(KvSpace space, byte[] key) {
        Optional<Optional<byte[]>> known = gate.peek(
                SimOp.GET,
                () -> Optional.ofNullable(media().rows(space).get(key)).map(byte[]::clone));
        return known.<Look>map(Look.Known::new).orElseGet(() -> new Look.Unknown(() -> get(space, key)));
    }

    @Override
    public CompletableFuture<List<KvRow>> scan(KvSpace space, byte[] from, byte[] to, ScanLimit limit) {
        return gate.run(SimOp.SCAN, () -> rowsOf(media().rows(space), from, to, limit));
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
        return gate.block(SimOp.CURSOR, () -> new SimCursor(gate, media().snapshot(space)));
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
