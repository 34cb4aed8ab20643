package io.kintsugi.objects;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.StoreException;
import io.kintsugi.objects.UpkeepSnapshot.Count;
import io.kintsugi.shards.BlobStore;
import io.kintsugi.shards.HealResult;
import io.kintsugi.shards.Pace;
import io.kintsugi.shards.ShardSurvey;
import io.kintsugi.shards.SurveyedShard;
import java.util.List;
import java.util.Optional;

/** Mends single blobs, and counts what came of it. Used by one thread; the counters are read by any. */
final class Mender {
    private final BlobStore blobs;
    private final ShardSurvey survey;
    private final BlobClaims claims;
    private Count mended = Count.NONE;
    private long shardsRebuilt;
    private long failed;
    private long unrestorable;
    private String lastError = "";

    Mender(BlobStore blobs, ShardSurvey survey, BlobClaims claims) {
        this.blobs = blobs;
        this.survey = survey;
        this.claims = claims;
    }

    /**
     * Whether every shard whose drive is there is now there and verified. Those of drives that are away wait for their
     * drive.
     */
    boolean mend(BlobRef blob, BlobOrigin origin, Pace pace) {
        return result(blob, origin, pace).filter(Mender::right).isPresent();
    }

    /** Verifies every shard and rebuilds what is wrong; empty when nothing can be said of the blob now. */
    Optional<HealResult> result(BlobRef blob, BlobOrigin origin, Pace pace) {
        Optional<BlobClaims.Claim> claim = claims.claim(blob.id());
        if (claim.isEmpty()) {
            failure("blob " + blob.id() + " was not healed yet: its shards are being moved or removed");
            return Optional.empty();
        }
        try (BlobClaims.Claim _ = claim.get()) {
            HealResult result = blobs.heal(blob, origin, pace);
            count(blob, result, right(result));
            return Optional.of(result);
        } catch (RuntimeException e) {
            failure("blob " + blob.id() + " was not healed: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static boolean right(HealResult result) {
        return result.restorable() && result.wrong() == result.rebuilt();
    }

    /** What a blob was written for, from the header of any of its shards. */
    Optional<BlobOrigin> origin(BlobRef blob) {
        for (int i = 0; i < blob.placement().size(); i++) {
            Optional<BlobOrigin> origin = header(blob, i);
            if (origin.isPresent()) {
                return origin;
            }
        }
        return Optional.empty();
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
            return survey.origin(new SurveyedShard(blob.placement().get(index), blob.id(), index, blob.form()));
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
        return new UpkeepSnapshot.Healing(queued, mended, shardsRebuilt, failed, unrestorable, walks, lastError);
    }
}
