package io.kintsugi.base;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets a message that may come a thousand times a second through at most once in a period, and counts those that it
 * holds back, so that a log says what is wrong without drowning it. Threads: any; never waits.
 */
public final class Seldom {
    private final Clock clock;
    private final long periodNanos;
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong next;

    public Seldom(Clock clock, Duration period) {
        this.clock = clock;
        this.periodNanos = period.toNanos();
        this.next = new AtomicLong(clock.nanos());
    }

    /**
     * Asked once for each message.
     *
     * @return how many were held back since the last that was let through; empty when this one is held back as well
     */
    public OptionalLong admit() {
        long now = clock.nanos();
        long due = next.get();
        if (now - due < 0 || !next.compareAndSet(due, now + periodNanos)) {
            held.incrementAndGet();
            return OptionalLong.empty();
        }
        return OptionalLong.of(held.getAndSet(0));
    }

    /** What a message ends with: nothing, or how many like it were held back before. */
    public static String suffix(long held) {
        return held == 0 ? "" : " (and " + held + " times before, not logged)";
    }
}
