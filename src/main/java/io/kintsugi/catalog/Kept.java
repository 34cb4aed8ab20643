package io.kintsugi.catalog;

import java.time.Instant;
import java.util.Optional;

/**
 * What a rebuild that could not see everything, or had losses, says of blobs that nothing refers to: a later one, with
 * drives that were away, may find what they belong to.
 *
 * @param epoch that the rebuild has begun: a drive that has not heard of it was away then, and since
 * @param madeBefore younger blobs are none of these
 * @param until when nobody hopes for that any more
 * @param namedBefore rows have named whatever became anything up to that date; empty when none could tell
 */
record Kept(long epoch, Instant madeBefore, Instant until, Optional<Instant> namedBefore) {
    /** Whether rows that were written since the rebuild say nothing of what is of that date. */
    boolean isInDoubt(Instant when) {
        return when.isBefore(madeBefore) && namedBefore.filter(when::isBefore).isEmpty();
    }
}
