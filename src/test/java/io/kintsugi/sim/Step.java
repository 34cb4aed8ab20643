package io.kintsugi.sim;

import java.util.List;
import java.util.Optional;

/**
 * What one request had to do with one key, as checkers see it.
 *
 * @param number in the order in which steps began
 * @param from the moment of asking
 * @param to the moment of the answer; {@link #NEVER} when there was none
 */
record Step(int number, String who, Key key, long from, long to, Action action, Result result) {
    static final long NEVER = Long.MAX_VALUE;

    record Key(String bucket, String name) {
        @Override
        public String toString() {
            return bucket + "/" + name;
        }
    }

    /** What was asked for. */
    sealed interface Action {
        /** Whether it may change the key. */
        default boolean changes() {
            return switch (this) {
                case Put p -> true;
                case Delete d -> true;
                case Remove r -> true;
                case Read r -> false;
                case ReadVersion r -> false;
                case ReadAll r -> false;
            };
        }
    }

    /** Makes an object current, whole or in parts or as a copy. */
    record Put(int write, String etag, Condition condition) implements Action {}

    /** Makes the key disappear; a bucket with versioning gets a marker, which has this number as a write. */
    record Delete(int marker, Condition condition) implements Action {}

    /** Removes a version for good: of this write, or the null version. */
    record Remove(Optional<Integer> write) implements Action {}

    /** What is current. @param listed whether it was seen in a listing */
    record Read(boolean listed) implements Action {}

    /** The version of this write. */
    record ReadVersion(int write) implements Action {}

    /** All versions. */
    record ReadAll() implements Action {}

    /** Of the current version. */
    sealed interface Condition {}

    record None() implements Condition {}

    record Absent() implements Condition {}

    record Match(String etag) implements Condition {}

    /** What came of it. */
    sealed interface Result {}

    record Done() implements Result {}

    /** Refused since its condition did not hold, without effect. @param noKey whether it met no object at all */
    record Refused(boolean noKey) implements Result {}

    /** Failed in a way that promises that it had no effect. */
    record NoEffect(String why) implements Result {}

    /** It may have had its effect, or have it before {@link Step#to}. */
    record Unknown(String why) implements Result {}

    /** A read saw this write; empty: no object. */
    record Saw(Optional<Integer> write) implements Result {}

    /** @param versions the newest first; empty ones are delete markers */
    record SawAll(List<Optional<Integer>> versions) implements Result {}

    @Override
    public String toString() {
        String until = to == NEVER ? "…" : Long.toString(to);
        return "#" + number + " [" + from + ", " + until + "] " + who + " " + key + " " + action + " -> " + result;
    }
}
