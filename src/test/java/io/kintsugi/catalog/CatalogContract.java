package io.kintsugi.catalog;

import static io.kintsugi.catalog.Samples.BUCKET;
import static io.kintsugi.catalog.Samples.blob;
import static io.kintsugi.catalog.Samples.blobOf;
import static io.kintsugi.catalog.Samples.key;
import static io.kintsugi.catalog.Samples.newVersion;
import static io.kintsugi.catalog.Samples.object;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Deletion;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.StoreException.Conflict;
import io.kintsugi.base.StoreException.NotFound;
import io.kintsugi.base.StoreException.PreconditionFailed;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

/** Buckets, versions and inline bytes: what every engine of {@link Catalog} does. */
public abstract class CatalogContract extends CatalogFixture {
    // ---- buckets

    @Test
    void aBucketIsThereOnceCreated() {
        assertTrue(catalog.bucket(BUCKET).isEmpty());
        createBucket(Versioning.SUSPENDED);
        assertEquals(Optional.of(Samples.bucket(Versioning.SUSPENDED)), catalog.bucket(BUCKET));
        Conflict twice = assertThrows(Conflict.class, () -> createBucket(Versioning.OFF));
        assertEquals(Conflict.Kind.BUCKET_EXISTS, twice.kind());
        assertEquals(Optional.of(Samples.bucket(Versioning.SUSPENDED)), catalog.bucket(BUCKET));
    }

    @Test
    void bucketsAreListedByName() {
        for (String name : List.of("bbb", "aaa", "bba", "abc")) {
            catalog.createBucket(new Bucket(new BucketName(name), Samples.NOON, Versioning.OFF));
        }
        assertEquals("aaa abc bba bbb", names(catalog.listBuckets("", Optional.empty(), 10)));
        assertEquals("bba bbb", names(catalog.listBuckets("b", Optional.empty(), 10)));
        assertEquals("aaa abc", names(catalog.listBuckets("", Optional.empty(), 2)));
        assertEquals("bba bbb", names(catalog.listBuckets("", Optional.of(new BucketName("abc")), 10)));
        assertEquals("bbb", names(catalog.listBuckets("b", Optional.of(new BucketName("bba")), 10)));
        assertEquals("", names(catalog.listBuckets("b", Optional.of(new BucketName("ccc")), 10)));
    }

    private static String names(List<Bucket> buckets) {
        return String.join(" ", buckets.stream().map(b -> b.name().value()).toList());
    }

    @Test
    void updatingABucketKeepsItsNameAndDate() {
        createBucket(Versioning.OFF);
        Bucket changed = catalog.updateBucket(
                BUCKET, b -> new Bucket(new BucketName("other"), Instant.EPOCH, Versioning.ENABLED));
        assertEquals(Samples.bucket(Versioning.ENABLED), changed);
        assertEquals(Optional.of(changed), catalog.bucket(BUCKET));
        assertTrue(catalog.bucket(new BucketName("other")).isEmpty());
    }

    @Test
    void onlyAnEmptyBucketIsDeleted() {
        createBucket(Versioning.ENABLED);
        VersionId id = newVersion();
        put("k", id);
        assertNotEmpty();
        VersionId marker = newVersion();
        hide("k", marker);
        remove("k", id);
        assertNotEmpty();
        remove("k", marker);
        catalog.deleteBucket(BUCKET);
        assertTrue(catalog.bucket(BUCKET).isEmpty());
        assertThrows(NotFound.class, () -> catalog.deleteBucket(BUCKET));
    }

    private void assertNotEmpty() {
        Conflict refused = assertThrows(Conflict.class, () -> catalog.deleteBucket(BUCKET));
        assertEquals(Conflict.Kind.BUCKET_NOT_EMPTY, refused.kind());
    }

    @Test
    void aBucketThatIsCreatedAgainIsEmpty() {
        createBucket(Versioning.OFF);
        put("k", VersionId.NULL);
        remove("k", VersionId.NULL);
        catalog.deleteBucket(BUCKET);
        createBucket(Versioning.OFF);
        assertTrue(current("k").isEmpty());
        assertEquals(new ListPage(List.of(), false), catalog.listVersions(all()));
    }

    @Test
    void everyMethodThatNamesABucketMissesIt() {
        ObjectVersion version = object("k", VersionId.NULL);
        for (Runnable call : List.<Runnable>of(
                () -> catalog.updateBucket(BUCKET, b -> b),
                () -> catalog.deleteBucket(BUCKET),
                () -> put(version),
                () -> catalog.update(BUCKET, key("k"), VersionId.NULL, v -> v),
                () -> current("k"),
                () -> remove("k", VersionId.NULL),
                () -> catalog.listObjects(all()),
                () -> catalog.listVersions(all()),
                () -> catalog.createUpload(Samples.upload("k")),
                () -> catalog.abortUpload(Samples.upload("k")))) {
            NotFound missed = assertThrows(NotFound.class, call::run);
            assertEquals(NotFound.Kind.BUCKET, missed.kind());
        }
    }

    // ---- versions

    @Test
    void withoutVersionsAPutReplaces() {
        createBucket(Versioning.OFF);
        ObjectVersion first = put("k", VersionId.NULL);
        ObjectVersion second = put("k", VersionId.NULL);
        assertEquals(Optional.of(second), current("k"));
        assertEquals(Optional.of(second), find("k", VersionId.NULL));
        assertEquals(1, catalog.listVersions(all()).entries().size());
        assertEquals(
                List.of(blobOf(first)),
                reclaimable().stream().map(Reclaim::blob).toList());
    }

    @Test
    void withVersionsAPutKeepsWhatWasThere() {
        createBucket(Versioning.ENABLED);
        ObjectVersion first = put("k", newVersion());
        ObjectVersion second = put("k", newVersion());
        assertEquals(Optional.of(second), current("k"));
        assertEquals(Optional.of(first), find("k", first.id()));
        assertEquals(Optional.of(second), find("k", second.id()));
        assertTrue(find("k", newVersion()).isEmpty());
        assertTrue(find("k", VersionId.NULL).isEmpty());
        assertTrue(reclaimable().isEmpty());
    }

    @Test
    void theOrderIsThatOfCommitsNotOfNames() {
        createBucket(Versioning.ENABLED);
        VersionId early = newVersion();
        VersionId late = newVersion();
        put("k", late);
        ObjectVersion last = put("k", early);
        assertEquals(Optional.of(last), current("k"));
        remove("k", early);
        assertEquals(late, current("k").orElseThrow().id());
    }

    @Test
    void suspendedWritesReplaceTheNullVersionOnly() {
        createBucket(Versioning.SUSPENDED);
        ObjectVersion nulled = put("k", VersionId.NULL);
        ObjectVersion named = put("k", newVersion());
        assertEquals(Optional.of(nulled), find("k", VersionId.NULL));
        ObjectVersion again = put("k", VersionId.NULL);
        assertEquals(Optional.of(again), current("k"));
        assertEquals(Optional.of(named), find("k", named.id()));
        assertEquals(2, catalog.listVersions(all()).entries().size());
        assertEquals(
                List.of(blobOf(nulled)),
                reclaimable().stream().map(Reclaim::blob).toList());
    }

    @Test
    void whereVersionsAreKeptTheNullVersionIsNotReplaced() {
        createBucket(Versioning.OFF);
        ObjectVersion nulled = put("k", VersionId.NULL);
        catalog.updateBucket(BUCKET, bucket -> bucket.withVersioning(Versioning.ENABLED));
        assertThrows(StoreException.Conflict.class, () -> put("k", VersionId.NULL));
        ObjectVersion named = put("k", newVersion());
        assertThrows(StoreException.Conflict.class, () -> put("k", VersionId.NULL));
        assertEquals(Optional.of(named), current("k"));
        assertEquals(Optional.of(nulled), find("k", VersionId.NULL));
        assertEquals(List.of(), reclaimable());
        assertEquals(Optional.of(put("new", VersionId.NULL)), current("new"), "it replaces nothing");
    }

    /** Deletions there name the null version, and would say that the key is gone. */
    @Test
    void whereVersionsWereNeverKeptNoneHasAName() {
        createBucket(Versioning.OFF);
        assertThrows(StoreException.Conflict.class, () -> put("k", newVersion()));
        hide("k", newVersion());
        assertTrue(current("k").isEmpty());
        put("k", VersionId.NULL);
        assertThrows(StoreException.Conflict.class, () -> put("k", newVersion()));
        assertEquals(1, catalog.listVersions(all()).entries().size());
    }

    @Test
    void whoDeletesWhatIsListedIsShownTheRest() {
        createBucket(Versioning.SUSPENDED);
        ObjectVersion oldest = put("k", newVersion());
        ObjectVersion nulled = put("k", VersionId.NULL);
        remove("k", nulled.id());
        ListQuery behind = new ListQuery(
                BUCKET, "", Optional.empty(), new ListQuery.AfterVersion("k", VersionId.NULL), ListQuery.MAX_LIMIT);
        assertEquals(
                List.of(new ListPage.Version(oldest.listed(), true)),
                catalog.listVersions(behind).entries());
    }

    @Test
    void aMarkerHidesTheObjectAndGoesAgain() {
        createBucket(Versioning.ENABLED);
        ObjectVersion version = put("k", newVersion());
        VersionId marker = newVersion();
        assertEquals(new Deletion.Done(true, Optional.of(marker)), hide("k", marker));
        assertTrue(current("k").orElseThrow().deleteMarker());
        assertEquals(Optional.of(version), find("k", version.id()));
        assertTrue(catalog.listObjects(all()).entries().isEmpty());
        assertEquals(2, catalog.listVersions(all()).entries().size());
        assertEquals(new Deletion.Done(true, Optional.of(marker)), remove("k", marker));
        assertEquals(Optional.of(version), current("k"));
        assertEquals(1, catalog.listObjects(all()).entries().size());
    }

    @Test
    void aNullMarkerReplacesTheNullVersion() {
        createBucket(Versioning.SUSPENDED);
        ObjectVersion named = put("k", newVersion());
        ObjectVersion nulled = put("k", VersionId.NULL);
        hide("k", VersionId.NULL);
        assertTrue(find("k", VersionId.NULL).orElseThrow().deleteMarker());
        assertEquals(
                List.of(blobOf(nulled)),
                reclaimable().stream().map(Reclaim::blob).toList());
        hide("k", VersionId.NULL);
        assertEquals(2, catalog.listVersions(all()).entries().size());
        remove("k", VersionId.NULL);
        assertEquals(Optional.of(named), current("k"));
    }

    @Test
    void howAKeyIsHiddenIsDecidedInTheCommit() {
        createBucket(Versioning.OFF);
        put("k", VersionId.NULL);
        assertEquals(new Deletion.Done(true, Optional.empty()), hide("k", newVersion()));
        assertEquals(List.of(), catalog.listVersions(all()).entries());
        ObjectVersion nulled = put("k", VersionId.NULL);
        catalog.updateBucket(BUCKET, bucket -> bucket.withVersioning(Versioning.ENABLED));
        VersionId marker = newVersion();
        assertEquals(new Deletion.Done(true, Optional.of(marker)), hide("k", marker));
        assertEquals(Optional.of(nulled), find("k", VersionId.NULL));
        catalog.updateBucket(BUCKET, bucket -> bucket.withVersioning(Versioning.SUSPENDED));
        assertEquals(new Deletion.Done(false, Optional.of(VersionId.NULL)), hide("k", newVersion()));
        assertTrue(find("k", VersionId.NULL).orElseThrow().deleteMarker());
    }

    @Test
    void aMarkerMayStandAlone() {
        createBucket(Versioning.ENABLED);
        VersionId marker = newVersion();
        assertEquals(new Deletion.Done(false, Optional.of(marker)), hide("k", marker));
        assertEquals(marker, current("k").orElseThrow().id());
        remove("k", marker);
        assertTrue(current("k").isEmpty());
    }

    @Test
    void removingTheNewestBringsBackTheOneBefore() {
        createBucket(Versioning.ENABLED);
        ObjectVersion first = put("k", newVersion());
        ObjectVersion second = put("k", newVersion());
        ObjectVersion third = put("k", newVersion());
        remove("k", second.id());
        assertEquals(Optional.of(third), current("k"));
        remove("k", third.id());
        assertEquals(Optional.of(first), current("k"));
        remove("k", first.id());
        assertTrue(current("k").isEmpty());
        assertEquals(3, reclaimable().size());
    }

    @Test
    void removingWhatIsNotThereSucceeds() {
        createBucket(Versioning.ENABLED);
        assertEquals(new Deletion.Done(false, Optional.empty()), remove("k", newVersion()));
        put("k", newVersion());
        assertEquals(new Deletion.Done(false, Optional.empty()), remove("k", newVersion()));
        assertEquals(new Deletion.Done(false, Optional.empty()), remove("k", VersionId.NULL));
    }

    @Test
    void aThousandDeletionsAreOneCommitAndEachStandsForItself() {
        createBucket(Versioning.OFF);
        List<Deletion> deletions = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            if (i % 2 == 0) {
                put("k" + i, VersionId.NULL);
            }
            deletions.add(new Deletion.Remove(key("k" + i), VersionId.NULL, i == 10 ? ABSENT : WriteCondition.NONE));
        }
        List<Deletion.Outcome> outcomes = catalog.delete(BUCKET, deletions);
        assertEquals(1000, outcomes.size());
        for (int i = 0; i < 1000; i++) {
            if (i == 10) {
                assertInstanceOf(Deletion.Refused.class, outcomes.get(i));
            } else {
                assertEquals(new Deletion.Done(i % 2 == 0, Optional.empty()), outcomes.get(i));
            }
        }
        assertEquals(1, catalog.listObjects(all()).entries().size());
    }

    @Test
    void theSameKeyTwiceInOneDeletionIsDoneInOrder() {
        createBucket(Versioning.ENABLED);
        ObjectVersion version = put("k", newVersion());
        VersionId marker = newVersion();
        List<Deletion.Outcome> outcomes = catalog.delete(
                BUCKET,
                List.of(
                        new Deletion.Hide(key("k"), marker, Samples.NOON, WriteCondition.NONE),
                        new Deletion.Remove(key("k"), version.id(), WriteCondition.NONE),
                        new Deletion.Remove(key("k"), marker, WriteCondition.NONE),
                        new Deletion.Remove(key("k"), marker, WriteCondition.NONE)));
        assertEquals(
                List.of(
                        new Deletion.Done(true, Optional.of(marker)),
                        new Deletion.Done(true, Optional.empty()),
                        new Deletion.Done(true, Optional.of(marker)),
                        new Deletion.Done(false, Optional.empty())),
                outcomes);
        assertTrue(current("k").isEmpty());
    }

    @Test
    void anUpdateKeepsPartsAndPlace() {
        createBucket(Versioning.ENABLED);
        ObjectVersion first = put("k", newVersion());
        ObjectVersion second = put("k", newVersion());
        ObjectMetadata tagged = new ObjectMetadata(Map.of(), Map.of(), Map.of("t", "2"));
        ObjectVersion changed = catalog.update(BUCKET, key("k"), first.id(), v -> object("k", first.id()));
        assertEquals(first.parts(), changed.parts());
        catalog.update(
                BUCKET,
                key("k"),
                first.id(),
                v -> new ObjectVersion(
                        v.bucket(),
                        v.key(),
                        v.id(),
                        false,
                        5,
                        v.etag(),
                        v.lastModified(),
                        tagged,
                        true,
                        List.of(),
                        v.checksum()));
        ObjectVersion now = find("k", first.id()).orElseThrow();
        assertEquals(tagged, now.metadata());
        assertEquals(first.parts(), now.parts());
        assertEquals(first.size(), now.size());
        assertEquals(Optional.of(second), current("k"));
        assertTrue(reclaimable().isEmpty());
        assertThrows(NotFound.class, () -> catalog.update(BUCKET, key("k"), newVersion(), v -> v));
        assertThrows(NotFound.class, () -> catalog.update(BUCKET, key("none"), first.id(), v -> v));
    }

    @Test
    void aFunctionThatRefusesHasNoEffect() {
        createBucket(Versioning.ENABLED);
        ObjectVersion version = put("k", newVersion());
        StoreException no = new Conflict(Conflict.Kind.BUCKET_STATE, "no");
        assertEquals(
                no,
                assertThrows(
                        StoreException.class,
                        () -> catalog.update(BUCKET, key("k"), version.id(), v -> {
                            throw no;
                        })));
        assertEquals(Optional.of(version), current("k"));
    }

    // ---- inline bytes

    @Test
    void inlineBytesComeAndGoWithTheirVersion() {
        createBucket(Versioning.OFF);
        byte[] bytes = {1, 2, 3};
        ObjectVersion version = object("k", VersionId.NULL, blob(Form.INLINE, 3));
        catalog.put(version, Optional.of(bytes), WriteCondition.NONE);
        assertArrayEquals(
                bytes, catalog.inlineAtOnce(blobOf(version).id()).orWait().orElseThrow());
        ObjectVersion empty = object("k", VersionId.NULL, blob(Form.INLINE, 0));
        catalog.put(empty, Optional.of(new byte[0]), WriteCondition.NONE);
        assertTrue(catalog.inlineAtOnce(blobOf(version).id()).orWait().isEmpty());
        assertEquals(0, catalog.inlineAtOnce(blobOf(empty).id()).orWait().orElseThrow().length);
        remove("k", VersionId.NULL);
        assertTrue(catalog.inlineAtOnce(blobOf(empty).id()).orWait().isEmpty());
        assertTrue(reclaimable().isEmpty(), "inline blobs never appear in the reclaim queue");
    }

    @Test
    void aRefusedPutLeavesNothing() {
        createBucket(Versioning.OFF);
        put("k", VersionId.NULL);
        ObjectVersion refused = object("k", VersionId.NULL, blob(Form.INLINE, 1));
        assertThrows(PreconditionFailed.class, () -> catalog.put(refused, Optional.of(new byte[] {1}), ABSENT));
        assertTrue(catalog.inlineAtOnce(blobOf(refused).id()).orWait().isEmpty());
    }

    // ---- itself

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void answersAsTheModelDoes(@ForAll long seed) {
        try (Catalog fresh = create()) {
            CatalogProperty.check(fresh, seed, 120);
        }
    }

    @Test
    void itIsWritableAndSaysSo() {
        CatalogStatus before = catalog.status();
        assertTrue(before.writable());
        createBucket(Versioning.OFF);
        assertTrue(catalog.status().sequence() > before.sequence());
        assertEquals(before.epoch(), catalog.status().epoch());
    }
}
