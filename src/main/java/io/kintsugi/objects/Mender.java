package io.kintsugi.objects;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.StoreException;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.objects.UpkeepSnapshot.Count;
import io.kintsugi.shards.BlobStore;
import io.kintsugi.shards.HealResult;
import io.kintsugi.shards.Pace;
import io.kintsugi.shards.ShardSurvey;
import io.kintsugi.shards.SurveyedShard;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Mends single blobs, and counts what came of it. Used by one thread; the counters are read by any. */
final class Mender {
    private final Catalog catalog;
    private final BlobStore blobs;
    private final ShardSurvey survey;
    private final BlobClaims claims;
    private final LostBlobs lost;
    private final Optional<Refuge> refuge;
    private Count mended = Count.NONE;
    private long shardsRebuilt;
    private long failed;
    private long unrestorable;
    private String lastError = "";

    /** @param lost hears which blobs can't be restored */
    Mender(Catalog catalog, BlobStore blobs, ShardSurvey survey, BlobClaims claims, LostBlobs lost) {
        this.lost = lost;
        this.catalog = catalog;
        this.blobs = blobs;
        this.survey = survey;
        this.claims = claims;
        this.refuge = Optional.empty();
    }

    private Mender(Mender other, Refuge refuge) {
        this.lost = other.lost;
        this.catalog = other.catalog;
        this.blobs = other.blobs;
        this.survey = other.survey;
        this.claims = other.claims;
        this.refuge = Optional.of(refuge);
    }

    /** The same, which gives what its drives don't take to others. */
    Mender with(Refuge other) {
        return new Mender(this, other);
    }

    /**
     * Verifies every shard where it is recorded, and rebuilds what is wrong. Those of drives that are away wait for
     * their drive, and what a drive does not take goes to another in the end. The catalog is asked under the claim:
     * what it says stays true until the end, as nobody else moves or removes the shards meanwhile. Asked before, a blob
     * that was just removed would be taken for one that is lost.
     *
     * @throws StoreException when the catalog can't be asked
     */
    Mending mend(BlobId blob, BlobOrigin origin, Pace pace) {
        Mending came = mendThere(blob, origin, pace);
        boolean moved = came instanceof Mending.Done done
                && !done.right()
                && done.result().restorable()
                && refuge.filter(of -> of.takeIn(done.blob(), origin, pace)).isPresent();
        return moved ? mendThere(blob, origin, pace) : came;
    }

    private Mending mendThere(BlobId blob, BlobOrigin origin, Pace pace) {
        Optional<BlobClaims.Claim> claim = claims.claim(blob);
        if (claim.isEmpty()) {
            failure("blob " + blob + " was not healed yet: its shards are being moved or removed");
            return new Mending.Unknown();
        }
        try (BlobClaims.Claim _ = claim.get()) {
            Optional<BlobRef> now = catalog.referred(blob, origin);
            if (now.isEmpty()) {
                lost.settled(blob);
                return new Mending.Gone();
            }
            return healed(now.get(), origin, pace);
        }
    }

    private Mending healed(BlobRef blob, BlobOrigin origin, Pace pace) {
        try {
            HealResult result = blobs.heal(blob, origin, pace);
            Mending.Done done = new Mending.Done(blob, result);
            count(blob, result, done.right());
            judge(blob, origin, result);
            return done;
        } catch (RuntimeException e) {
            failure("blob " + blob.id() + " was not healed: " + e.getMessage());
            return new Mending.Unknown();
        }
    }

    /** What is on drives that are away may come back with them. */
    private void judge(BlobRef blob, BlobOrigin origin, HealResult result) {
        if (result.restorable()) {
            lost.settled(blob.id());
        } else if (result.unreachable() == 0) {
            lost.lost(blob.id(), origin);
        }
    }

    /**
     * Mends a blob that was reported: what it was written for is told by the header of any of its shards, if it is not
     * known already. When none tells it, it is gone only if every drive that is there has answered: one that is busy
     * may know. A drive that is away will be looked through when it comes back.
     */
    Mending mend(BlobRef reported, Pace pace) {
        boolean silent = false;
        Optional<BlobOrigin> origin = lost.origin(reported.id());
        List<DriveId> answering = survey.drives();
        for (int i = 0; i < reported.placement().size() && origin.isEmpty(); i++) {
            try {
                origin = survey.origin(shard(reported, i));
            } catch (StoreException.Unavailable e) {
                silent |= answering.contains(reported.placement().get(i));
            }
        }
        if (origin.isEmpty()) {
            return silent ? new Mending.Unknown() : new Mending.Gone();
        }
        return mend(reported.id(), origin.get(), pace);
    }

    /** How often each drive was opened: see {@link ShardSurvey#openings}. */
    Map<DriveId, Long> openings() {
        return survey.openings();
    }

    /** Whether no shard is late: see {@link BlobStore#isSettled}. */
    boolean isSettled() {
        return blobs.isSettled();
    }

    private static SurveyedShard shard(BlobRef blob, int index) {
        return new SurveyedShard(blob.placement().get(index), blob.id(), index, blob.form());
    }

    /** Whether every shard is there whose drive is. */
    boolean complete(BlobRef blob) {
        List<DriveId> answering = survey.drives();
        for (int i = 0; i < blob.placement().size(); i++) {
            if (answering.contains(blob.placement().get(i)) && header(blob, i).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private Optional<BlobOrigin> header(BlobRef blob, int index) {
        try {
            return survey.origin(shard(blob, index));
        } catch (StoreException.Unavailable e) {
            return Optional.empty();
        }
    }

    private synchronized void count(BlobRef blob, HealResult result, boolean right) {
        shardsRebuilt += result.rebuilt();
        if (right) {
            mended = result.wrong() > 0 ? mended.plus(blob) : mended;
            return;
        }
        failed++;
        unrestorable += result.restorable() ? 0 : 1;
        lastError = "blob " + blob.id() + ": of " + result.wrong() + " wrong shards " + result.rebuilt()
                + " were rebuilt, " + result.unreachable() + " are on drives that are away"
                + (result.restorable() ? "" : "; too few good shards are left");
    }

    synchronized void failure(String error) {
        failed++;
        lastError = error;
    }

    synchronized UpkeepSnapshot.Healing snapshot(int queued, List<UpkeepSnapshot.Walk> walks) {
        return new UpkeepSnapshot.Healing(
                queued, mended, shardsRebuilt, failed, unrestorable, lost.size(), walks, lastError);
    }
}
