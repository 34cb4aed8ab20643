package io.kintsugi.objects;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.StoreException;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.objects.UpkeepSnapshot.Count;
import io.kintsugi.shards.BlobStore;
import io.kintsugi.shards.Pace;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Moves shards to other drives: makes them there, verified; records where they lie; lets what lay on the old drives go
 * when no reader can need it ({@link Superseded}). At each moment the catalog names shards that are there. Any thread;
 * of those that want the same blob one gets it.
 */
final class ShardMover {
    private static final System.Logger LOG = System.getLogger(ShardMover.class.getName());

    private final Catalog catalog;
    private final BlobStore blobs;
    private final Superseded superseded;
    private Count moved = Count.NONE;
    private long shards;
    private long failed;
    private String lastError = "";

    ShardMover(Catalog catalog, BlobStore blobs, Superseded superseded) {
        this.catalog = catalog;
        this.blobs = blobs;
        this.superseded = superseded;
    }

    /** What came of a move. */
    enum Outcome {
        /** The shards are on their new drives, verified, and recorded there. */
        MOVED,
        /** Nothing refers to the blob any more, or it lies elsewhere than was thought. Nothing was changed. */
        CHANGED,
        /** Other background work is at the blob. Nothing was changed: to be tried again. */
        BUSY,
        /** Not all shards could be made, or recorded. Nothing was changed: to be tried again. */
        FAILED,
        /** It is not known whether it was recorded; it will be, by itself. Both shards are kept so long. */
        UNSURE
    }

    /**
     * @param blob as it is recorded now
     * @param placement drive i for shard i, each drive once
     * @throws StoreException.Unavailable {@code STOPPING} when the pace says so; nothing was changed then
     */
    Outcome move(BlobRef blob, BlobOrigin origin, List<DriveId> placement, Pace pace) {
        Optional<BlobClaims.Claim> claim = superseded.full()
                ? Optional.empty()
                : superseded.guards().claims().claim(blob.id());
        if (claim.isEmpty()) {
            return Outcome.BUSY;
        }
        Outcome outcome = Outcome.FAILED;
        try {
            outcome = claimed(blob, origin, placement, pace);
        } finally {
            if (outcome == Outcome.UNSURE) {
                superseded.unsure(blob, blob.at(placement), origin, claim.get());
            } else {
                claim.get().close();
            }
        }
        return outcome;
    }

    private Outcome claimed(BlobRef blob, BlobOrigin origin, List<DriveId> placement, Pace pace) {
        BlobRef to;
        try {
            if (!catalog.referred(blob.id(), origin).equals(Optional.of(blob))) {
                return Outcome.CHANGED;
            }
            to = blobs.relocate(blob, origin, placement, pace);
        } catch (StoreException.Unavailable e) {
            if (e.kind() == StoreException.Unavailable.Kind.STOPPING) {
                throw e;
            }
            failure(blob, e);
            return Outcome.FAILED;
        }
        Outcome outcome = record(blob, to, origin);
        switch (outcome) {
            case MOVED -> {
                superseded.moved(blob, to, origin);
                count(blob, to);
            }
            case CHANGED, FAILED -> takeBack(blob, to, origin);
            case BUSY, UNSURE -> {}
        }
        return outcome;
    }

    private Outcome record(BlobRef blob, BlobRef to, BlobOrigin origin) {
        try {
            return catalog.relocate(blob, to.placement(), origin) ? Outcome.MOVED : Outcome.CHANGED;
        } catch (StoreException e) {
            failure(blob, e);
            return Undo.mayHaveTakenEffect(e) ? Outcome.UNSURE : Outcome.FAILED;
        } catch (RuntimeException e) {
            failure(blob, e);
            return Outcome.UNSURE;
        }
    }

    private void takeBack(BlobRef blob, BlobRef to, BlobOrigin origin) {
        try {
            superseded.discardUnlessRecorded(to, blob, origin);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "shards of blob " + blob.id() + " stay until the orphan sweep", e);
        }
    }

    /** About the bytes on each drive of shards that were moved away, and are still there. */
    Map<DriveId, Long> soonFree() {
        return superseded.soonFree();
    }

    private synchronized void count(BlobRef blob, BlobRef to) {
        moved = moved.plus(blob);
        shards += blob.changedIn(to.placement()).size();
    }

    private synchronized void failure(BlobRef blob, RuntimeException e) {
        failed++;
        lastError = "blob " + blob.id() + " was not moved: " + e.getMessage();
    }

    synchronized UpkeepSnapshot.Moving snapshot() {
        return new UpkeepSnapshot.Moving(
                moved, shards, failed, superseded.waiting(), superseded.removed(), superseded.left(), lastError);
    }
}
