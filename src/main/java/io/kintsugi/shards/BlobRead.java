package io.kintsugi.shards;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ByteSink;
import io.kintsugi.base.StoreException.Unavailable;
import java.time.Duration;
import java.util.Optional;

/**
 * A range of a blob on its way to a sink, stripe by stripe: while the sink takes one, the drives read the next, if
 * there is memory for it. One thread.
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
                    ahead = stripe(shards, position, ahead, sink);
                    position = Math.min(range.end(), start(layout.stripeOf(position) + 1));
                }
            }
        }
    }

    /** Sends the stripe from there on, and returns the next one if that was begun meanwhile. */
    private Optional<StripeRead> stripe(BlobShards shards, long from, Optional<StripeRead> begun, ByteSink sink) {
        long next = layout.stripeOf(from) + 1;
        StripeRead now = begun.isPresent()
                ? begun.get()
                : started(shards, from, context.times().memory());
        Optional<StripeRead> ahead = Optional.empty();
        try (now) {
            // one that was there at once is sent first: the next will probably be, too
            ahead = start(next) < range.end() && !now.isReady() ? tried(shards, start(next)) : Optional.empty();
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
        long end = Math.min(start(stripe) + layout.plainBytes(stripe), range.end());
        return new StripeRead.Part(stripe, (int) (from - start(stripe)), (int) (end - start(stripe)));
    }
}
