package io.kintsugi.catalog;

import io.kintsugi.base.ObjectKey;
import java.util.HashMap;
import java.util.Map;

/**
 * Up to which order the histories of keys go at most, as far as a commit knows by now of what it did itself. Whoever
 * removes versions takes them as listings show them, the newest first, and after each the newest of what is left is
 * looked for: from the front of the history that would be behind all that were removed before, in this commit and in
 * those from which the store has not been compacted.
 */
final class HistoryTops {
    private record Name(long bucket, ObjectKey key) {}

    private final Map<Name, Long> tops = new HashMap<>();

    /** No version in the history is newer; the greatest order there is when nothing is known. */
    long of(BucketRow bucket, ObjectKey key) {
        return tops.getOrDefault(new Name(bucket.id(), key), Long.MAX_VALUE);
    }

    /** No version in the history is newer than that. */
    void know(BucketRow bucket, ObjectKey key, long order) {
        tops.merge(new Name(bucket.id(), key), order, Math::min);
    }

    /** A version came into the history. */
    void add(BucketRow bucket, ObjectKey key, long order) {
        tops.computeIfPresent(new Name(bucket.id(), key), (name, top) -> Math.max(top, order));
    }

    /** Something was taken back. */
    void forget() {
        tops.clear();
    }
}
