package io.kintsugi.objects;

import io.kintsugi.objects.UpkeepSnapshot.Count;
import java.time.Duration;

/**
 * How fast a pass of scrubbing goes: evenly, so that it ends when its period does. A pass that is late, since the
 * server was down or busy, goes at most {@value #MOST_FACTOR} times as fast as an even one and ends later rather than
 * in a burst; one that is early goes at least half as fast. Pure.
 */
final class ScrubPace {
    static final double MOST_FACTOR = 2;
    /** To find a blob takes a drive about as long as to read so many bytes. */
    static final long SEEK_BYTES = 128 * 1024;

    private ScrubPace() {}

    /** What a pass has to do, as a weight: the bytes, and a seek for each blob. */
    static long weight(Count count) {
        return count.bytes() + count.blobs() * SEEK_BYTES;
    }

    /**
     * How long a piece of the pass should take, with the rest behind it.
     *
     * @param period of the pass
     * @param elapsed since it began
     * @param total weight, as it was counted when the pass began
     * @param done of it; may come to more than the total
     * @param piece that is next
     */
    static Duration time(Duration period, Duration elapsed, long total, long done, long piece) {
        if (total <= 0) {
            return Duration.ZERO;
        }
        double even = (double) period.toNanos() / total;
        double left = Math.max(0, period.minus(elapsed).toNanos());
        double onTime = done < total ? left / (total - done) : even;
        double nanos = piece * Math.clamp(onTime, even / MOST_FACTOR, even * MOST_FACTOR);
        return Duration.ofNanos((long) Math.min(nanos, period.toNanos()));
    }
}
