package io.kintsugi.shards;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Seldom;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.cluster.Fanout;
import io.kintsugi.cluster.Quorum;
import io.kintsugi.codec.ReedSolomon;
import io.kintsugi.drives.DriveException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** What the two forms of writing share: coding, the wait for the quorum, and what becomes of those that are late. */
abstract class BlobWrite {
    private static final System.Logger LOG = System.getLogger(BlobWrite.class.getName());

    protected final BlobContext context;
    protected final WritePlan plan;
    private final int[] bindings;

    BlobWrite(BlobContext context, WritePlan plan) {
        this.context = context;
        this.plan = plan;
        this.bindings = new int[plan.shards()];
        for (int i = 0; i < bindings.length; i++) {
            bindings[i] = ShardFormat.binding(plan.name(i));
        }
    }

    /** Fills up the last chunks, computes parity, and seals all rows. */
    protected final void code(StripeImage image, int plainBytes, long firstFrame) {
        StripeImage.Shape shape = image.shape();
        if (shape.chunkBytes() == 0) {
            return;
        }
        image.clear(plainBytes, shape.chunkBytes() * plan.code().dataShards());
        ReedSolomon.of(plan.code().dataShards(), plan.code().parityShards()).encode(image.stripe());
        for (int i = 0; i < plan.shards(); i++) {
            image.seal(i, bindings[i], firstFrame);
        }
    }

    protected static void tap(StripeImage image, int plainBytes, StripeTap tap) {
        List<ByteBuffer> pieces = new ArrayList<>();
        image.pieces(0, plainBytes, (offset, length) -> pieces.add(image.slab().slice(offset, length)));
        tap.accept(pieces.toArray(ByteBuffer[]::new));
    }

    /**
     * Waits until enough drives are done, then a little for the others.
     *
     * @throws Unavailable when too few were, or not in time
     */
    protected final void require(Fanout<Void> step, Duration atMost) {
        Quorum.Decision decision = step.await(atMost, this::lost);
        if (decision != Quorum.Decision.WON) {
            throw refusal(step, decision);
        }
        if (hasHope(step)) {
            step.awaitAll(context.times().straggler());
        }
    }

    /** What was asked of a drive that is gone meanwhile, as one that has stopped to answer, is not waited for. */
    private Optional<Throwable> lost(int index) {
        return context.drives().lost(plan.drive(index));
    }

    /** Whether one that has not ended is on a drive that is not known to be late already. */
    private boolean hasHope(Fanout<Void> step) {
        for (int i = 0; i < plan.shards(); i++) {
            if (!step.ended(i) && !tempo(i).isLate()) {
                return true;
            }
        }
        return false;
    }

    protected final DriveTempo tempo(int index) {
        return context.drives().tempo(plan.drive(index));
    }

    /** The quorum is durable. Shards that are not there when their drives have had their time are reported. */
    protected final BlobRef done(BlobRef blob, Fanout<Void> durable) {
        context.counters().blobsWritten.increment();
        context.counters().bytesWritten.add(blob.size());
        CompletableFuture<Fanout<Void>> settled = durable.settled();
        if (settled.isDone()) {
            report(blob, durable);
        } else {
            long nanos = context.times().publish().toNanos();
            CompletableFuture<Void> reported = settled.copy()
                    .completeOnTimeout(durable, nanos, TimeUnit.NANOSECONDS)
                    .thenAccept(late -> report(blob, late));
            // nobody finds it settled before it is reported
            context.unsettled().add(blob.id(), CompletableFuture.allOf(settled, reported));
        }
        return blob;
    }

    private void report(BlobRef blob, Fanout<Void> durable) {
        int there = succeeded(durable);
        if (there < plan.shards()) {
            context.counters().shardsNotWritten.add(plan.shards() - there);
            context.heals().wantsHealing(blob, there - plan.code().dataShards());
        }
    }

    /** What was written is removed when everything under way has ended, which never fails. */
    protected final void removed(CompletableFuture<?> removal) {
        context.counters().writesFailed.increment();
        context.unsettled().add(plan.blob(), removal);
    }

    /** Whether so many drives have done the step, when all have ended it or had their time. */
    protected final boolean didAtLeast(int drives, Fanout<Void> step, Duration atMost) {
        step.awaitAll(atMost, this::lost);
        return succeeded(step) >= drives;
    }

    private int succeeded(Fanout<Void> step) {
        int there = 0;
        for (int i = 0; i < plan.shards(); i++) {
            there += step.succeeded(i) ? 1 : 0;
        }
        return there;
    }

    protected final Unavailable refusal(Fanout<Void> step, Quorum.Decision decision) {
        List<Throwable> errors = step.errors();
        context.lines().notAsPlanned().admit().ifPresent(held -> logRefusal(errors, held));
        if (decision == Quorum.Decision.PENDING) {
            return new Unavailable(Unavailable.Kind.TIMEOUT, "The drives did not take the data in time; try again");
        }
        long full = errors.stream()
                .filter(e -> ShardDrives.isKind(e, DriveException.Kind.FULL))
                .count();
        boolean enoughButForSpace =
                plan.shards() - (errors.size() - full) >= plan.placement().writeQuorum();
        int took = plan.shards() - errors.size();
        return enoughButForSpace
                ? new Unavailable(Unavailable.Kind.FULL, "The drives are full: free some space or add drives")
                : new Unavailable(
                        Unavailable.Kind.QUORUM,
                        "Too few drives took the data: at most " + took + " of the "
                                + plan.placement().writeQuorum() + " needed; try again");
    }

    private void logRefusal(List<Throwable> errors, long held) {
        LOG.log(
                System.Logger.Level.INFO,
                "blob {0} is not written as planned: {1} of {2} drives were needed; {3}{4}",
                plan.blob(),
                plan.placement().writeQuorum(),
                plan.shards(),
                errors.stream().map(Throwable::getMessage).collect(Collectors.joining("; ")),
                Seldom.suffix(held));
    }

    protected final DriveId drive(int index) {
        return plan.drive(index);
    }
}
