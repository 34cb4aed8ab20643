package io.kintsugi.objects;

import static io.kintsugi.objects.TestStore.BUCKET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.UploadsQuery;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class BucketsTest {
    private static final BucketName OTHER = new BucketName("another");

    @AutoClose
    private final TestStore store = new TestStore();

    private static void conflicts(StoreException.Conflict.Kind kind, Runnable request) {
        assertEquals(
                kind, assertThrows(StoreException.Conflict.class, request::run).kind());
    }

    @Test
    void aBucketHasItsDateAndNoVersioning() {
        Bucket made = store.objects.createBucket(OTHER);
        assertEquals(new Bucket(OTHER, store.clock.now(), Bucket.Versioning.OFF), made);
        assertEquals(made, store.objects.bucket(OTHER));
        conflicts(StoreException.Conflict.Kind.BUCKET_EXISTS, () -> store.objects.createBucket(OTHER));
    }

    @Test
    void bucketsAreListedByName() {
        store.objects.createBucket(OTHER);
        assertEquals(List.of(OTHER, BUCKET), names("", Optional.empty(), 10));
        assertEquals(List.of(BUCKET), names("", Optional.of(OTHER), 10));
        assertEquals(List.of(OTHER), names("a", Optional.empty(), 10));
        assertEquals(List.of(OTHER), names("", Optional.empty(), 1));
    }

    private List<BucketName> names(String prefix, Optional<BucketName> after, int limit) {
        return store.objects.listBuckets(prefix, after, limit).stream()
                .map(Bucket::name)
                .toList();
    }

    @Test
    void onlyAnEmptyBucketIsDeleted() {
        store.versioning(Bucket.Versioning.ENABLED);
        VersionId version = store.put("x").id();
        DeleteObjects.Deleted marked = (DeleteObjects.Deleted) store.delete(Optional.empty(), WriteCondition.NONE);
        store.delete(Optional.of(version), WriteCondition.NONE);
        conflicts(StoreException.Conflict.Kind.BUCKET_NOT_EMPTY, () -> store.objects.deleteBucket(BUCKET));
        store.delete(marked.marker(), WriteCondition.NONE);
        store.objects.deleteBucket(BUCKET);
        assertThrows(StoreException.NotFound.class, () -> store.objects.bucket(BUCKET));
        assertThrows(StoreException.NotFound.class, () -> store.objects.deleteBucket(BUCKET));
    }

    @Test
    void versioningIsSuspendedButNeverUndone() {
        assertFalse(store.objects.hasVersionsAtOnce(BUCKET).orWait());
        assertEquals(
                Bucket.Versioning.SUSPENDED,
                store.objects.setVersioning(BUCKET, Bucket.Versioning.SUSPENDED).versioning());
        store.versioning(Bucket.Versioning.ENABLED);
        conflicts(StoreException.Conflict.Kind.BUCKET_STATE, () -> store.versioning(Bucket.Versioning.OFF));
        assertEquals(Bucket.Versioning.ENABLED, store.objects.bucket(BUCKET).versioning());
        store.versioning(Bucket.Versioning.SUSPENDED);
        assertTrue(store.objects.hasVersionsAtOnce(BUCKET).orWait());
        assertFalse(store.objects.hasVersionsAtOnce(new BucketName("nowhere")).orWait());
    }

    @Test
    void theStateDecidesTheNamesOfVersions() {
        ObjectVersion off = store.put("off");
        store.versioning(Bucket.Versioning.ENABLED);
        ObjectVersion enabled = store.put("enabled");
        store.versioning(Bucket.Versioning.SUSPENDED);
        ObjectVersion suspended = store.put("suspended");
        assertEquals(VersionId.NULL, off.id());
        assertEquals(VersionId.NULL, suspended.id());
        ListQuery all = new ListQuery(BUCKET, "", Optional.empty(), new ListQuery.Beginning(), 10);
        assertEquals(2, store.objects.listVersions(all).entries().size(), "the null version was replaced");
        assertEquals(1, store.objects.listObjects(all).entries().size());
        assertEquals(7, TestStore.bytes(store.objects.get(TestStore.getRequest(enabled.id()))).length);
    }

    @Test
    void uploadsAreListedUntilTheyEnd() {
        UploadsQuery all = new UploadsQuery(BUCKET, "", Optional.empty(), "", Optional.empty(), 10);
        Uploading one = new Uploading(store, Optional.empty());
        Uploading two = new Uploading(store, Optional.empty());
        assertEquals(2, store.objects.listUploads(all).uploads().size());
        store.objects.abortUpload(one.name());
        two.complete(List.of(two.part(1, new byte[10])));
        assertEquals(0, store.objects.listUploads(all).uploads().size());
    }
}
