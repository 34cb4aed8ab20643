package io.kintsugi.cluster;

/**
 * How many of a set of independent operations must succeed. A pure decision: the order in which outcomes arrive never
 * matters, and a decision once made never changes by later outcomes.
 *
 * @param total operations started, 1 or more
 * @param needed successes that win, 1 to {@code total}
 */
public record Quorum(int total, int needed) {
    /** What is known so far. */
    public enum Decision {
        /** Both are still possible. */
        PENDING,
        /** Enough have succeeded. */
        WON,
        /** So many have failed that not enough are left. */
        LOST
    }

    public Quorum {
        if (total < 1 || needed < 1 || needed > total) {
            throw new IllegalArgumentException("a quorum of " + needed + " among " + total);
        }
    }

    /** All of {@code total} must succeed. */
    public static Quorum all(int total) {
        return new Quorum(total, total);
    }

    public Decision decide(int succeeded, int failed) {
        if (succeeded < 0 || failed < 0 || succeeded + failed > total) {
            throw new IllegalArgumentException(succeeded + " successes and " + failed + " failures among " + total);
        }
        if (succeeded >= needed) {
            return Decision.WON;
        }
        return total - failed < needed ? Decision.LOST : Decision.PENDING;
    }
}
