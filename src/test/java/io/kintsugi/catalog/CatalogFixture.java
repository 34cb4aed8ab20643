package io.kintsugi.catalog;

import static io.kintsugi.catalog.Samples.BUCKET;
import static io.kintsugi.catalog.Samples.key;
import static io.kintsugi.catalog.Samples.object;

import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.Deletion;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What contracts of {@link Catalog} share: an empty catalog before each test, and short words for what they do. */
abstract class CatalogFixture {
    static final WriteCondition ABSENT =
            new WriteCondition(Optional.empty(), true, Optional.empty(), OptionalLong.empty());

    Catalog catalog;

    /** A new, empty catalog. Its {@code close} frees all that it stands on. */
    protected abstract Catalog create();

    @BeforeEach
    void open() {
        catalog = create();
    }

    @AfterEach
    void close() {
        catalog.close();
    }

    void createBucket(Versioning versioning) {
        catalog.createBucket(Samples.bucket(versioning));
    }

    ObjectVersion put(String key, VersionId id) {
        return put(object(key, id));
    }

    ObjectVersion put(ObjectVersion version) {
        catalog.put(version, Optional.empty(), WriteCondition.NONE);
        return version;
    }

    Optional<ObjectVersion> current(String key) {
        return catalog.find(BUCKET, key(key), Optional.empty());
    }

    Optional<ObjectVersion> find(String key, VersionId id) {
        return catalog.find(BUCKET, key(key), Optional.of(id));
    }

    Deletion.Outcome delete(Deletion deletion) {
        return catalog.delete(BUCKET, List.of(deletion)).getFirst();
    }

    Deletion.Outcome remove(String key, VersionId id) {
        return delete(new Deletion.Remove(key(key), id, WriteCondition.NONE));
    }

    Deletion.Outcome hide(String key, VersionId id) {
        return delete(new Deletion.Hide(key(key), id, Samples.NOON, WriteCondition.NONE));
    }

    static ListQuery all() {
        return new ListQuery(BUCKET, "", Optional.empty(), new ListQuery.Beginning(), 1000);
    }

    List<Reclaim> reclaimable() {
        return catalog.reclaimable(Duration.ZERO, 1000);
    }
}
