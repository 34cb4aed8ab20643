package io.kintsugi.sim;

import io.kintsugi.drives.ShardSink;
import io.kintsugi.sim.engine.OneStep;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** An unpublished shard file of a {@link SimDrive}. Its state is guarded by the gate's lock. */
@OneStep
final class SimSink implements ShardSink {
    private enum State {
        OPEN,
        FAILED,
        PUBLISHED,
        ABORTED
    }

    private final SimGate gate;
    private final long epoch;
    private final Function<byte[], SimJournal.Change> publisher;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private State state = State.OPEN;

    SimSink(SimGate gate, Function<byte[], SimJournal.Change> publisher) {
        this.gate = gate;
        this.epoch = gate.epoch();
        this.publisher = publisher;
    }

    @Override
    public CompletableFuture<Void> append(ByteBuffer... bytes) {
        return failing(gate.run(SimOp.APPEND, () -> {
            requireOpen();
            write(bytes);
            return null;
        }));
    }

    private void write(ByteBuffer... bytes) {
        for (ByteBuffer buffer : bytes) {
            byte[] copy = new byte[buffer.remaining()];
            buffer.get(copy);
            written.write(copy, 0, copy.length);
        }
    }

    @Override
    public CompletableFuture<Void> publish(ByteBuffer... last) {
        return failing(gate.write(SimOp.PUBLISH, () -> {
            requireOpen();
            write(last);
            state = State.PUBLISHED;
            return publisher.apply(written.toByteArray());
        }));
    }

    private CompletableFuture<Void> failing(CompletableFuture<Void> future) {
        return future.whenComplete((done, failure) -> {
            if (failure != null) {
                gate.locked(() -> state = state == State.OPEN ? State.FAILED : state);
            }
        });
    }

    private void requireOpen() {
        gate.requireEpoch(epoch);
        if (state != State.OPEN) {
            throw gate.spent("the shard file is " + state.name().toLowerCase(Locale.ROOT));
        }
    }

    @Override
    public CompletableFuture<Void> abort() {
        return gate.run(SimOp.ABORT, () -> {
            state = state == State.PUBLISHED ? state : State.ABORTED;
            written.reset();
            return null;
        });
    }
}
