package io.kintsugi.s3;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Decides which requests are too late to be worth serving. A queue that empties now and then is only a burst; one in
 * which even the luckiest waits longer than the target for a whole interval stands, and serving it in order makes
 * everybody late. Then whoever has waited longer than twice the target is sent away at once, which costs next to
 * nothing, until the queue no longer stands. What is measured is the wait for a core, so clients that are slow
 * themselves, and large uploads, count for nothing here.
 *
 * <p>Thread-safe; knows no clock and keeps no request.
 *
 * @see <a href="https://queue.acm.org/detail.cfm?id=2209336">Nichols and Jacobson, Controlling Queue Delay</a>
 */
final class Patience {
    private static final int INTERVAL_TARGETS = 5;
    /** What was so long ago says nothing, however short the interval. */
    private static final long FORGOTTEN_NANOS = 1_000_000_000;

    private static final long NOBODY = Long.MAX_VALUE;

    private final long targetNanos;
    private final long intervalNanos;
    private final AtomicLong intervalEnd = new AtomicLong();
    private final AtomicLong shortest = new AtomicLong(NOBODY);
    private volatile boolean standing;

    Patience(Duration target) {
        this.targetNanos = target.toNanos();
        this.intervalNanos = INTERVAL_TARGETS * targetNanos;
    }

    /**
     * Whether a request is served whose turn has come.
     *
     * @param waitedNanos since it was complete enough to be begun
     * @param nowNanos monotonic
     */
    boolean serves(long waitedNanos, long nowNanos) {
        long end = intervalEnd.get();
        if (nowNanos - end >= 0 && intervalEnd.compareAndSet(end, nowNanos + intervalNanos)) {
            long least = shortest.getAndSet(waitedNanos);
            boolean recent = nowNanos - end <= Math.max(intervalNanos, FORGOTTEN_NANOS);
            standing = recent && least != NOBODY && least > targetNanos;
        } else if (waitedNanos < shortest.get()) {
            shortest.accumulateAndGet(waitedNanos, Math::min);
        }
        return !standing || waitedNanos <= 2 * targetNanos;
    }
}
