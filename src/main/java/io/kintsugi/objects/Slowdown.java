package io.kintsugi.objects;

import java.util.ArrayList;
import java.util.List;

/**
 * How much longer clients wait now than they would alone: for each kind of operation the mean of the last interval as a
 * multiple of the least mean that was seen, which is let rise slowly, since the load of the clients themselves changes
 * it too. The worst kind counts. One thread.
 */
final class Slowdown {
    /** Fewer operations say nothing. */
    static final long LEAST_COUNT = 8;
    /** Differences that nobody notices don't count, however great a multiple they are. */
    static final double NOTICED_NANOS = 1_000_000;

    private static final double RISE = 1.01;

    private final List<Foreground.Latency> last = new ArrayList<>();
    private final List<Double> least = new ArrayList<>();

    /** @param totals of each kind, always the same kinds in the same order */
    double next(List<Foreground.Latency> totals) {
        double worst = 1;
        for (int i = 0; i < totals.size(); i++) {
            if (i == last.size()) {
                last.add(totals.get(i));
                least.add(0.0);
            }
            worst = Math.max(worst, next(i, totals.get(i)));
        }
        return worst;
    }

    private double next(int kind, Foreground.Latency total) {
        long count = total.count() - last.get(kind).count();
        long nanos = total.totalNanos() - last.get(kind).totalNanos();
        if (count < 0 || nanos < 0) {
            // a drive went, and its figures with it
            last.set(kind, total);
            return 1;
        }
        if (count < LEAST_COUNT) {
            return 1;
        }
        last.set(kind, total);
        double mean = (double) nanos / count;
        double alone = least.get(kind) == 0 ? mean : Math.min(mean, least.get(kind) * RISE);
        least.set(kind, alone);
        return mean - alone < NOTICED_NANOS || alone <= 0 ? 1 : mean / alone;
    }
}
