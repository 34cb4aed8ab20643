package io.kintsugi.objects;

/**
 * An account of working time: it fills with the time that passes times the share, and every worker draws what it has
 * worked. Nobody begins a piece of work while it is overdrawn; so all of them together work for that share of the time,
 * however many they are, as long as one piece does not take more than {@link #PIECE_NANOS}. Not thread-safe.
 */
final class WorkBudget {
    /** What can be saved up: no more than a few stripes at once. */
    static final long MOST_NANOS = 20_000_000;

    /**
     * What one piece counts at most. One that takes longer waits for a drive that hangs, which costs clients nothing;
     * charged in full, it would stop all other work for many times as long.
     */
    static final long PIECE_NANOS = 1_000_000_000;

    private long credit;
    private long at;

    WorkBudget(long nowNanos) {
        at = nowNanos;
    }

    /** Lets the time until now pass at this share, in thousandths. */
    void pass(long nowNanos, int share) {
        long passed = Math.max(0, nowNanos - at);
        at = nowNanos;
        long gain = passed / ShareRule.ALL * share + passed % ShareRule.ALL * share / ShareRule.ALL;
        credit = Math.min(MOST_NANOS, credit + gain);
    }

    void draw(long workedNanos) {
        credit -= Math.min(PIECE_NANOS, workedNanos);
    }

    /** Whatever was drawn is forgotten. */
    void clear() {
        credit = Math.max(0, credit);
    }

    /** How long to wait at this share before work may begin; 0 when it may now. */
    long waitNanos(int share) {
        return credit >= 0 ? 0 : -credit / share * ShareRule.ALL + ShareRule.ALL;
    }
}
