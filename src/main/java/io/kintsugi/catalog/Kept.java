package io.kintsugi.catalog;

import io.kintsugi.base.DriveId;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What a rebuild that could not see everything, or had losses, says of blobs that nothing refers to: a later one, with
 * drives that were away, may find what they belong to.
 *
 * @param epoch that the rebuild has begun
 * @param madeBefore younger blobs are none of these
 * @param until when nobody hopes for that any more
 * @param namedBefore rows have named whatever became anything up to that date; empty when none could tell
 * @param unseen drives that were away, or whose rows could not be read
 */
record Kept(long epoch, Instant madeBefore, Instant until, Optional<Instant> namedBefore, Set<DriveId> unseen) {
    Kept {
        unseen = Set.copyOf(unseen);
    }

    boolean isInForce(Instant now) {
        return now.isBefore(until);
    }

    /** Whether a replica of this epoch on this drive, whatever the drive has heard of since, is as it was then. */
    boolean isUnseen(DriveId drive, long replicaEpoch) {
        return unseen.contains(drive) && replicaEpoch < epoch;
    }

    /** Whether rows that were written since the rebuild say nothing of what is of that date. */
    boolean isInDoubt(Instant when) {
        return when.isBefore(madeBefore) && namedBefore.filter(when::isBefore).isEmpty();
    }

    /** For people, of a drive whose rows are to stay. */
    String whyRowsStay() {
        return "it has rows of the catalog that a rebuild without it could not see, and they stay until " + until
                + ". Stop the store, and run rebuild-catalog --force with all drives: only that takes them over";
    }
}
