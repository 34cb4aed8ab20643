package io.kintsugi.sim;

import io.kintsugi.sim.engine.OneStep;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which drives are in trouble, and that there are never more of them than the code can lose. A drive is in trouble from
 * the moment that something happens to it until everything that belongs on it is known to be there again. Used by
 * threads that do not interrupt each other.
 */
@OneStep
final class FaultBudget {
    private final int most;
    private final Map<Integer, String> trouble = new TreeMap<>();
    private boolean all;
    private long changes;

    /** @param most m of the code */
    FaultBudget(int most) {
        this.most = most;
    }

    /** Whether something may happen to this drive. */
    boolean allows(int drive) {
        return !all && (trouble.containsKey(drive) || trouble.size() < most);
    }

    void spend(int drive, String why) {
        if (!allows(drive)) {
            throw new IllegalStateException(
                    "drive " + drive + " is one too many: " + trouble + ", and the code can lose " + most);
        }
        trouble.put(drive, why);
        changes++;
    }

    /** All drives at once, in a way that loses nothing; nothing else may happen meanwhile. */
    void spendAll() {
        if (!unspent()) {
            throw new IllegalStateException("there is trouble already: " + trouble);
        }
        all = true;
        changes++;
    }

    void giveBackAll() {
        all = false;
    }

    /** The same number twice, and no trouble: then there was none in between. */
    long changes() {
        return changes;
    }

    boolean inTrouble(int drive) {
        return trouble.containsKey(drive);
    }

    void giveBack(int drive) {
        trouble.remove(drive);
    }

    boolean unspent() {
        return !all && trouble.isEmpty();
    }

    @Override
    public String toString() {
        return trouble.toString();
    }
}
