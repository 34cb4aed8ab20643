package io.kintsugi.sim.engine.toys;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.ByteSource;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.VersionId;
import io.kintsugi.codec.SlabPool;
import io.kintsugi.shards.BlobNote;
import io.kintsugi.shards.BlobTimes;
import io.kintsugi.shards.ErasureBlobStore;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimOp;
import io.kintsugi.sim.SimTopology;
import io.kintsugi.sim.engine.SimContext;
import io.kintsugi.sim.engine.SimScenario;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A large blob is written, and one drive ends its last append, and publishes, in the moment in which the others have
 * waited for it long enough: its shard is there, or it is reported as missing, in whatever order the two go on.
 */
public final class LateShard implements SimScenario {
    private static final BlobOrigin ORIGIN =
            new BlobOrigin(new BucketName("bucket"), ObjectKey.of("key"), VersionId.NULL, Optional.empty());
    /** So that there is an append of its own before the last one, which publishes too. */
    private static final int A_STRIPE_AND_A_HALF = 3 << 19;

    /** About what the write takes before it waits. */
    private static final int FROM_NANOS = 28_000;

    private static final int NANOS = 14_000;

    @Override
    public void run(SimContext context) throws Exception {
        SimTopology drives = new SimTopology(new ErasureCode(2, 2));
        List<BlobId> wanting = new ArrayList<>();
        ErasureBlobStore blobs = new ErasureBlobStore(
                new ErasureBlobStore.Parts(
                        drives, new SlabPool(64 << 20), Clock.SYSTEM, Entropy.FAST, BlobTimes.DEFAULT),
                (blob, spare) -> wanting.add(blob.id()));
        SimDrive late = drives.sim(0);
        late.hang(SimOp.APPEND);
        int nanos = FROM_NANOS + context.random().nextInt(NANOS);
        Thread going = context.spawn("drive", () -> {
            sleep(BlobTimes.DEFAULT.straggler().plusNanos(nanos));
            late.release();
        });
        ByteSource body = ByteSource.of(ByteBuffer.allocate(A_STRIPE_AND_A_HALF));
        BlobRef blob = blobs.write(ORIGIN, BlobNote.NONE, OptionalLong.of(A_STRIPE_AND_A_HALF), body, pieces -> {});
        going.join();
        // whatever is still to be removed or reported
        sleep(Duration.ofHours(1));
        boolean there = late.shards(blob.form()).size() == 1;
        context.log(there ? "it is there" : "it is missing");
        if (!there && wanting.isEmpty()) {
            throw new AssertionError("the shard is not there, and counts");
        }
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a toy", e);
        }
    }
}
