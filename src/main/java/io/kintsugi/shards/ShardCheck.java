package io.kintsugi.shards;

import io.kintsugi.base.BlobRef;
import io.kintsugi.cluster.Fanout;
import io.kintsugi.cluster.Quorum;
import io.kintsugi.codec.ShardSet;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.DriveException.Kind;
import io.kintsugi.shards.BlobShards.OpenShard;
import io.kintsugi.shards.StripeImage.Shape;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;

/**
 * Reads shards of a blob whole, and finds out which are good: header, every frame, footer, length. Unlike a read it
 * waits for every drive, within a deadline. One thread.
 */
final class ShardCheck implements AutoCloseable {
    /** What is known of a shard. */
    enum Condition {
        /** Nothing was found wrong. */
        GOOD,
        /** Missing, or not what was written. */
        WRONG,
        /** Its drive does not answer: it cannot be judged. */
        AWAY
    }

    private final BlobContext context;
    private final BlobRef blob;
    private final BlobLayout layout;
    private final BlobShards shards;
    private final ShardSet asked;
    private final Condition[] conditions;
    private final AtomicReference<Optional<byte[]>> note = new AtomicReference<>(Optional.empty());
    /** Shards that were opened: also from a wrong one some stripes may be good. */
    private ShardSet readable = ShardSet.empty();
    /** Shards of which a read was left behind: it may still write to its row. */
    private ShardSet late = ShardSet.empty();

    ShardCheck(BlobContext context, BlobRef blob, ShardSet asked) {
        this.context = context;
        this.blob = blob;
        this.layout = BlobLayout.of(blob);
        this.asked = asked;
        this.shards = new BlobShards(context, blob, BlobShards.Reader.UPKEEP);
        this.conditions = new Condition[blob.code().totalShards()];
        Arrays.fill(conditions, Condition.GOOD);
    }

    Condition condition(int index) {
        return conditions[index];
    }

    ShardSet with(Condition condition) {
        ShardSet set = ShardSet.empty();
        for (int i = asked.next(0); i >= 0; i = asked.next(i + 1)) {
            set = conditions[i] == condition ? set.with(i) : set;
        }
        return set;
    }

    /** Stripes to load: a packed blob has one, also when it is empty. */
    long stripes() {
        return blob.form() == BlobRef.Form.PACKED ? 1 : layout.stripes();
    }

    /** Bytes that so many shards have of a stripe. */
    long bytes(long stripe, int count) {
        return (long) count * BlobLayout.sealedBytes(layout.chunkBytes(stripe));
    }

    /** Memory for a stripe of all shards: of a packed blob with room for header and footer. The caller's. */
    StripeImage image(long stripe, WritePlan plan) {
        int plain = layout.plainBytes(stripe);
        Shape shape = blob.form() == BlobRef.Form.PACKED
                ? plan.packedShape(plain)
                : FileRows.shape(layout, stripe, plain, behind(stripe, plan));
        return context.image(shape, conditions.length);
    }

    private int behind(long stripe, WritePlan plan) {
        return stripe < stripes() - 1 ? 0 : plan.note().files().length + ShardFooter.FIXED_BYTES;
    }

    /**
     * Reads all stripes of every shard that can be read, and judges them.
     *
     * @return whether every stripe has so many good chunks
     */
    boolean loadAll(int enough, Pace pace) {
        boolean restorable = true;
        for (long stripe = 0; stripe < stripes(); stripe++) {
            pace.next(bytes(stripe, asked.size()));
            StripeImage image = context.image(bare(stripe), conditions.length);
            try {
                restorable &= load(stripe, image).size() >= enough;
            } finally {
                image.memory().release();
            }
        }
        return restorable;
    }

    private Shape bare(long stripe) {
        return blob.form() == BlobRef.Form.PACKED
                ? Shape.ofChunk(layout.chunkBytes(stripe))
                : FileRows.shape(layout, stripe, layout.plainBytes(stripe), 0);
    }

    /** Shards of which something can be read. */
    ShardSet readable() {
        return readable;
    }

    /** Shards of which a read was left behind. */
    ShardSet late() {
        return late;
    }

    /** Opens all and checks what is around the frames. */
    void open() {
        Fanout<Void> opened = forEach(asked, i -> shards.open(i).thenCompose(open -> checkEnds(i, open)));
        for (int i = asked.next(0); i >= 0; i = asked.next(i + 1)) {
            if (opened.succeeded(i)) {
                readable = readable.with(i);
            } else {
                conditions[i] = judge(opened, i);
            }
        }
    }

    /** A packed shard was checked when it was opened. */
    private CompletableFuture<Void> checkEnds(int index, OpenShard open) {
        int binding = ShardFormat.binding(shards.name(index));
        if (open.source() instanceof PackedShard packed) {
            found(packed.footer(binding).note());
            return CompletableFuture.completedFuture(null);
        }
        long size = open.source().size();
        long framesEnd = open.framesAt() + layout.framesBytes();
        ByteBuffer header = ByteBuffer.allocateDirect(ShardFormat.FILE_HEADER_BYTES);
        ByteBuffer tail = ByteBuffer.allocateDirect((int) (size - framesEnd));
        return open.source().read(0, header).thenCombine(open.source().read(framesEnd, tail), (one, other) -> {
            ShardHeader.read(header.clear()).check(shards.name(index), layout);
            ShardFooter footer = ShardFooter.read(tail.clear(), tail.limit(), binding);
            footer.check(layout, layout.fileBytes(footer.bytes()), size);
            requireZeros(tail, tail.limit() - footer.bytes());
            found(footer.note());
            return null;
        });
    }

    private static void requireZeros(ByteBuffer tail, int end) {
        for (int i = 0; i < end; i++) {
            if (tail.get(i) != 0) {
                throw ShardFormatException.corrupt("it has something between its last frame and its footer");
            }
        }
    }

    private void found(byte[] good) {
        note.compareAndSet(Optional.empty(), Optional.of(good));
    }

    /** The note of any shard that is right. */
    Optional<byte[]> foundNote() {
        return note.get();
    }

    /** The note that was written with the blob, of any shard that is right; none when no footer is. */
    byte[] note() {
        return note.get().orElse(new byte[0]);
    }

    /**
     * Reads a stripe of every shard that can be read, into an image of k + m rows that the caller owns.
     *
     * @return the rows that are right
     */
    ShardSet load(long stripe, StripeImage image) {
        return load(stripe, image, readable);
    }

    /** The same for those of these that can be read. */
    ShardSet load(long stripe, StripeImage image, ShardSet some) {
        ShardSet wanted = readable.minus(readable.minus(some));
        Shape shape = image.shape();
        // rows of files have whole blocks, which are read as they lie there
        boolean files = blob.form() == BlobRef.Form.FILES;
        long position = layout.framePosition(stripe, 0) - (files ? shape.head() : 0);
        Fanout<Void> loaded = forEach(wanted, i -> {
            ByteBuffer target = files ? image.blocks(i) : image.frames(i, shape.span());
            int bytes = target.remaining();
            image.memory().retain();
            CompletableFuture<Void> read = shards.open(i)
                    .thenCompose(open -> open.source().read(open.framesAt() + position, target))
                    .thenAccept(count -> requireAll(count, bytes));
            read.whenComplete((done, error) -> image.memory().release());
            return read;
        });
        return judged(stripe, image, wanted, loaded);
    }

    /** Whether a drive may still write to one of these rows of an image that was loaded. */
    boolean isLate(ShardSet rows) {
        for (int i = rows.next(0); i >= 0; i = rows.next(i + 1)) {
            if (late.contains(i)) {
                return true;
            }
        }
        return false;
    }

    private ShardSet judged(long stripe, StripeImage image, ShardSet wanted, Fanout<Void> loaded) {
        ShardSet good = ShardSet.empty();
        for (int i = wanted.next(0); i >= 0; i = wanted.next(i + 1)) {
            if (!loaded.succeeded(i)) {
                conditions[i] = judge(loaded, i);
                if (!loaded.ended(i)) {
                    readable = readable.without(i);
                    late = late.with(i);
                }
            } else if (image.verify(
                    i, image.shape().span(), ShardFormat.binding(shards.name(i)), layout.firstFrame(stripe))) {
                good = good.with(i);
            } else {
                conditions[i] = Condition.WRONG;
            }
        }
        return good;
    }

    private static void requireAll(int count, int bytes) {
        if (count != bytes) {
            throw ShardFormatException.corrupt("it is cut off");
        }
    }

    /** One operation a shard; those that are not in the set are done at once. */
    private Fanout<Void> forEach(ShardSet set, IntFunction<CompletableFuture<Void>> operation) {
        Fanout<Void> all = Fanout.start(
                Quorum.all(conditions.length),
                i -> set.contains(i) ? operation.apply(i) : CompletableFuture.completedFuture(null));
        all.awaitAll(context.times().read());
        return all;
    }

    private static Condition judge(Fanout<Void> fanout, int index) {
        return fanout.error(index).map(ShardCheck::judge).orElse(Condition.AWAY);
    }

    private static Condition judge(Throwable error) {
        if (error instanceof DriveException e) {
            return e.kind() == Kind.GONE || e.kind() == Kind.BUSY ? Condition.AWAY : Condition.WRONG;
        }
        return Condition.WRONG;
    }

    @Override
    public void close() {
        shards.close();
    }
}
