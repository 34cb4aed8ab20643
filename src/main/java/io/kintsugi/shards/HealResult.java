package io.kintsugi.shards;

/**
 * What healing one blob found and did.
 *
 * @param wrong shards that were missing or did not match
 * @param rebuilt of those, how many are now there and verified
 * @param unreachable shards on drives that are away: they can be judged only when the drive is back
 * @param restorable whether at least k shards were good
 */
public record HealResult(int wrong, int rebuilt, int unreachable, boolean restorable) {
    /** Whether all k + m shards are there and verified. */
    public boolean whole() {
        return restorable && wrong == rebuilt && unreachable == 0;
    }
}
