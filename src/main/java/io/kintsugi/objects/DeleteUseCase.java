package io.kintsugi.objects;

import io.kintsugi.base.Clock;
import io.kintsugi.base.Deletion;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.StoreException.Invalid.Kind;
import io.kintsugi.base.VersionId;
import io.kintsugi.catalog.Catalog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Deletions, up to 1,000 in one request.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html">Deleting object
 *     versions</a>
 */
final class DeleteUseCase {
    private static final int MAX_ITEMS = 1000;

    private final Catalog catalog;
    private final Buckets buckets;
    private final Clock clock;
    private final Entropy entropy;

    DeleteUseCase(Catalog catalog, Buckets buckets, Clock clock, Entropy entropy) {
        this.catalog = catalog;
        this.buckets = buckets;
        this.clock = clock;
        this.entropy = entropy;
    }

    List<DeleteObjects.Result> delete(DeleteObjects request) {
        if (request.items().size() > MAX_ITEMS) {
            throw Refusal.invalid(Kind.REQUEST, "At most " + MAX_ITEMS + " keys can be deleted in one request");
        }
        buckets.require(request.bucket());
        if (request.items().isEmpty()) {
            return List.of();
        }
        Instant now = clock.now();
        List<Deletion> deletions =
                request.items().stream().map(item -> deletion(item, now)).toList();
        List<Deletion.Outcome> outcomes = catalog.delete(request.bucket(), deletions);
        List<DeleteObjects.Result> results = new ArrayList<>(outcomes.size());
        for (int i = 0; i < outcomes.size(); i++) {
            results.add(result(request.items().get(i), outcomes.get(i)));
        }
        return results;
    }

    private Deletion deletion(DeleteObjects.Item item, Instant now) {
        return item.version()
                .<Deletion>map(version -> new Deletion.Remove(item.key(), version, item.condition()))
                .orElseGet(() -> new Deletion.Hide(item.key(), VersionId.next(clock, entropy), now, item.condition()));
    }

    private static DeleteObjects.Result result(DeleteObjects.Item item, Deletion.Outcome outcome) {
        return switch (outcome) {
            case Deletion.Refused(var reason) -> new DeleteObjects.Refused(item, reason);
            case Deletion.Done done -> new DeleteObjects.Deleted(item, done.marker());
        };
    }
}
