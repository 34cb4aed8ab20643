package io.kintsugi.shards;

import io.kintsugi.base.BlobRef;
import io.kintsugi.cluster.Fanout;
import io.kintsugi.shards.StripeFiller.Filled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A small blob on its way: one stripe, one value a drive. One pass over the bytes in the caller's thread; the tap sees
 * them while the drives sync.
 */
final class PackedWrite extends BlobWrite {
    private final List<CompletableFuture<Void>> sent = new ArrayList<>();

    PackedWrite(BlobContext context, WritePlan plan) {
        super(context, plan);
    }

    /** The stripe stays the caller's. */
    BlobRef write(Filled stripe, StripeTap tap) {
        StripeImage image = stripe.image();
        seal(image, stripe.plainBytes());
        Fanout<Void> durable = Fanout.start(plan.quorum(), i -> send(image, i));
        try {
            tap(image, stripe.plainBytes(), tap);
            require(durable, context.times().append());
        } catch (RuntimeException | Error e) {
            undo(durable);
            throw e;
        }
        for (int i = 0; i < plan.shards(); i++) {
            if (!durable.ended(i)) {
                tempo(i).late(sent.get(i));
            }
        }
        return done(plan.ref(BlobRef.Form.PACKED, stripe.plainBytes()), durable);
    }

    private void seal(StripeImage image, int plainBytes) {
        code(image, plainBytes, 0);
        byte[] note = plan.note().packed();
        for (int i = 0; i < plan.shards(); i++) {
            enclose(plan, image, new Ends(i, plainBytes, note));
        }
    }

    /** What is around a row of the packed shape. */
    @SuppressWarnings("ArrayRecordComponent")
    record Ends(int row, int plainBytes, byte[] note) {}

    /** Writes header and footer around a row of the packed shape. */
    static void enclose(WritePlan plan, StripeImage image, Ends ends) {
        StripeImage.Shape shape = image.shape();
        ByteBuffer bytes = image.slab().buffer();
        int start = ends.row() * shape.stride();
        plan.header(ends.row()).put(bytes, start, shape.head());
        ShardFooter footer = ShardFooter.of(plan.layout(ends.plainBytes()), ends.note());
        int footerAt = start + shape.rowBytes() - footer.bytes();
        footer.put(bytes, footerAt, ShardFormat.binding(plan.name(ends.row())));
    }

    private CompletableFuture<Void> send(StripeImage image, int index) {
        ByteBuffer row = image.row(index);
        image.memory().retain();
        CompletableFuture<Void> one = context.drives().call(drive(index), d -> d.writePacked(plan.name(index), row));
        one.whenComplete((done, error) -> image.memory().release());
        sent.add(one);
        return one;
    }

    private void undo(Fanout<Void> durable) {
        removed(durable.settled().thenCompose(all -> removeAll()).handle((done, error) -> null));
    }

    private CompletableFuture<Void> removeAll() {
        CompletableFuture<?>[] removals = new CompletableFuture<?>[plan.shards()];
        for (int i = 0; i < removals.length; i++) {
            int index = i;
            removals[i] = context.drives()
                    .call(drive(i), d -> d.deleteShard(plan.name(index), BlobRef.Form.PACKED))
                    .handle((done, error) -> null);
        }
        return CompletableFuture.allOf(removals);
    }
}
