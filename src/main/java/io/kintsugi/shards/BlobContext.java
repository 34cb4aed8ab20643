package io.kintsugi.shards;

import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.codec.SlabPool;
import io.kintsugi.codec.SlabsExhaustedException;
import java.time.Duration;

/**
 * What writers, readers and the healer of one store share.
 *
 * @param unsettled blobs of which a drive still has something to do
 */
record BlobContext(
        ShardDrives drives,
        SlabPool slabs,
        BlobTimes times,
        HealListener heals,
        BlobCounters counters,
        Unsettled unsettled) {
    /**
     * Memory for an image.
     *
     * @throws Unavailable when none became free in time
     */
    StripeImage image(StripeImage.Shape shape, int rows) {
        try {
            return image(shape, rows, times.memory());
        } catch (SlabsExhaustedException e) {
            throw tooBusy(e);
        }
    }

    Unavailable tooBusy(SlabsExhaustedException cause) {
        return new Unavailable(
                Unavailable.Kind.SLOW_DOWN,
                "Too many transfers are under way: no memory for one more; try again",
                cause);
    }

    /** @throws SlabsExhaustedException when none became free in time */
    StripeImage image(StripeImage.Shape shape, int rows, Duration atMost) {
        return new StripeImage(
                new SharedSlab(slabs.take(Math.multiplyExact(shape.stride(), rows), atMost)), shape, rows);
    }
}
