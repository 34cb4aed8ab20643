package io.kintsugi.catalog;

import static io.kintsugi.catalog.Samples.BUCKET;
import static io.kintsugi.catalog.Samples.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Deletion;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.UploadsQuery;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.sim.SimTopology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Objects of many parts have long rows: what handles many of them at once does so with bounded memory and commits. */
class ManyPartsTest {
    private static final int OBJECTS = 20;
    private static final int PARTS = 500;
    /** A commit of 64 KiB has the removal of one of these objects, or little more. */
    private static final long BATCH_BYTES = 64 << 10;

    private final SimTopology drives = new SimTopology(new ErasureCode(2, 1));

    @AutoClose
    private final Catalog catalog =
            EmbeddedCatalog.open(drives, Clock.SYSTEM, SimCatalogs.QUICK.withBatchBytes(BATCH_BYTES));

    private List<ObjectVersion> put(Versioning versioning) {
        catalog.createBucket(Samples.bucket(versioning));
        List<UploadedPart> parts = IntStream.rangeClosed(1, PARTS)
                .mapToObj(number -> Samples.uploaded(number, Form.FILES))
                .toList();
        List<ObjectVersion> versions = new ArrayList<>();
        for (int i = 0; i < OBJECTS; i++) {
            VersionId id = versioning == Versioning.OFF ? VersionId.NULL : Samples.newVersion();
            ObjectVersion version = Samples.multipart(Samples.upload("k" + (10 + i)), id, parts);
            catalog.put(version, Optional.empty(), WriteCondition.NONE);
            versions.add(version);
        }
        return versions;
    }

    private ListPage listed() {
        return catalog.listObjects(new ListQuery(BUCKET, "", Optional.empty(), new ListQuery.Beginning(), 1000));
    }

    @Test
    void aBatchOfDeletionsIsSeveralCommitsWhereOneWouldBeTooLarge() {
        List<Deletion> deletions = new ArrayList<>();
        put(Versioning.OFF)
                .forEach(version ->
                        deletions.add(new Deletion.Remove(version.key(), VersionId.NULL, WriteCondition.NONE)));
        long before = catalog.status().sequence();
        List<Deletion.Outcome> outcomes = catalog.delete(BUCKET, deletions);
        assertEquals(OBJECTS, outcomes.size());
        outcomes.forEach(outcome -> assertEquals(new Deletion.Done(true, Optional.empty()), outcome));
        long commits = catalog.status().sequence() - before;
        assertTrue(commits >= OBJECTS / 2, commits + " commits");
        assertTrue(listed().entries().isEmpty());
        // the parts were the same of all objects here, so each is in the queue once
        assertEquals(PARTS, distinctQueued());
    }

    private long distinctQueued() {
        return catalog.reclaimable(Duration.ZERO, 2 * OBJECTS * PARTS).stream()
                .map(entry -> entry.blob().id())
                .distinct()
                .count();
    }

    @Test
    void markersOverObjectsOfManyPartsAreSeveralCommitsToo() {
        List<Deletion> deletions = new ArrayList<>();
        put(Versioning.ENABLED)
                .forEach(version -> deletions.add(
                        new Deletion.Hide(version.key(), Samples.newVersion(), Samples.NOON, WriteCondition.NONE)));
        deletions.add(new Deletion.Hide(
                key("z"),
                Samples.newVersion(),
                Samples.NOON,
                new WriteCondition(Optional.of("x"), false, Optional.empty(), OptionalLong.empty())));
        long before = catalog.status().sequence();
        List<Deletion.Outcome> outcomes = catalog.delete(BUCKET, deletions);
        long commits = catalog.status().sequence() - before;
        assertTrue(commits >= OBJECTS / 2, commits + " commits");
        assertEquals(OBJECTS + 1, outcomes.size());
        assertInstanceOf(Deletion.Refused.class, outcomes.getLast());
        assertTrue(listed().entries().isEmpty());
    }

    @Test
    void aBatchOfSmallObjectsIsOneCommit() {
        catalog.createBucket(Samples.bucket(Versioning.OFF));
        List<Deletion> deletions = new ArrayList<>();
        for (int i = 0; i < OBJECTS; i++) {
            ObjectVersion version = Samples.object("s" + i, VersionId.NULL);
            catalog.put(version, Optional.empty(), WriteCondition.NONE);
            deletions.add(new Deletion.Remove(version.key(), VersionId.NULL, WriteCondition.NONE));
        }
        long before = catalog.status().sequence();
        assertEquals(OBJECTS, catalog.delete(BUCKET, deletions).size());
        assertEquals(1, catalog.status().sequence() - before);
    }

    @Test
    void aBucketWithManyUploadsGoesInSeveralCommits() {
        catalog.createBucket(Samples.bucket(Versioning.OFF));
        upload(OBJECTS);
        long before = catalog.status().sequence();
        catalog.deleteBucket(BUCKET);
        long commits = catalog.status().sequence() - before;
        assertTrue(commits > 2, commits + " commits");
        assertEquals(OBJECTS * 50, distinctQueued());
        assertTrue(catalog.bucket(BUCKET).isEmpty());
        catalog.createBucket(Samples.bucket(Versioning.OFF));
        UploadsQuery all = new UploadsQuery(BUCKET, "", Optional.empty(), "", Optional.empty(), 10);
        assertTrue(catalog.listUploads(all).uploads().isEmpty());
    }

    private void upload(int uploads) {
        for (int i = 0; i < uploads; i++) {
            Upload upload = Samples.upload("u" + i);
            catalog.createUpload(upload);
            for (int number = 1; number <= 50; number++) {
                catalog.putPart(upload, Samples.uploaded(number, Form.FILES), Optional.empty());
            }
        }
    }

    /** A writer, and one who hides keys, who try all the time from the first of its commits on. */
    @Test
    void aBucketWhoseUploadsGoInSeveralCommitsGoesToTheEnd() throws Exception {
        catalog.createBucket(Samples.bucket(Versioning.ENABLED));
        upload(OBJECTS);
        long before = catalog.status().sequence();
        CompletableFuture<Void> deletion =
                CompletableFuture.runAsync(() -> catalog.deleteBucket(BUCKET), Thread::startVirtualThread);
        while (catalog.status().sequence() == before) {
            Thread.onSpinWait();
        }
        List<Runnable> attempts = List.of(
                () -> catalog.put(Samples.object("k", Samples.newVersion()), Optional.empty(), WriteCondition.NONE),
                () -> catalog.delete(
                        BUCKET,
                        List.of(new Deletion.Hide(key("h"), Samples.newVersion(), Samples.NOON, WriteCondition.NONE))),
                () -> catalog.createUpload(Samples.upload("new")));
        for (int i = 0; !deletion.isDone(); i++) {
            assertThrows(StoreException.class, attempts.get(i % attempts.size())::run);
        }
        deletion.get();
        assertTrue(catalog.bucket(BUCKET).isEmpty());
        assertEquals(OBJECTS * 50, distinctQueued());
    }

    @Test
    void aBucketThatIsThereAfterADeletionIsLikeAnyOther() {
        catalog.createBucket(Samples.bucket(Versioning.OFF));
        upload(OBJECTS);
        catalog.put(Samples.object("k", VersionId.NULL), Optional.empty(), WriteCondition.NONE);
        assertThrows(StoreException.Conflict.class, () -> catalog.deleteBucket(BUCKET));
        catalog.put(Samples.object("l", VersionId.NULL), Optional.empty(), WriteCondition.NONE);
        List<Deletion> all = List.of(
                new Deletion.Remove(key("k"), VersionId.NULL, WriteCondition.NONE),
                new Deletion.Remove(key("l"), VersionId.NULL, WriteCondition.NONE));
        catalog.delete(BUCKET, all);
        catalog.deleteBucket(BUCKET);
        catalog.createBucket(Samples.bucket(Versioning.OFF));
        catalog.put(Samples.object("k", VersionId.NULL), Optional.empty(), WriteCondition.NONE);
        assertEquals(1, listed().entries().size());
    }

    @Test
    void aBucketWithAnObjectKeepsItsUploads() {
        catalog.createBucket(Samples.bucket(Versioning.OFF));
        Upload upload = Samples.upload("u");
        catalog.createUpload(upload);
        catalog.put(Samples.object("k", VersionId.NULL), Optional.empty(), WriteCondition.NONE);
        assertThrows(StoreException.Conflict.class, () -> catalog.deleteBucket(BUCKET));
        assertTrue(catalog.upload(BUCKET, key("u"), upload.id()).isPresent());
    }
}
