package io.kintsugi.catalog;

import static io.kintsugi.catalog.Samples.BUCKET;
import static io.kintsugi.catalog.Samples.newVersion;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Bucket;
import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.VersionId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Pages of objects and versions: what every engine of {@link Catalog} does. */
public abstract class ListingContract extends CatalogFixture {
    @Test
    void aBucketOfOneListsItsObjectOnly() {
        createBucket(Versioning.OFF);
        BucketName other = new BucketName("another");
        catalog.createBucket(new Bucket(other, Samples.NOON, Versioning.OFF));
        ObjectVersion version = put("k", VersionId.NULL);
        ListPage.Version listed = new ListPage.Version(version.listed(), true);
        assertEquals(new ListPage(List.of(listed), false), catalog.listObjects(all()), "without parts and metadata");
        assertEquals(new ListPage(List.of(listed), false), catalog.listVersions(all()), "without parts and metadata");
        assertEquals(ObjectMetadata.NONE, listed.version().metadata());
        ListQuery elsewhere = new ListQuery(other, "", Optional.empty(), new ListQuery.Beginning(), 10);
        assertTrue(catalog.listObjects(elsewhere).entries().isEmpty());
    }

    @Test
    void aPageThatIsJustFullIsNotTruncated() {
        createBucket(Versioning.OFF);
        for (String name : List.of("a/1", "a/2", "b", "c/1")) {
            put(name, VersionId.NULL);
        }
        ListQuery three = new ListQuery(BUCKET, "", Optional.of("/"), new ListQuery.Beginning(), 3);
        assertFalse(catalog.listObjects(three).truncated());
        ListQuery two = new ListQuery(BUCKET, "", Optional.of("/"), new ListQuery.Beginning(), 2);
        assertTrue(catalog.listObjects(two).truncated());
        assertTrue(catalog.listVersions(two).truncated());
        ListQuery rest = new ListQuery(BUCKET, "", Optional.of("/"), new ListQuery.AfterKey("b"), 2);
        assertEquals(
                List.of(new ListPage.CommonPrefix("c/")),
                catalog.listObjects(rest).entries());
    }

    @Test
    void whatAClockNamedThatWasAheadIsNotPassedOverWhenTheMarkerVersionIsGone() {
        createBucket(Versioning.ENABLED);
        VersionId now = newVersion();
        VersionId ahead = new VersionId(new Id128(now.value().high() + (1L << 40), 1));
        put("k", ahead);
        put("k", now);
        ListPage first =
                catalog.listVersions(new ListQuery(BUCKET, "", Optional.empty(), new ListQuery.Beginning(), 1));
        assertEquals(
                now, ((ListPage.Version) first.entries().getFirst()).version().id());
        remove("k", now);
        ListPage rest = catalog.listVersions(
                new ListQuery(BUCKET, "", Optional.empty(), new ListQuery.AfterVersion("k", now), 10));
        assertEquals(
                List.of(ahead),
                rest.entries().stream()
                        .map(entry -> ((ListPage.Version) entry).version().id())
                        .toList());
    }

    @Test
    void aVersionListingGoesOnWhereTheMarkerVersionWasRemoved() throws InterruptedException {
        createBucket(Versioning.ENABLED);
        for (int i = 0; i < 5; i++) {
            put("k", newVersion());
            Thread.sleep(2); // names of one millisecond have no order
        }
        int seen = 0;
        ListQuery.Start start = new ListQuery.Beginning();
        ListPage page;
        do {
            page = catalog.listVersions(new ListQuery(BUCKET, "", Optional.empty(), start, 2));
            for (ListPage.Entry entry : page.entries()) {
                ListPage.Version version = (ListPage.Version) entry;
                assertTrue(version.latest() || seen % 2 == 1, "what is removed in order is the latest or behind it");
                remove("k", version.version().id());
                start = new ListQuery.AfterVersion("k", version.version().id());
                seen++;
            }
        } while (page.truncated());
        assertEquals(5, seen);
        assertTrue(catalog.listVersions(all()).entries().isEmpty());
    }
}
