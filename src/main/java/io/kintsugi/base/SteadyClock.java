package io.kintsugi.base;

/**
 * The time of day when it was made, and what has gone by since: so it never steps, however often somebody sets the
 * clock. Its dates are for comparing with each other; those that others have given may lie before or behind them by as
 * much as the clock was set since. Thread-safe.
 */
public final class SteadyClock implements Clock {
    private static final long NANOS_A_MILLI = 1_000_000;

    private final Clock clock;
    private final long millis;
    private final long nanos;

    public SteadyClock(Clock clock) {
        this.clock = clock;
        this.millis = clock.millis();
        this.nanos = clock.nanos();
    }

    @Override
    public long millis() {
        return millis + (clock.nanos() - nanos) / NANOS_A_MILLI;
    }

    @Override
    public long nanos() {
        return clock.nanos();
    }
}
