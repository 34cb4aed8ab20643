package io.kintsugi.shards;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.codec.ReedSolomon;
import io.kintsugi.codec.ShardSet;
import io.kintsugi.shards.ShardCheck.Condition;
import java.util.HashSet;
import java.util.List;

/**
 * Makes shards of a blob anew on other drives, stripe by stripe: from the shard on its old drive where that is right,
 * else from any k of the others. The old shards are not touched. Every new one is read back and verified, or all of
 * them are removed. One thread; memory of one stripe.
 */
final class BlobMove implements ShardRewrite.Source {
    private final BlobContext context;
    private final BlobRef blob;
    private final BlobRef target;
    private final BlobLayout layout;
    private final BlobOrigin origin;
    private final Pace pace;
    private final ShardSet moving;
    private final ShardCheck own;
    private final ShardCheck others;
    private boolean othersOpened;
    /** With the note of a shard that is right, as soon as one was found. */
    private WritePlan plan;

    private BlobMove(BlobContext context, BlobRef blob, BlobRef target, BlobOrigin origin, Pace pace) {
        this.context = context;
        this.blob = blob;
        this.target = target;
        this.layout = BlobLayout.of(blob);
        this.origin = origin;
        this.plan = WritePlan.of(target, origin, new byte[0]);
        this.pace = pace;
        this.moving = blob.changedIn(target.placement()).stream().reduce(ShardSet.empty(), ShardSet::with, (a, b) -> a);
        this.own = new ShardCheck(context, blob, moving);
        this.others = new ShardCheck(
                context, blob, ShardSet.first(blob.code().totalShards()).minus(moving));
    }

    /**
     * @return the blob as it lies when this is recorded
     * @throws Unavailable when not every shard could be made and verified; then none is left
     */
    static BlobRef move(BlobContext context, BlobRef blob, BlobOrigin origin, List<DriveId> placement, Pace pace) {
        if (new HashSet<>(placement).size() != placement.size()) {
            throw new IllegalArgumentException("two shards of blob " + blob.id() + " on one drive: " + placement);
        }
        BlobMove move = new BlobMove(context, blob, blob.at(placement), origin, pace);
        try (move.own;
                move.others) {
            return move.moving.isEmpty() ? blob : move.run();
        }
    }

    private BlobRef run() {
        requireFree();
        own.open();
        if (own.foundNote().isEmpty()) {
            openOthers();
        }
        plan = WritePlan.of(target, origin, own.foundNote().orElseGet(others::note));
        ShardRewrite rewrite = new ShardRewrite(context, blob, plan);
        boolean done = false;
        try {
            rewrite.write(moving, this);
            requireRight();
            done = true;
            return target;
        } finally {
            if (!done) {
                rewrite.undo(moving);
            }
        }
    }

    /** A drive that is late may still have to remove what an earlier move had put there: the new shard would go too. */
    private void requireFree() {
        for (int i : moving.toArray()) {
            DriveId drive = target.placement().get(i);
            if (context.unsettled().isRemoving(drive, plan.name(i))) {
                throw new Unavailable(
                        Unavailable.Kind.QUORUM,
                        "Drive " + drive + " has not yet removed an earlier shard " + plan.name(i)
                                + "; try again later");
            }
        }
    }

    private void requireRight() {
        try (ShardCheck check = new ShardCheck(context, target, moving)) {
            check.open();
            check.loadAll(0, pace);
            ShardSet right = check.with(Condition.GOOD);
            if (right.size() < moving.size()) {
                throw new Unavailable(
                        Unavailable.Kind.QUORUM,
                        "Of " + moving.size() + " shards of blob " + blob.id() + " only " + right.size()
                                + " could be made on other drives; try again later");
            }
        }
    }

    @Override
    public long stripes() {
        return own.stripes();
    }

    @Override
    public StripeImage restored(long stripe, ShardSet wanted) {
        pace.next(own.bytes(stripe, 2 * wanted.size()));
        ShardSet late;
        StripeImage image;
        ShardSet good;
        do {
            late = own.late();
            image = own.image(stripe, plan);
            good = loaded(stripe, image, wanted);
            if (!own.late().equals(late)) {
                // a drive may still write into this memory: it is left behind, and the drive not asked again
                image.memory().release();
            }
        } while (!own.late().equals(late));
        return complete(stripe, wanted, image, good);
    }

    private ShardSet loaded(long stripe, StripeImage image, ShardSet wanted) {
        try {
            return own.load(stripe, image, wanted);
        } catch (RuntimeException | Error e) {
            image.memory().release();
            throw e;
        }
    }

    private StripeImage complete(long stripe, ShardSet wanted, StripeImage image, ShardSet good) {
        try {
            ShardSet missing = wanted.minus(good);
            if (!missing.isEmpty()) {
                reconstruct(stripe, image, good, missing);
            }
            return image;
        } catch (RuntimeException | Error e) {
            image.memory().release();
            throw e;
        }
    }

    private void reconstruct(long stripe, StripeImage image, ShardSet own, ShardSet missing) {
        openOthers();
        int dataShards = blob.code().dataShards();
        ShardSet good = own;
        ShardSet untried = others.readable();
        while (good.size() < dataShards && !untried.isEmpty()) {
            ShardSet next = firstOf(untried, dataShards - good.size());
            untried = untried.minus(next);
            pace.next(others.bytes(stripe, next.size()));
            for (int i : others.load(stripe, image, next).toArray()) {
                good = good.with(i);
            }
        }
        if (good.size() < dataShards) {
            throw new Unavailable(
                    Unavailable.Kind.QUORUM,
                    "Too few good shards of blob " + blob.id() + " are left to make others: " + good.size() + " of "
                            + dataShards);
        }
        if (image.shape().chunkBytes() > 0) {
            ReedSolomon.of(dataShards, blob.code().parityShards()).reconstruct(image.stripe(), good, missing);
        }
        for (int i : missing.toArray()) {
            image.seal(i, ShardFormat.binding(plan.name(i)), layout.firstFrame(stripe));
        }
    }

    private void openOthers() {
        if (!othersOpened) {
            othersOpened = true;
            others.open();
        }
    }

    private static ShardSet firstOf(ShardSet set, int count) {
        ShardSet first = ShardSet.empty();
        for (int i = set.next(0); i >= 0 && first.size() < count; i = set.next(i + 1)) {
            first = first.with(i);
        }
        return first;
    }
}
