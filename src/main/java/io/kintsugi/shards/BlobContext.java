package io.kintsugi.shards;

import io.kintsugi.codec.SlabPool;
import java.time.Duration;
import java.util.Optional;

/**
 * What writers, readers and the healer of one store share.
 *
 * @param unsettled blobs of which a drive still has something to do
 * @param lines how often what is wrong is logged
 */
record BlobContext(
        ShardDrives drives,
        SlabPool slabs,
        BlobTimes times,
        HealListener heals,
        BlobCounters counters,
        Unsettled unsettled,
        LogLines lines) {
    /** The same, where nobody hears of shards that are missing: for a blob that is about to be removed. */
    BlobContext unheard() {
        return new BlobContext(drives, slabs, times, (blob, spare) -> {}, counters, unsettled, lines);
    }

    /**
     * Memory for an image.
     *
     * @throws io.kintsugi.base.StoreException.Unavailable when none became free in time
     */
    StripeImage image(StripeImage.Shape shape, int rows) {
        return image(shape, rows, times.memory());
    }

    StripeImage image(StripeImage.Shape shape, int rows, Duration atMost) {
        return new StripeImage(new SharedSlab(slabs.take(Math.multiplyExact(shape.stride(), rows), atMost)), shape);
    }

    /** Memory for an image of one row, if there is some now. */
    Optional<StripeImage> rowAtOnce(StripeImage.Shape shape) {
        return slabs.takeAtOnce(shape.stride()).map(slab -> new StripeImage(new SharedSlab(slab), shape));
    }
}
