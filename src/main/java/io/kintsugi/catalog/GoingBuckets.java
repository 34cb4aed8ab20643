package io.kintsugi.catalog;

import io.kintsugi.base.StoreException.Conflict;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Buckets whose deletion takes several commits. Between two of them nothing may come in: a bucket into which an object
 * has come stays, and some of its uploads would be gone by then, with parts that were acknowledged. Kept in memory, as
 * nobody was told that a bucket is gone whose deletion ended with the process. Thread-safe.
 */
final class GoingBuckets {
    /** By number of bucket: how many deletions of it are at it. */
    private final Map<Long, Integer> going = new ConcurrentHashMap<>();

    /** @throws Conflict {@code CONCURRENT_CHANGE} when this bucket is going */
    void requireStaying(BucketRow bucket) {
        if (going.containsKey(bucket.id())) {
            throw new Conflict(
                    Conflict.Kind.CONCURRENT_CHANGE,
                    "The bucket '" + bucket.bucket().name() + "' is just being deleted");
        }
    }

    Deletion deletion() {
        return new Deletion();
    }

    /** One request for it, until it is closed; what comes to it after that has no effect. */
    final class Deletion implements AutoCloseable {
        private OptionalLong bucket = OptionalLong.empty();
        private boolean over;

        /** Inside a commit, behind which another is needed. */
        synchronized void goesOn(BucketRow row) {
            if (!over && bucket.isEmpty()) {
                bucket = OptionalLong.of(row.id());
                going.merge(row.id(), 1, Integer::sum);
            }
        }

        @Override
        public synchronized void close() {
            if (!over) {
                over = true;
                bucket.ifPresent(id -> going.computeIfPresent(id, (key, count) -> count == 1 ? null : count - 1));
            }
        }
    }
}
