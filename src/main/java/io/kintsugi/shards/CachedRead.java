package io.kintsugi.shards;

import io.kintsugi.base.PieceSource;
import io.kintsugi.shards.BlobShards.OpenShard;
import io.kintsugi.shards.StripeImage.Shape;
import io.kintsugi.shards.StripeImage.Span;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The bytes of a blob, in order, as long as their shards are open, in memory, and match their checksums: a few frames
 * of one shard at a time, read, verified and handed on while they are in the processor's cache. It ends where anything
 * is to be waited for or is not as it should be, and {@link StripeRead} finds out what. Never waits; used by one thread
 * at a time.
 */
final class CachedRead implements PieceSource {
    private static final int FRAMES_AT_ONCE = 4;
    /** Where memory is short: what a client does not take yet stays in it. */
    private static final int FEWEST_FRAMES = 1;

    private final BlobContext context;
    private final BlobShards shards;
    private final BlobLayout layout;
    private final long end;
    private long position;

    /** @param end of the range of the blob that is read, with plain bytes counted */
    CachedRead(BlobContext context, BlobShards shards, long end) {
        this.context = context;
        this.shards = shards;
        this.layout = shards.layout();
        this.end = end;
    }

    /** Goes on from there. */
    CachedRead from(long newPosition) {
        position = newPosition;
        return this;
    }

    /** Up to where bytes were handed on. */
    long position() {
        return position;
    }

    @Override
    public Optional<Pieces> next() {
        if (position >= end) {
            return Optional.empty();
        }
        long stripe = layout.stripeOf(position);
        long start = stripe * layout.stripeBytes();
        int chunk = layout.chunkBytes(stripe);
        int index = (int) (position - start) / chunk;
        long rowStart = start + (long) index * chunk;
        int from = (int) (position - rowStart);
        int first = from / ShardFormat.FRAME_BYTES;
        int rowEnd = (int) Math.min(Math.min(chunk, layout.plainBytes(stripe) - (rowStart - start)), end - rowStart);
        int to = Math.min(rowEnd, (first + framesAtOnce()) * ShardFormat.FRAME_BYTES);
        Span span = new Span(first, Math.ceilDiv(to, ShardFormat.FRAME_BYTES));
        return read(index, stripe, Shape.ofFrames(chunk, span)).map(image -> {
            position = rowStart + to;
            context.counters().bytesRead.add(to - from);
            return pieces(image, from, to);
        });
    }

    private int framesAtOnce() {
        return context.slabs().isNearlyLent() ? FEWEST_FRAMES : FRAMES_AT_ONCE;
    }

    private Optional<StripeImage> read(int index, long stripe, Shape shape) {
        Optional<OpenShard> open = shards.openNow(index);
        Optional<StripeImage> room = open.flatMap(shard -> context.rowAtOnce(shape));
        if (room.isEmpty()) {
            return Optional.empty();
        }
        StripeImage image = room.get();
        boolean whole = false;
        try {
            whole = isWhole(image, open.get(), index, stripe);
        } finally {
            if (!whole) {
                image.memory().release();
            }
        }
        return whole ? room : Optional.empty();
    }

    private boolean isWhole(StripeImage image, OpenShard shard, int index, long stripe) {
        Span span = image.shape().span();
        ByteBuffer target = image.frames(0, span);
        int bytes = target.remaining();
        long at = shard.framesAt() + layout.framePosition(stripe, span.first());
        int binding = ShardFormat.binding(shards.name(index));
        boolean whole = shard.source().readAtOnce(at, target) == bytes
                && image.verify(0, span, binding, layout.firstFrame(stripe));
        context.counters().shardBytesRead.add(whole ? bytes : 0);
        return whole;
    }

    private static Pieces pieces(StripeImage image, int from, int to) {
        List<ByteBuffer> pieces = new ArrayList<>(FRAMES_AT_ONCE);
        image.pieces(from, to, (offset, length) -> pieces.add(image.slab().slice(offset, length)));
        return new Pieces(pieces, image.memory()::release);
    }
}
