package io.kintsugi.shards;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ByteSink;
import io.kintsugi.base.StoreException.Unavailable;
import java.time.Duration;
import java.util.Optional;

/**
 * A range of a blob on its way to a sink, stripe by stripe: while the sink takes one, the drives read the next, if
 * there is memory for it. What is read is in memory for as long as the sink takes, which may be a client that is slow:
 * where little memory is left it is a frame at a time, so that hundreds of them don't hold all there is. One thread.
 */
final class BlobRead {
    private final BlobContext context;
    private final BlobRef blob;
    private final BlobLayout layout;
    private final ByteRange range;
    private final BlobShards.Reader reader;

    BlobRead(BlobContext context, BlobRef blob, ByteRange range, BlobShards.Reader reader) {
        if (range.end() > blob.size()) {
            throw new IllegalArgumentException(
                    "bytes " + range.offset() + " to " + range.end() + " of a blob of " + blob.size());
        }
        this.context = context;
        this.blob = blob;
        this.layout = BlobLayout.of(blob);
        this.range = range;
        this.reader = reader;
    }

    /** @throws Unavailable when a stripe cannot be restored */
    void to(ByteSink sink) {
        if (range.length() == 0) {
            return;
        }
        try (BlobShards shards = new BlobShards(context, blob, reader)) {
            CachedRead cached = new CachedRead(context, shards, range.end());
            Optional<StripeRead> ahead = Optional.empty();
            long position = range.offset();
            while (position < range.end()) {
                if (ahead.isEmpty()) {
                    sink.drain(cached.from(position));
                    position = cached.position();
                }
                if (position < range.end()) {
                    StripeRead now = begun(shards, position, ahead);
                    position = now.end();
                    ahead = send(now, shards, sink);
                }
            }
        }
    }

    private StripeRead begun(BlobShards shards, long from, Optional<StripeRead> ahead) {
        return ahead.orElseGet(() -> started(shards, from, context.times().memory()));
    }

    /** Sends it, and returns the next one if that was begun meanwhile. */
    private Optional<StripeRead> send(StripeRead now, BlobShards shards, ByteSink sink) {
        Optional<StripeRead> ahead = Optional.empty();
        try (now) {
            // one that was there at once is sent first: the next will probably be, too
            boolean early = now.end() < range.end()
                    && !now.isReady()
                    && !context.slabs().isNearlyLent();
            ahead = early ? tried(shards, now.end()) : Optional.empty();
            now.finish();
            now.emit(sink);
            return ahead;
        } catch (RuntimeException | Error e) {
            ahead.ifPresent(StripeRead::close);
            throw e;
        }
    }

    private long start(long stripe) {
        return stripe * layout.stripeBytes();
    }

    private Optional<StripeRead> tried(BlobShards shards, long from) {
        try {
            return Optional.of(started(shards, from, Duration.ZERO));
        } catch (Unavailable e) {
            return Optional.empty();
        }
    }

    private StripeRead started(BlobShards shards, long from, Duration memoryWait) {
        StripeRead read = new StripeRead(context, shards, part(from), memoryWait);
        try {
            read.start();
            return read;
        } catch (RuntimeException | Error e) {
            read.close();
            throw e;
        }
    }

    private StripeRead.Part part(long from) {
        long stripe = layout.stripeOf(from);
        int begin = (int) (from - start(stripe));
        int end = (int) Math.min(layout.plainBytes(stripe), range.end() - start(stripe));
        int least = context.slabs().isNearlyLent() ? frameEnd(begin, layout.chunkBytes(stripe)) : end;
        return new StripeRead.Part(stripe, begin, Math.min(least, end));
    }

    /** Where the frame ends, in its stripe, in which that byte is. */
    private static int frameEnd(int position, int chunk) {
        int chunkStart = position / chunk * chunk;
        int frame = (position - chunkStart) / ShardFormat.FRAME_BYTES;
        return chunkStart + Math.min(chunk, (frame + 1) * ShardFormat.FRAME_BYTES);
    }
}
