package io.kintsugi.shards;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What lies on the drives, for whoever knows what is needed of it (sweeps, rebuilds of a catalog). All methods block
 * their (virtual) thread, within deadlines, and throw {@link io.kintsugi.base.StoreException.Unavailable} when the
 * drive does not answer.
 */
public interface ShardSurvey {
    /** The drives that answer now. */
    List<DriveId> drives();

    /**
     * How often each drive of the deployment was opened. One that has come back or was replaced since, has another
     * number, also while nobody has been told of it. Does not wait.
     */
    Map<DriveId, Long> openings();

    /**
     * Published shards of one form on one drive, in an order of the drive's own.
     *
     * @param after the last shard of the previous page; empty for the first
     * @param limit 1 to 10,000
     */
    SurveyPage shards(DriveId drive, BlobRef.Form form, Optional<SurveyedShard> after, int limit);

    /**
     * What the shard's header says that its blob was written for; empty when the shard is gone or its header can't be
     * trusted.
     */
    Optional<BlobOrigin> origin(SurveyedShard shard);

    /**
     * What header and footer of the shard say; empty when the shard is gone, or either can't be trusted, or its length
     * is not that of such a shard. Its frames are not looked at.
     */
    Optional<ShardFacts> facts(SurveyedShard shard);

    /** Removes a published shard that nothing refers to; one that is not there is success. */
    void remove(SurveyedShard shard);
}
