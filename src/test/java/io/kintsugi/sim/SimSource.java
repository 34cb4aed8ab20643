package io.kintsugi.sim;

import io.kintsugi.drives.ShardSource;
import io.kintsugi.sim.engine.OneStep;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** A published shard file of a {@link SimDrive}, as it was when it was opened. */
@OneStep
final class SimSource implements ShardSource {
    private final SimGate gate;
    private final long epoch;
    private final byte[] bytes;
    private boolean closed;

    SimSource(SimGate gate, byte[] bytes) {
        this.gate = gate;
        this.epoch = gate.epoch();
        this.bytes = bytes;
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public CompletableFuture<Integer> read(long position, ByteBuffer target) {
        return gate.run(SimOp.READ, () -> {
            gate.requireEpoch(epoch);
            if (closed) {
                throw gate.spent("the shard file is closed");
            }
            int count = Math.clamp(bytes.length - position, 0, target.remaining());
            if (count > 0) {
                target.put(bytes, Math.toIntExact(position), count);
            }
            return count;
        });
    }

    @Override
    public void close() {
        gate.locked(() -> closed = true);
    }
}
