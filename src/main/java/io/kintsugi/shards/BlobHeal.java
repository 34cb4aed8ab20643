package io.kintsugi.shards;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.codec.ReedSolomon;
import io.kintsugi.codec.ShardSet;
import io.kintsugi.shards.ShardCheck.Condition;

/**
 * Mends one blob: every shard is read and judged; those that are wrong are rebuilt from the others beside what is
 * there, put in its place, and read once more. A wrong shard still gives what is good in it, so a blob is restored as
 * long as each of its stripes has k good chunks anywhere. One thread.
 */
final class BlobHeal implements ShardRewrite.Source {
    private final BlobContext context;
    private final BlobRef blob;
    private final BlobLayout layout;
    private final BlobOrigin origin;
    private final Pace pace;
    private final int dataShards;
    private final ShardCheck check;
    /** With the note of a shard that is right, as soon as one was found. */
    private WritePlan plan;

    private BlobHeal(BlobContext context, BlobRef blob, BlobOrigin origin, Pace pace, ShardCheck check) {
        this.context = context;
        this.blob = blob;
        this.layout = BlobLayout.of(blob);
        this.origin = origin;
        this.plan = WritePlan.of(blob, origin, new byte[0]);
        this.pace = pace;
        this.dataShards = blob.code().dataShards();
        this.check = check;
    }

    static HealResult heal(BlobContext context, BlobRef blob, BlobOrigin origin, Pace pace) {
        ShardSet all = ShardSet.first(blob.code().totalShards());
        try (ShardCheck check = new ShardCheck(context, blob, all)) {
            return new BlobHeal(context, blob, origin, pace, check).run();
        }
    }

    /** The same without mending anything. */
    static HealResult verify(BlobContext context, BlobRef blob, Pace pace) {
        ShardSet all = ShardSet.first(blob.code().totalShards());
        try (ShardCheck check = new ShardCheck(context, blob, all)) {
            check.open();
            boolean restorable = check.loadAll(blob.code().dataShards(), pace);
            int wrong = check.with(Condition.WRONG).size();
            return new HealResult(wrong, 0, check.with(Condition.AWAY).size(), restorable);
        }
    }

    private HealResult run() {
        check.open();
        plan = WritePlan.of(blob, origin, check.note());
        boolean restorable = check.loadAll(dataShards, pace);
        ShardSet wrong = check.with(Condition.WRONG);
        int away = check.with(Condition.AWAY).size();
        int rebuilt = restorable && !wrong.isEmpty() ? rebuild(wrong) : 0;
        return new HealResult(wrong.size(), rebuilt, away, restorable);
    }

    /** Returns how many of the wrong shards are there now, and right. */
    private int rebuild(ShardSet wrong) {
        new ShardRewrite(context, blob, plan).write(wrong, this);
        try (ShardCheck again = new ShardCheck(context, blob, wrong)) {
            again.open();
            again.loadAll(0, pace);
            int rebuilt = again.with(Condition.GOOD).size();
            context.counters().shardsRebuilt.add(rebuilt);
            return rebuilt;
        }
    }

    @Override
    public long stripes() {
        return check.stripes();
    }

    @Override
    public StripeImage restored(long stripe, ShardSet wanted) {
        pace.next(check.bytes(stripe, plan.shards() + wanted.size()));
        StripeImage image = check.image(stripe, plan);
        try {
            ShardSet good = check.load(stripe, image);
            if (good.size() < dataShards || check.isLate(wanted)) {
                throw new Unavailable(
                        Unavailable.Kind.QUORUM,
                        "Drives went away while blob " + blob.id() + " was healed; try again later");
            }
            if (image.shape().chunkBytes() > 0) {
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
}
