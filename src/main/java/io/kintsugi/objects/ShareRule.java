package io.kintsugi.objects;

/**
 * Which share of the time background work may have: all of it while nobody asks for anything; at most what the operator
 * allows while clients do; and less, down to a floor, while they wait longer than they would alone. Up in small steps,
 * down by halves (Chiu and Jain 1989), so that it settles where clients don't notice it. A pure function.
 *
 * @param allowed the share while clients are served, in thousandths
 */
record ShareRule(int allowed) {
    static final int ALL = 1000;
    /** So much goes on whatever happens: what is not mended is in danger. */
    static final int FLOOR = 20;
    /** Clients wait so many times as long as they would alone: less work. */
    static final double SLOW = 2;
    /** Clients hardly notice: more work. */
    static final double FAST = 1.3;

    private static final int STEPS_UP = 20;

    ShareRule {
        if (allowed < 1 || allowed > ALL) {
            throw new IllegalArgumentException("background work has 1 to 1000 thousandths of the time, not " + allowed);
        }
    }

    /**
     * @param now the share until now
     * @param foreground whether clients ask for anything
     * @param slowdown how long they wait now, as a multiple of what they would wait alone
     */
    int next(int now, boolean foreground, double slowdown) {
        if (!foreground) {
            return ALL;
        }
        int floor = Math.min(FLOOR, allowed);
        int capped = Math.min(now, allowed);
        if (slowdown >= SLOW) {
            return Math.max(floor, capped / 2);
        }
        return slowdown <= FAST ? Math.min(allowed, capped + Math.max(1, allowed / STEPS_UP)) : Math.max(floor, capped);
    }
}
