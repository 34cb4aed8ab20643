package io.kintsugi.catalog;

import io.kintsugi.base.DriveId;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.KeyValue;
import io.kintsugi.drives.KvSpace;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * A key-value store that may hold rows of a catalog, of whatever age, and what it says of itself.
 *
 * @param drive where it is, perhaps set aside
 * @param where names it for people
 * @param identityEpoch what the drive's identity says
 * @param announced the greatest epoch that its drive has heard of
 * @param fault why it says nothing; empty when it has no replica, or one that is told by {@link #epoch}
 */
public record ReplicaSource(
        DriveId drive,
        String where,
        KeyValue rows,
        Optional<State> state,
        long identityEpoch,
        long announced,
        String fault) {
    /** A replica's own account. The fields are those of the catalog's state row. */
    public record State(long epoch, long sequence, long nextOrder) {}

    /** Looks at a store. Never throws. @param identityEpoch what the drive's identity says */
    public static ReplicaSource of(DriveId drive, String where, KeyValue rows, long identityEpoch) {
        Optional<State> state = Optional.empty();
        long announced = identityEpoch;
        String fault = "";
        try {
            announced = Math.max(
                    announced,
                    rows.get(KvSpace.LOCAL, EpochNumbers.KEY)
                            .join()
                            .map(SmallRow::decodeNumber)
                            .orElse(0L));
            state = rows.get(KvSpace.META, ReplicaState.KEY)
                    .join()
                    .map(ReplicaState::decode)
                    .map(s -> new State(s.epoch(), s.sequence(), s.nextOrder()));
        } catch (CompletionException | DriveException | RowException e) {
            fault = e instanceof CompletionException && e.getCause() != null
                    ? String.valueOf(e.getCause().getMessage())
                    : String.valueOf(e.getMessage());
        }
        return new ReplicaSource(drive, where, rows, state, identityEpoch, announced, fault);
    }

    public long epoch() {
        return state.map(State::epoch).orElse(0L);
    }

    public long sequence() {
        return state.map(State::sequence).orElse(0L);
    }
}
