package io.kintsugi.cluster;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The drives of this deployment. Handles are stable: the {@link Drive} of an id stays the same object while the
 * directory behind it goes and comes back, and fails fast in between.
 */
public interface Topology extends AutoCloseable {
    /** All drives that belong to the deployment, in the order of their slots, present or not. */
    List<Drive> drives();

    /** The handle of that drive; empty when no drive of the deployment has this id. */
    Optional<Drive> drive(DriveId id);

    /** The code of the default storage class for blobs in this pool layout. */
    ErasureCode defaultCode();

    /**
     * Chooses a code and drives for a new blob: weighted rendezvous over the drives of one pool, healthy ones first.
     * With fewer healthy drives than the default code wants, the code keeps its parity and gives up data shards, so
     * that writing goes on with {@code m} drives gone.
     *
     * @throws io.kintsugi.base.StoreException.Unavailable when more drives are gone than the code can lose
     */
    Placement place(BlobId blob);

    /**
     * Another placement for a blob whose shards on some drives are lost: they go to drives of the same pool that take
     * shards and have none of this blob, chosen as {@link #place} does.
     *
     * @return drive i for shard i; where there is no drive for a shard, the one that it has
     */
    default List<DriveId> elsewhere(BlobRef blob, Set<DriveId> leaving) {
        return blob.placement();
    }

    List<DriveStatus> statuses();

    /** The pool that a drive belongs to; shards of a blob are all in one pool. */
    default String poolOf(DriveId id) {
        return "";
    }

    /** Drives of which enough others know that nothing refers to them any more: they may be left out. */
    default Set<DriveId> drained() {
        return Set.of();
    }

    /** Drives that should be drained and can't be spared, and why; they are used as if nobody had asked. */
    default Map<DriveId, String> drainsRefused() {
        return Map.of();
    }

    /**
     * Records that nothing refers to these drives any more. They must be {@code DRAINING}, and take nothing from then
     * on, until a later start has recorded otherwise. Does not wait.
     */
    default void recordDrained(Set<DriveId> drives) {}

    /**
     * Calls back when a drive goes, comes back, or is taken in empty. Listeners run on a background thread and must not
     * block for long.
     */
    void subscribe(DriveListener listener);

    @Override
    void close();
}
