package io.kintsugi.shards;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How fast a drive answers: a running estimate of the 95th percentile of its reads, and whether it is late with
 * anything now. The estimate climbs or falls by a share of itself so that one read in twenty is above it (Robbins and
 * Monro 1951). Any thread; a lost update does no harm.
 */
final class DriveTempo {
    private static final double QUANTILE = 0.95;
    private static final double STEP = 0.5;
    private static final double SMALLEST_NANOS = 10_000;
    /** A read is late when it takes so many times the 95th percentile. */
    private static final double PATIENCE = 3;

    private final AtomicInteger overdue = new AtomicInteger();
    private volatile double p95Nanos = 1_000_000;

    void readTook(long nanos) {
        double now = p95Nanos;
        double next = now * (nanos > now ? 1 + STEP * QUANTILE : 1 - STEP * (1 - QUANTILE));
        p95Nanos = Math.max(SMALLEST_NANOS, next);
    }

    /** How long to wait for a read before others are asked. */
    Duration hedge(BlobTimes times) {
        long nanos = (long) (p95Nanos * PATIENCE);
        return Duration.ofNanos(Math.clamp(
                nanos, times.hedgeAtLeast().toNanos(), times.hedgeAtMost().toNanos()));
    }

    /** This operation was not waited for any more: the drive is late until it has ended. */
    void late(CompletableFuture<?> operation) {
        overdue.incrementAndGet();
        operation.whenComplete((value, error) -> overdue.decrementAndGet());
    }

    /** Whether the drive is late with something now. */
    boolean isLate() {
        return overdue.get() > 0;
    }
}
