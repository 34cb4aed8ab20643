package io.kintsugi.objects;

import io.kintsugi.base.BucketName;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import java.util.List;
import java.util.Optional;

/**
 * One or up to 1,000 deletions.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html">DeleteObjects</a>
 */
public record DeleteObjects(BucketName bucket, List<Item> items) {
    /** @param version removes this version for good; empty makes the key disappear as the bucket's versioning has it */
    public record Item(ObjectKey key, Optional<VersionId> version, WriteCondition condition) {}

    public sealed interface Result {
        Item item();
    }

    /** @param marker the version id of the delete marker that was made or removed */
    public record Deleted(Item item, Optional<VersionId> marker) implements Result {}

    public record Refused(Item item, StoreException reason) implements Result {}

    public DeleteObjects {
        items = List.copyOf(items);
    }
}
