package io.kintsugi.shards;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.cluster.Fanout;
import io.kintsugi.shards.StripeFiller.Filled;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;

/**
 * A large blob on its way to its shard files. While the caller reads a stripe, the one before is digested by a helper
 * thread and written by the drives; at most {@value #STRIPES} are in memory. A drive that fails, or is still at a
 * stripe when the others have waited for it long enough, is left out from then on. One thread; taps run one after the
 * other, in order.
 *
 * <p>When so many drives go in mid-stream that the quorum is lost, but enough are left to read from, the blob becomes
 * <em>thin</em>: it is written to its end on those, and whoever asked for it must write it once more from there before
 * it is acknowledged, as the drives that are left allow.
 */
final class FilesWrite extends BlobWrite {
    /** Stripes in memory: one that is read into, and those that are on their way. */
    private static final int STRIPES = 3;

    /** A stripe on its way to the drives and through the tap. */
    private record UnderWay(Fanout<Void> written, CompletableFuture<Void> tapped) {}

    private final StripeTap tap;
    private final Executor helpers;
    private final ShardLane[] lanes;
    private final Deque<UnderWay> underWay = new ArrayDeque<>();
    private CompletableFuture<Void> tapped = CompletableFuture.completedFuture(null);
    private final boolean mayBeThin;
    private boolean thin;
    private final FileRows rows;
    private long stripes;

    /**
     * @param expectedBytes of a shard; 0 when it is not known
     * @param mayBeThin whether the caller would write a thin blob once more
     */
    FilesWrite(BlobContext context, WritePlan plan, long expectedBytes, StripeTap tap, boolean mayBeThin) {
        super(context, plan);
        this.mayBeThin = mayBeThin;
        this.rows = new FileRows(plan);
        this.tap = tap;
        this.helpers = Thread::startVirtualThread;
        this.lanes = IntStream.range(0, plan.shards())
                .mapToObj(i -> new ShardLane(context.drives(), plan.drive(i), plan.name(i), expectedBytes))
                .toArray(ShardLane[]::new);
    }

    /**
     * Waits until shard files are open on enough drives.
     *
     * @throws io.kintsugi.base.StoreException.Unavailable when too few can be opened
     */
    void awaitOpen() {
        require(
                Fanout.start(plan.quorum(), i -> lanes[i].last()),
                context.times().append());
    }

    /** Takes the stripe over. */
    void add(Filled stripe) {
        StripeImage image = stripe.image();
        try {
            code(stripe);
            rows.next(image);
            Fanout<Void> written = append(image);
            underWay.add(new UnderWay(written, startTap(image, stripe.plainBytes())));
        } finally {
            image.memory().release();
        }
        if (underWay.size() >= STRIPES - 1) {
            await(underWay.remove());
        }
    }

    private void code(Filled stripe) {
        code(stripe.image(), stripe.plainBytes(), plan.layout(Long.MAX_VALUE).firstFrame(stripes));
        stripes++;
    }

    private static Runnable retained(StripeImage image) {
        image.memory().retain();
        return image.memory()::release;
    }

    private CompletableFuture<Void> startTap(StripeImage image, int plainBytes) {
        image.memory().retain();
        tapped = tapped.handleAsync(
                (done, error) -> {
                    try {
                        if (error != null) {
                            throw new CompletionException(ShardDrives.cause(error));
                        }
                        tap(image, plainBytes, tap);
                        return null;
                    } finally {
                        image.memory().release();
                    }
                },
                helpers);
        return tapped;
    }

    private void await(UnderWay stripe) {
        requireEnough(stripe.written(), context.times().append());
        for (int i = 0; i < lanes.length; i++) {
            if (!stripe.written().ended(i)) {
                tempo(i).late(lanes[i].last());
                // it may come to publish in this moment, and counts then
                lanes[i].leaveOut();
            }
        }
        join(stripe.tapped());
    }

    private void requireEnough(Fanout<Void> step, Duration atMost) {
        if (!thin) {
            try {
                require(step, atMost);
                return;
            } catch (Unavailable e) {
                if (!mayBeThin || e.kind() == Unavailable.Kind.TIMEOUT) {
                    throw e;
                }
                thin = true;
            }
        }
        if (!didAtLeast(plan.code().dataShards(), step, atMost)) {
            throw refusal(step, step.decision());
        }
    }

    /** Whether the blob has too few shards to be acknowledged. */
    boolean isThin() {
        return thin;
    }

    private static void join(CompletableFuture<Void> tapped) {
        try {
            tapped.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /**
     * Ends the shards, and waits until enough are durable.
     *
     * @param last the last stripe, which is taken over; empty when it was full, and nobody knew that it was the last
     * @param size of the blob
     */
    BlobRef finish(Optional<Filled> last, long size) {
        Fanout<Void> durable = last.isPresent() ? end(last.get(), size) : endBehind(footer(size), size);
        while (!underWay.isEmpty()) {
            await(underWay.remove());
        }
        requireEnough(durable, context.times().publish());
        return settled(durable, size);
    }

    /** Once the tap has seen everything: the note may tell of it. */
    private ShardFooter footer(long size) {
        join(tapped);
        return ShardFooter.of(plan.layout(size), plan.note().files());
    }

    private Fanout<Void> end(Filled stripe, long size) {
        StripeImage image = stripe.image();
        ShardFooter footer;
        try {
            code(stripe);
            join(tapped);
            tap(image, stripe.plainBytes(), tap);
            footer = footer(size);
            if (image.shape().hasRoomBehind(footer.bytes())) {
                rows.last(image, footer);
                return publish(image, footer);
            }
            rows.next(image);
            underWay.add(new UnderWay(append(image), tapped));
        } finally {
            image.memory().release();
        }
        return endBehind(footer, size);
    }

    /** The footer in blocks of its own, behind those of the last stripe. */
    private Fanout<Void> endBehind(ShardFooter footer, long size) {
        StripeImage.Shape shape = FileRows.shapeBehind(plan.layout(size), footer.bytes());
        StripeImage image = context.image(shape, plan.shards());
        try {
            rows.last(image, footer);
            return publish(image, footer);
        } finally {
            image.memory().release();
        }
    }

    private Fanout<Void> publish(StripeImage image, ShardFooter footer) {
        return Fanout.start(plan.quorum(), i -> lanes[i].publish(retained(image), FileRows.ending(image, i, footer)));
    }

    private Fanout<Void> append(StripeImage image) {
        return Fanout.start(plan.quorum(), i -> lanes[i].append(retained(image), FileRows.blocks(image, i)));
    }

    private BlobRef settled(Fanout<Void> durable, long size) {
        for (int i = 0; i < lanes.length; i++) {
            if (!durable.ended(i)) {
                tempo(i).late(lanes[i].last());
            } else if (!durable.succeeded(i)) {
                lanes[i].undo();
            }
        }
        BlobRef blob = plan.ref(BlobRef.Form.FILES, size);
        if (thin) {
            context.unsettled().add(blob.id(), durable.settled());
            return blob;
        }
        return done(blob, durable);
    }

    /** Nothing of the blob remains; the tap is not called any more. */
    void abort() {
        tapped.handle((done, error) -> done).join();
        CompletableFuture<?>[] removals = new CompletableFuture<?>[lanes.length];
        for (int i = 0; i < lanes.length; i++) {
            removals[i] = lanes[i].undo();
        }
        removed(CompletableFuture.allOf(removals));
    }
}
