package io.kintsugi.shards;

import io.kintsugi.base.BlobRef;
import io.kintsugi.cluster.Fanout;
import io.kintsugi.cluster.Quorum;
import io.kintsugi.codec.ShardSet;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/**
 * Writes some shards of a blob that exists, whole and from the beginning, on the drives of a plan, and puts each in the
 * place of what lies there. A drive that fails is left out, and the others go on. Who has asked verifies what came of
 * it. One thread.
 */
final class ShardRewrite {
    private final BlobContext context;
    private final BlobRef blob;
    private final BlobLayout layout;
    private final WritePlan plan;
    private final Map<Integer, ShardLane> lanes = new TreeMap<>();
    private CompletableFuture<?> packedSent = CompletableFuture.completedFuture(null);

    /** Gives the stripes. */
    interface Source {
        long stripes();

        /**
         * A stripe whose wanted rows are right, and sealed. Whoever asks owns it.
         *
         * @throws io.kintsugi.base.StoreException.Unavailable when it can't be had
         */
        StripeImage restored(long stripe, ShardSet wanted);
    }

    ShardRewrite(BlobContext context, BlobRef blob, WritePlan plan) {
        this.context = context;
        this.blob = blob;
        this.layout = BlobLayout.of(blob);
        this.plan = plan;
    }

    /** What a drive has not done in its time it may still do: until then the blob is unsettled. */
    void write(ShardSet shards, Source source) {
        if (blob.form() == BlobRef.Form.PACKED) {
            writePacked(shards, source);
        } else {
            writeFiles(shards, source);
        }
    }

    /**
     * Removes what was written, as soon as the drives have ended what they are at. For shards on drives where none of
     * theirs belongs.
     */
    void undo(ShardSet shards) {
        CompletableFuture<?>[] removals = new CompletableFuture<?>[shards.size()];
        int[] indexes = shards.toArray();
        for (int i = 0; i < removals.length; i++) {
            int index = indexes[i];
            ShardLane lane = lanes.get(index);
            removals[i] = blob.form() == BlobRef.Form.PACKED
                    ? packedSent.thenCompose(sent -> removePacked(index))
                    : lane == null ? CompletableFuture.completedFuture(null) : lane.undo();
            context.unsettled().removing(plan.drive(index), plan.name(index), removals[i]);
        }
        context.unsettled().add(blob.id(), CompletableFuture.allOf(removals));
    }

    private CompletableFuture<Void> removePacked(int index) {
        return context.drives()
                .call(plan.drive(index), d -> d.deleteShard(plan.name(index), BlobRef.Form.PACKED))
                .handle((done, error) -> null);
    }

    private void writePacked(ShardSet shards, Source source) {
        StripeImage image = source.restored(0, shards);
        try {
            packedSent = forEach(shards, context.times().append(), i -> {
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
                    })
                    .settled();
            context.unsettled().add(blob.id(), packedSent);
        } finally {
            image.memory().release();
        }
    }

    private void writeFiles(ShardSet shards, Source source) {
        ShardFooter footer = ShardFooter.of(layout, plan.note().files());
        FileRows rows = new FileRows(plan);
        long bytes = layout.fileBytes(footer.bytes());
        for (int i : shards.toArray()) {
            lanes.put(i, new ShardLane(context.drives(), plan.drive(i), plan.name(i), bytes));
        }
        Fanout<Void> published = null;
        try {
            long last = source.stripes() - 1;
            for (long stripe = 0; stripe < last; stripe++) {
                append(source, stripe, rows);
            }
            published = publish(source, rows, footer);
            context.unsettled().add(blob.id(), published.settled());
        } finally {
            undoUnlessPublished(published);
        }
    }

    /** One that is only late may still do it. */
    private void undoUnlessPublished(Fanout<Void> published) {
        lanes.forEach((i, lane) -> {
            if (published == null || published.ended(i) && !published.succeeded(i)) {
                lane.undo();
            }
        });
    }

    private ShardSet writing() {
        ShardSet keys = ShardSet.empty();
        for (int i : lanes.keySet()) {
            keys = keys.with(i);
        }
        return keys;
    }

    private void append(Source source, long stripe, FileRows rows) {
        ShardSet wanted = writing();
        if (wanted.isEmpty()) {
            return;
        }
        StripeImage image = source.restored(stripe, wanted);
        try {
            rows.next(image);
            Fanout<Void> appended = forEach(wanted, context.times().append(), i -> {
                image.memory().retain();
                return lanes.get(i).append(image.memory()::release, FileRows.blocks(image, i));
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
     * Ends the new shards, and puts each in the place of the old one at once: whatever happens, one of the two is
     * there. The old one may hold chunks that no other shard has.
     */
    private Fanout<Void> publish(Source source, FileRows rows, ShardFooter footer) {
        ShardSet wanted = writing();
        if (wanted.isEmpty()) {
            return forEach(wanted, context.times().publish(), i -> CompletableFuture.completedFuture(null));
        }
        StripeImage image = source.restored(source.stripes() - 1, wanted);
        try {
            rows.last(image, footer);
            return forEach(wanted, context.times().publish(), i -> {
                image.memory().retain();
                return lanes.get(i).publish(image.memory()::release, FileRows.ending(image, i, footer));
            });
        } finally {
            image.memory().release();
        }
    }

    private Fanout<Void> forEach(ShardSet set, Duration atMost, IntFunction<CompletableFuture<Void>> operation) {
        Fanout<Void> all = Fanout.start(
                Quorum.all(plan.shards()),
                i -> set.contains(i) ? operation.apply(i) : CompletableFuture.completedFuture(null));
        all.awaitAll(atMost);
        return all;
    }
}
