package io.kintsugi.objects;

import java.util.List;
import java.util.function.Supplier;

/**
 * What clients want of the store now, for background work to make way.
 *
 * @param requests that were begun and that are under way
 * @param latencies operations that clients wait for, each kind for itself
 */
public record Foreground(Supplier<Requests> requests, List<Supplier<Latency>> latencies) {
    /** Nobody asks for anything. */
    public static final Foreground NONE = new Foreground(() -> new Requests(0, 0), List.of());

    public Foreground {
        latencies = List.copyOf(latencies);
    }

    /**
     * @param begun since the start, whatever became of them
     * @param underWay now
     */
    public record Requests(long begun, int underWay) {}

    /** Operations since the start, and how long they took together. */
    public record Latency(long count, long totalNanos) {
        public Latency plus(Latency other) {
            return new Latency(count + other.count, totalNanos + other.totalNanos);
        }
    }
}
