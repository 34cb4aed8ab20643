package io.kintsugi.objects;

import static io.kintsugi.objects.TestStore.BUCKET;
import static io.kintsugi.objects.TestStore.KEY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Bucket;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class DeleteUseCaseTest {
    @AutoClose
    private final TestStore store = new TestStore();

    private Optional<VersionId> marker(Optional<VersionId> version) {
        return ((DeleteObjects.Deleted) store.delete(version, WriteCondition.NONE)).marker();
    }

    private Optional<ObjectVersion> current() {
        return store.catalog.find(BUCKET, KEY, Optional.empty());
    }

    @Test
    void withoutVersioningTheObjectIsGone() {
        store.put("x");
        assertEquals(Optional.empty(), marker(Optional.empty()));
        assertEquals(Optional.empty(), current());
        assertEquals(Optional.empty(), marker(Optional.empty()), "a second time is success");
    }

    @Test
    void withVersioningAMarkerHidesIt() {
        store.versioning(Bucket.Versioning.ENABLED);
        ObjectVersion version = store.put("x");
        VersionId marker = marker(Optional.empty()).orElseThrow();
        assertEquals(marker, current().orElseThrow().id());
        assertTrue(current().orElseThrow().deleteMarker());
        assertEquals(Optional.of(marker), marker(Optional.of(marker)), "removing it names it");
        assertEquals(version.id(), current().orElseThrow().id());
    }

    @Test
    void aMarkerIsMadeAlsoWhereNothingWas() {
        store.versioning(Bucket.Versioning.ENABLED);
        assertTrue(marker(Optional.empty()).isPresent());
        assertTrue(current().orElseThrow().deleteMarker());
    }

    @Test
    void whenSuspendedTheNullVersionIsReplaced() {
        store.put("null");
        store.versioning(Bucket.Versioning.ENABLED);
        ObjectVersion kept = store.put("kept");
        store.versioning(Bucket.Versioning.SUSPENDED);
        assertEquals(Optional.of(VersionId.NULL), marker(Optional.empty()));
        assertTrue(store.catalog
                .find(BUCKET, KEY, Optional.of(VersionId.NULL))
                .orElseThrow()
                .deleteMarker());
        assertEquals(
                Optional.of(kept.id()),
                store.catalog.find(BUCKET, KEY, Optional.of(kept.id())).map(ObjectVersion::id));
    }

    @Test
    void aVersionIsRemovedForGood() {
        store.versioning(Bucket.Versioning.ENABLED);
        ObjectVersion old = store.put("old");
        store.put("new");
        assertEquals(Optional.empty(), marker(Optional.of(old.id())));
        assertEquals("new", store.text());
        assertThrows(StoreException.NotFound.class, () -> store.objects.get(TestStore.getRequest(old.id())));
        assertEquals(Optional.empty(), marker(Optional.of(old.id())), "a second time is success");
    }

    /** Whoever was told that versions are kept from now on counts on the one that is there. */
    @Test
    void aDeletionThatBeganBeforeVersioningRemovesNothingBehindIt() {
        ObjectVersion old = store.put("old");
        Objects racing = new Objects(
                RacingCatalog.behind(store.catalog, "bucket", () -> store.versioning(Bucket.Versioning.ENABLED)),
                store.blobs,
                store.clock,
                Entropy.FAST,
                store.settings);
        DeleteObjects.Item item = new DeleteObjects.Item(KEY, Optional.empty(), WriteCondition.NONE);
        DeleteObjects.Item other = new DeleteObjects.Item(ObjectKey.of("other"), Optional.empty(), WriteCondition.NONE);
        List<DeleteObjects.Result> results = racing.delete(new DeleteObjects(BUCKET, List.of(item, other)));
        Optional<VersionId> marker = ((DeleteObjects.Deleted) results.getFirst()).marker();
        assertEquals(marker, current().map(ObjectVersion::id));
        assertTrue(current().orElseThrow().deleteMarker());
        assertEquals(Optional.of(old), store.catalog.find(BUCKET, KEY, Optional.of(VersionId.NULL)));
    }

    @Test
    void conditionsRefuseEachForItself() {
        ObjectVersion version = store.put("x");
        assertInstanceOf(DeleteObjects.Refused.class, store.delete(Optional.empty(), TestStore.ifMatch("\"no\"")));
        WriteCondition wrongSize = new WriteCondition(Optional.empty(), false, Optional.empty(), OptionalLong.of(2));
        assertInstanceOf(DeleteObjects.Refused.class, store.delete(Optional.empty(), wrongSize));
        WriteCondition wrongDate = new WriteCondition(
                Optional.empty(), false, Optional.of(store.clock.now().plusSeconds(1)), OptionalLong.empty());
        assertInstanceOf(DeleteObjects.Refused.class, store.delete(Optional.empty(), wrongDate));
        WriteCondition right = new WriteCondition(
                Optional.of(version.etag().quoted()), false, Optional.of(store.clock.now()), OptionalLong.of(1));
        assertInstanceOf(DeleteObjects.Deleted.class, store.delete(Optional.empty(), right));
    }

    @Test
    void whatIsNotThereIsAlreadyAsWanted() {
        WriteCondition unchanged =
                new WriteCondition(Optional.empty(), false, Optional.of(store.clock.now()), OptionalLong.of(1));
        assertInstanceOf(DeleteObjects.Deleted.class, store.delete(Optional.empty(), unchanged));
        DeleteObjects.Refused refused = (DeleteObjects.Refused) store.delete(Optional.empty(), TestStore.ifMatch("*"));
        assertInstanceOf(StoreException.NotFound.class, refused.reason());
    }

    @Test
    void aBatchAnswersInItsOrder() {
        store.put("x");
        DeleteObjects.Item there = new DeleteObjects.Item(KEY, Optional.empty(), WriteCondition.NONE);
        DeleteObjects.Item refused = new DeleteObjects.Item(KEY, Optional.empty(), TestStore.ifMatch("\"no\""));
        DeleteObjects.Item absent =
                new DeleteObjects.Item(ObjectKey.of("absent"), Optional.empty(), WriteCondition.NONE);
        List<DeleteObjects.Result> results =
                store.objects.delete(new DeleteObjects(BUCKET, List.of(refused, absent, there)));
        assertEquals(
                List.of(refused, absent, there),
                results.stream().map(DeleteObjects.Result::item).toList());
        assertInstanceOf(DeleteObjects.Refused.class, results.getFirst());
        assertEquals(new DeleteObjects.Deleted(absent, Optional.empty()), results.get(1));
        assertEquals(new DeleteObjects.Deleted(there, Optional.empty()), results.get(2));
        assertEquals(List.of(), store.objects.delete(new DeleteObjects(BUCKET, List.of())));
    }

    @Test
    void aBatchHasALimit() {
        DeleteObjects.Item item = new DeleteObjects.Item(KEY, Optional.empty(), WriteCondition.NONE);
        store.objects.delete(new DeleteObjects(BUCKET, Collections.nCopies(1000, item)));
        assertThrows(
                StoreException.Invalid.class,
                () -> store.objects.delete(new DeleteObjects(BUCKET, Collections.nCopies(1001, item))));
    }
}
