package io.kintsugi.catalog;

import java.util.concurrent.TimeUnit;

/**
 * How long the sequencer waits for company before it begins a commit. Clients that wait for their answers come back
 * together, a moment after the commit that they were in. Whoever begins with the first of them leaves the others to the
 * next commit, and for good: half of the clients then wait for the commit of the other half before theirs begins.
 *
 * <p>The rule. As many writers are expected as changes were in the last commit, and wait by now. A single one is never
 * waited for. A wait lasts half of what commits took lately, less where more wait than lack, and never longer than a
 * millisecond: that is what it can cost. When waits turn out to be in vain, as most of those that lacked do not come,
 * ever more occasions are let by between them, so that clients who ask whenever they like pay next to nothing.
 *
 * <p>Pure: the caller brings the time. Used by the sequencer's thread alone.
 */
final class CommitPace {
    private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /** Waits in vain, less those that paid; each but the first doubles the number of occasions that are let by. */
    private static final int MOST_IN_VAIN = 9;
    /** The weight of the last commit in what commits took lately is one of so many parts. */
    private static final int MEMORY = 8;

    private final int most;
    private final long longestNanos;
    private long usualNanos;
    private int last;
    private int inVain;
    private int toLetBy;

    /**
     * What is worth waiting for.
     *
     * @param changes that should be there
     * @param nanos how long, at most
     */
    record Wait(int changes, long nanos) {
        static final Wait NONE = new Wait(1, 0);
    }

    /** @param most changes that one commit takes */
    CommitPace(int most) {
        this(most, LONGEST_NANOS);
    }

    CommitPace(int most, long longestNanos) {
        this.most = most;
        this.longestNanos = longestNanos;
    }

    /** So many changes were answered, after a commit that took so long; nothing when none of them changed anything. */
    void committed(int changes, long nanos) {
        last = changes;
        usualNanos = usualNanos == 0 ? nanos : usualNanos + (nanos - usualNanos) / MEMORY;
    }

    /** Nobody has come for long: whoever comes next is not one of those that were answered last. */
    void idle() {
        last = 0;
    }

    /** Asked once before each commit, with the number of changes that wait. */
    Wait next(int present) {
        int expected = Math.min(last + present, most);
        if (expected < 2 || expected <= present) {
            return Wait.NONE;
        }
        if (toLetBy > 0) {
            toLetBy--;
            return Wait.NONE;
        }
        long lacking = expected - present;
        long half = usualNanos / 2;
        return new Wait(expected, Math.min(lacking < present ? half * lacking / present : half, longestNanos));
    }

    /**
     * What a wait came to.
     *
     * @param lacked changes when it began
     * @param came of them
     */
    void waited(int lacked, int came) {
        boolean paid = came >= lacked - lacked / 4;
        inVain = Math.clamp(inVain + (paid ? -1 : 1), 0, MOST_IN_VAIN);
        toLetBy = inVain == 0 ? 0 : (1 << inVain - 1) - 1;
    }
}
