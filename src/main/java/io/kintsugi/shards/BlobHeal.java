package io.kintsugi.shards;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.cluster.Fanout;
import io.kintsugi.cluster.Quorum;
import io.kintsugi.codec.ReedSolomon;
import io.kintsugi.codec.ShardSet;
import io.kintsugi.shards.ShardCheck.Condition;
import io.kintsugi.shards.StripeImage.Shape;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/**
 * Mends one blob: every shard is read and judged; those that are wrong are rebuilt from the others beside what is
 * there, put in its place, and read once more. A wrong shard still gives what is good in it, so a blob is restored as
 * long as each of its stripes has k good chunks anywhere. One thread.
 */
final class BlobHeal {
    private final BlobContext context;
    private final BlobRef blob;
    private final BlobLayout layout;
    private final BlobOrigin origin;
    private final int shards;
    /** With the note of a shard that is right, as soon as one was found. */
    private WritePlan plan;

    private final int dataShards;

    BlobHeal(BlobContext context, BlobRef blob, BlobOrigin origin) {
        this.context = context;
        this.blob = blob;
        this.layout = BlobLayout.of(blob);
        this.origin = origin;
        this.shards = blob.code().totalShards();
        this.plan = WritePlan.of(blob, origin, new byte[0]);
        this.dataShards = blob.code().dataShards();
    }

    HealResult run() {
        try (ShardCheck check = new ShardCheck(context, blob, ShardSet.first(shards))) {
            check.open();
            plan = WritePlan.of(blob, origin, check.note());
            boolean restorable = checkAll(check);
            ShardSet wrong = check.with(Condition.WRONG);
            int away = check.with(Condition.AWAY).size();
            int rebuilt = restorable && !wrong.isEmpty() ? rebuild(check, wrong) : 0;
            return new HealResult(wrong.size(), rebuilt, away, restorable);
        }
    }

    /** Whether every stripe has k good chunks. */
    private boolean checkAll(ShardCheck check) {
        boolean restorable = true;
        for (long stripe = 0; stripe < check.stripes(); stripe++) {
            StripeImage image = image(stripe);
            try {
                restorable &= check.load(stripe, image).size() >= dataShards;
            } finally {
                image.memory().release();
            }
        }
        return restorable;
    }

    private StripeImage image(long stripe) {
        int plain = layout.plainBytes(stripe);
        Shape shape =
                blob.form() == BlobRef.Form.PACKED ? plan.packedShape(plain) : Shape.ofChunk(layout.chunkBytes(stripe));
        return context.image(shape, shards);
    }

    /** Returns how many of the wrong shards are there now, and right. */
    private int rebuild(ShardCheck check, ShardSet wrong) {
        if (blob.form() == BlobRef.Form.PACKED) {
            rebuildPacked(check, wrong);
        } else {
            rebuildFiles(check, wrong);
        }
        try (ShardCheck again = new ShardCheck(context, blob, wrong)) {
            again.open();
            checkAll(again);
            int rebuilt = again.with(Condition.GOOD).size();
            context.counters().shardsRebuilt.add(rebuilt);
            return rebuilt;
        }
    }

    private void rebuildPacked(ShardCheck check, ShardSet wrong) {
        StripeImage image = restored(check, 0, wrong);
        try {
            forEach(wrong, context.times().append(), i -> {
                PackedWrite.enclose(
                        plan,
                        image,
                        new PackedWrite.Ends(
                                i, layout.plainBytes(0), plan.note().packed()));
                ByteBuffer row = image.row(i);
                image.memory().retain();
                CompletableFuture<Void> sent =
                        context.drives().call(plan.drive(i), d -> d.writePacked(plan.name(i), row));
                sent.whenComplete((done, error) -> image.memory().release());
                return sent;
            });
        } finally {
            image.memory().release();
        }
    }

    private void rebuildFiles(ShardCheck check, ShardSet wrong) {
        Map<Integer, ShardLane> lanes = new TreeMap<>();
        long bytes = layout.shardBytes(ShardFormat.FILE_HEADER_BYTES);
        for (int i : wrong.toArray()) {
            lanes.put(i, new ShardLane(context.drives(), plan.drive(i), plan.name(i), bytes));
        }
        Fanout<Void> published = null;
        try {
            forEach(wrong, context.times().append(), i -> lanes.get(i).append(() -> {}, header(i)));
            for (long stripe = 0; stripe < check.stripes(); stripe++) {
                appendStripe(check, stripe, lanes);
            }
            published = forEach(keys(lanes), context.times().publish(), i -> replace(lanes.get(i), i));
        } finally {
            undoUnlessPublished(lanes, published);
        }
    }

    /** One that is only late may still do it. */
    private static void undoUnlessPublished(Map<Integer, ShardLane> lanes, Fanout<Void> published) {
        lanes.forEach((i, lane) -> {
            if (published == null || published.ended(i) && !published.succeeded(i)) {
                lane.undo();
            }
        });
    }

    private static ShardSet keys(Map<Integer, ShardLane> lanes) {
        ShardSet keys = ShardSet.empty();
        for (int i : lanes.keySet()) {
            keys = keys.with(i);
        }
        return keys;
    }

    private ByteBuffer header(int index) {
        ByteBuffer header = ByteBuffer.allocate(ShardFormat.FILE_HEADER_BYTES);
        plan.header(index).put(header, 0, ShardFormat.FILE_HEADER_BYTES);
        return header;
    }

    private void appendStripe(ShardCheck check, long stripe, Map<Integer, ShardLane> lanes) {
        StripeImage image = restored(check, stripe, keys(lanes));
        try {
            Fanout<Void> appended = forEach(keys(lanes), context.times().append(), i -> {
                image.memory().retain();
                return lanes.get(i).append(image.memory()::release, image.row(i));
            });
            lanes.entrySet().removeIf(lane -> {
                boolean failed = !appended.succeeded(lane.getKey());
                if (failed) {
                    lane.getValue().undo();
                }
                return failed;
            });
        } finally {
            image.memory().release();
        }
    }

    /**
     * Ends the new shard, and puts it in the place of the old one at once: whatever happens, one of the two is there.
     * The old one may hold chunks that no other shard has.
     */
    private CompletableFuture<Void> replace(ShardLane lane, int index) {
        ShardFooter footer = ShardFooter.of(layout, plan.note().files());
        ByteBuffer bytes = ByteBuffer.allocate(footer.bytes());
        footer.put(bytes, 0, ShardFormat.binding(plan.name(index)));
        lane.append(() -> {}, bytes);
        return lane.publish();
    }

    /** A stripe whose wanted rows are right, sealed. The caller owns it. */
    private StripeImage restored(ShardCheck check, long stripe, ShardSet wanted) {
        StripeImage image = image(stripe);
        try {
            ShardSet good = check.load(stripe, image);
            if (good.size() < dataShards || check.isLate(wanted)) {
                throw new Unavailable(
                        Unavailable.Kind.QUORUM,
                        "Drives went away while blob " + blob.id() + " was healed; try again later");
            }
            Shape shape = image.shape();
            if (shape.chunkBytes() > 0) {
                ReedSolomon.of(dataShards, blob.code().parityShards()).reconstruct(image.stripe(), good, wanted);
            }
            for (int i : wanted.toArray()) {
                image.seal(i, ShardFormat.binding(plan.name(i)), layout.firstFrame(stripe));
            }
            return image;
        } catch (RuntimeException | Error e) {
            image.memory().release();
            throw e;
        }
    }

    private Fanout<Void> forEach(ShardSet set, Duration atMost, IntFunction<CompletableFuture<Void>> operation) {
        Fanout<Void> all = Fanout.start(
                Quorum.all(shards),
                i -> set.contains(i) ? operation.apply(i) : CompletableFuture.completedFuture(null));
        all.awaitAll(atMost);
        return all;
    }
}
