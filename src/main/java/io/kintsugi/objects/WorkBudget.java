package io.kintsugi.objects;

/**
 * An account of working time: it fills with the time that passes times the share, and every worker draws what it has
 * worked. Nobody begins a piece of work while it is overdrawn; so all of them together work for that share of the time,
 * however many they are and however long one piece takes. Not thread-safe.
 */
final class WorkBudget {
    /** What can be saved up: no more than a few stripes at once. */
    static final long MOST_NANOS = 20_000_000;

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
        credit -= workedNanos;
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
