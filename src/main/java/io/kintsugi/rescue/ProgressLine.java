package io.kintsugi.rescue;

import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Says every few seconds how far something long has come. One thread. */
final class ProgressLine {
    private static final long EVERY_NANOS = Duration.ofSeconds(2).toNanos();
    private static final double NANOS = 1e9;
    private static final int PERCENT = 100;

    private final Consumer<String> out;
    private final LongSupplier nanos;
    private String what = "";
    private long total;
    private long begun;
    private long last;

    ProgressLine(Consumer<String> out, LongSupplier nanos) {
        this.out = out;
        this.nanos = nanos;
    }

    /** @param total of the things that are counted; 0 when that is not known */
    void begin(String things, long all) {
        what = things;
        total = all;
        begun = nanos.getAsLong();
        last = begun;
        out.accept(things + ": " + (all > 0 ? grouped(all) : "begun"));
    }

    /** So many are done, and something more to say. */
    void done(long count, String more) {
        long now = nanos.getAsLong();
        if (now - last >= EVERY_NANOS) {
            last = now;
            out.accept(line(count, now) + more);
        }
    }

    void end(long count, String more) {
        out.accept(line(count, nanos.getAsLong()) + more);
    }

    private String line(long count, long now) {
        double seconds = Math.max(1, now - begun) / NANOS;
        double rate = count / seconds;
        StringBuilder line = new StringBuilder(what).append(": ").append(grouped(count));
        if (total > 0) {
            line.append(" of ")
                    .append(grouped(total))
                    .append(" (")
                    .append(Math.min(PERCENT, count * PERCENT / total))
                    .append(" %)");
        }
        line.append(", ").append(grouped(Math.round(rate))).append("/s");
        if (total > count && rate > 0) {
            line.append(", about ")
                    .append(grouped(Math.round((total - count) / rate)))
                    .append(" s left");
        }
        return line.toString();
    }

    static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
