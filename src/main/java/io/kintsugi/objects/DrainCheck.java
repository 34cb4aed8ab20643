package io.kintsugi.objects;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.catalog.CatalogStatus;
import io.kintsugi.shards.Pace;
import io.kintsugi.shards.ShardSurvey;
import io.kintsugi.shards.SurveyPage;
import io.kintsugi.shards.SurveyedShard;
import java.util.List;
import java.util.Optional;

/**
 * The last look before a drive is said to be empty: at every shard that lies on it, each asked of the catalog, and at
 * the replicas. A way through the catalog alone can miss a blob that changes its place there meanwhile, as a part that
 * becomes a version does; a shard that is on the drive can't hide.
 */
final class DrainCheck {
    private static final int PAGE = 1000;

    private final Catalog catalog;
    private final ShardSurvey survey;

    DrainCheck(Catalog catalog, ShardSurvey survey) {
        this.catalog = catalog;
        this.survey = survey;
    }

    /** @throws io.kintsugi.base.StoreException.Unavailable when the drive or the catalog does not answer */
    boolean isEmpty(DriveId drive, Pace pace) {
        CatalogStatus status = catalog.status();
        if (!status.writable()
                || status.live().contains(drive)
                || status.rebuilding().contains(drive)) {
            return false;
        }
        for (BlobRef.Form form : List.of(BlobRef.Form.PACKED, BlobRef.Form.FILES)) {
            Optional<SurveyedShard> after = Optional.empty();
            boolean more = true;
            while (more) {
                pace.next(0);
                SurveyPage page = survey.shards(drive, form, after, PAGE);
                if (page.shards().stream().anyMatch(this::isNeeded)) {
                    return false;
                }
                more = page.more() && !page.shards().isEmpty();
                after = page.shards().isEmpty()
                        ? after
                        : Optional.of(page.shards().getLast());
            }
        }
        return true;
    }

    /** One whose header can't be trusted is of no use to anybody. */
    private boolean isNeeded(SurveyedShard shard) {
        Optional<BlobOrigin> origin = survey.origin(shard);
        return origin.flatMap(of -> catalog.referred(shard.blob(), of))
                .filter(blob -> blob.form() != BlobRef.Form.INLINE)
                .filter(blob -> shard.index() < blob.placement().size()
                        && blob.placement().get(shard.index()).equals(shard.drive()))
                .isPresent();
    }
}
