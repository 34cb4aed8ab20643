package io.kintsugi.catalog;

import io.kintsugi.base.Bucket;
import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.VersionId;
import io.kintsugi.drives.KvSpace;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * The buckets of a catalog that is made again. What no row tells is guessed from what is found in them: a bucket is as
 * old as its oldest version, and versioned when any version has a name. All of them are in memory. One thread.
 */
final class RescueBuckets {
    private static final Instant UNKNOWN = Instant.MAX;

    private final Map<BucketName, BucketRow> rows = new HashMap<>();
    private final Map<Long, BucketName> names = new HashMap<>();

    RescueBuckets(Map<BucketName, BucketRow> salvaged) {
        salvaged.values().forEach(this::put);
    }

    static BucketRow guessed(long id, BucketName name) {
        return new BucketRow(id, false, new Bucket(name, UNKNOWN, Versioning.OFF));
    }

    private void put(BucketRow row) {
        rows.put(row.bucket().name(), row);
        names.put(row.id(), row.bucket().name());
    }

    boolean knows(BucketName name) {
        return rows.containsKey(name);
    }

    void add(long id, BucketName name) {
        put(guessed(id, name));
    }

    void add(long id, Bucket bucket) {
        put(new BucketRow(id, false, bucket));
    }

    BucketRow row(BucketName name) {
        return rows.get(name);
    }

    BucketName name(long id) {
        return names.get(id);
    }

    /** A version was found in it that no row told of. */
    void holds(BucketName name, VersionId version, Instant when) {
        holds(name, version);
        BucketRow row = rows.get(name);
        Bucket bucket = row.bucket();
        Instant created = bucket.created().isAfter(when) ? when : bucket.created();
        put(row.with(new Bucket(name, created, bucket.versioning())));
    }

    /** A version is in it: one with a name only where versions are kept, as of a bucket whose own row is lost. */
    void holds(BucketName name, VersionId version) {
        BucketRow row = rows.get(name);
        if (!version.isNull() && row.bucket().versioning() == Versioning.OFF) {
            put(row.with(row.bucket().withVersioning(Versioning.ENABLED)));
        }
    }

    void hasHistory(BucketName name) {
        put(rows.get(name).withHistory());
    }

    /** Writes the rows. @param now the age of a bucket of which nothing is known */
    void write(RescueSpace space, Instant now) {
        rows.values().forEach(row -> {
            Bucket bucket = row.bucket();
            Instant created = bucket.created().equals(UNKNOWN) ? now : bucket.created();
            BucketRow dated =
                    new BucketRow(row.id(), row.history(), new Bucket(bucket.name(), created, bucket.versioning()));
            space.put(KvSpace.BUCKETS, Keys.bucket(bucket.name()), dated.encode());
            space.put(KvSpace.BUCKETS, Keys.bucketById(row.id()), BucketRow.encodeName(bucket.name()));
        });
    }
}
