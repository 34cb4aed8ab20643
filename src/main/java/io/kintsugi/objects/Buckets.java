package io.kintsugi.objects;

import io.kintsugi.base.AtOnce;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.catalog.Catalog;
import java.util.List;
import java.util.Optional;

/** The bucket use cases, and what a bucket's settings mean for those who write into it. */
final class Buckets {
    private final Catalog catalog;
    private final Clock clock;
    private final Entropy entropy;

    Buckets(Catalog catalog, Clock clock, Entropy entropy) {
        this.catalog = catalog;
        this.clock = clock;
        this.entropy = entropy;
    }

    Bucket create(BucketName name) {
        Bucket bucket = new Bucket(name, clock.now(), Bucket.Versioning.OFF);
        catalog.createBucket(bucket);
        return bucket;
    }

    Bucket require(BucketName name) {
        return catalog.bucket(name)
                .orElseThrow(() -> new StoreException.NotFound(StoreException.NotFound.Kind.BUCKET, name.value()));
    }

    AtOnce<Boolean> hasVersions(BucketName name) {
        return catalog.bucketAtOnce(name)
                .map(found -> found.filter(bucket -> bucket.versioning() != Bucket.Versioning.OFF)
                        .isPresent());
    }

    List<Bucket> list(String prefix, Optional<BucketName> after, int limit) {
        return catalog.listBuckets(prefix, after, limit);
    }

    void delete(BucketName name) {
        catalog.deleteBucket(name);
    }

    /**
     * Versioning can be suspended, but never be as if it had not been.
     *
     * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html">Using versioning</a>
     */
    Bucket setVersioning(BucketName name, Bucket.Versioning state) {
        return catalog.updateBucket(name, bucket -> {
            if (state == Bucket.Versioning.OFF && bucket.versioning() != Bucket.Versioning.OFF) {
                throw new StoreException.Conflict(
                        StoreException.Conflict.Kind.BUCKET_STATE,
                        "Versioning of bucket " + name + " can't be switched off any more: suspend it");
            }
            return bucket.withVersioning(state);
        });
    }

    /** The name of the next version of a key of this bucket. */
    VersionId nextVersion(Bucket bucket) {
        return bucket.versioning() == Bucket.Versioning.ENABLED ? VersionId.next(clock, entropy) : VersionId.NULL;
    }

    /** Refuses a write whose conditions do not hold already; the commit checks them again. */
    void checkEarly(BucketName bucket, ObjectKey key, WriteCondition condition) {
        if (!condition.equals(WriteCondition.NONE)) {
            condition.check(key, current(bucket, key));
        }
    }

    /** The current version; empty when there is none or it is a delete marker. */
    Optional<ObjectVersion> current(BucketName bucket, ObjectKey key) {
        return catalog.find(bucket, key, Optional.empty()).filter(version -> !version.deleteMarker());
    }
}
