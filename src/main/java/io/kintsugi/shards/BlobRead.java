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
        long last = layout.stripeOf(range.end() - 1);
        try (BlobShards shards = new BlobShards(context, blob, reader)) {
            Optional<StripeRead> ahead = Optional.empty();
            for (long stripe = layout.stripeOf(range.offset()); stripe <= last; stripe++) {
                StripeRead now = ahead.isPresent()
                        ? ahead.get()
                        : started(shards, stripe, context.times().memory());
                ahead = Optional.empty();
                try (now) {
                    // one that was there at once is sent first: the next will probably be, too
                    ahead = stripe < last && !now.isReady() ? tried(shards, stripe + 1) : Optional.empty();
                    now.finish();
                    now.emit(sink);
                } catch (RuntimeException | Error e) {
                    ahead.ifPresent(StripeRead::close);
                    throw e;
                }
            }
        }
    }

    private Optional<StripeRead> tried(BlobShards shards, long stripe) {
        try {
            return Optional.of(started(shards, stripe, Duration.ZERO));
        } catch (Unavailable e) {
            return Optional.empty();
        }
    }

    private StripeRead started(BlobShards shards, long stripe, Duration memoryWait) {
        StripeRead read = new StripeRead(context, shards, part(stripe), memoryWait);
        try {
            read.start();
            return read;
        } catch (RuntimeException | Error e) {
            read.close();
            throw e;
        }
    }

    private StripeRead.Part part(long stripe) {
        long start = stripe * layout.stripeBytes();
        int from = (int) Math.max(0, range.offset() - start);
        int to = (int) Math.min(layout.plainBytes(stripe), range.end() - start);
        return new StripeRead.Part(stripe, from, to);
    }
}
