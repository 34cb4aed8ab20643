package io.kintsugi.catalog;

import static io.kintsugi.catalog.Samples.BUCKET;
import static io.kintsugi.catalog.Samples.blobOf;
import static io.kintsugi.catalog.Samples.key;
import static io.kintsugi.catalog.Samples.newVersion;
import static io.kintsugi.catalog.Samples.object;
import static io.kintsugi.catalog.Samples.upload;
import static io.kintsugi.catalog.Samples.uploaded;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where a blob lies, changed in the one row that refers to it: what every engine of {@link Catalog} does. */
public abstract class RelocationContract extends CatalogFixture {
    /** Closes the catalog, and opens what its drives hold. */
    protected abstract Catalog reopen();

    private static List<DriveId> drives(int first) {
        return IntStream.range(first, first + 3)
                .mapToObj(i -> new DriveId(new Id128(5, i)))
                .toList();
    }

    private static BlobOrigin origin(ObjectVersion version) {
        return new BlobOrigin(BUCKET, version.key(), version.id(), Optional.empty());
    }

    private static BlobOrigin origin(Upload upload, UploadedPart part) {
        BlobOrigin.Part of = new BlobOrigin.Part(upload.id(), part.part().number());
        return new BlobOrigin(BUCKET, upload.key(), VersionId.NULL, Optional.of(of));
    }

    private static ObjectVersion moved(ObjectVersion version, List<DriveId> drives) {
        ObjectPart part = version.parts().getFirst();
        return version.with(List.of(part.with(part.blob().at(drives))));
    }

    private UploadedPart putPart(Upload upload, int number) {
        UploadedPart part = uploaded(number, Form.FILES);
        catalog.putPart(upload, part, Optional.empty());
        return part;
    }

    @Test
    void theCurrentVersionIsFoundElsewhereAndIsElseTheSame() {
        createBucket(Versioning.OFF);
        ObjectVersion version = put("k", VersionId.NULL);
        assertTrue(catalog.relocate(blobOf(version), drives(1), origin(version)));
        assertEquals(Optional.of(moved(version, drives(1))), current("k"));
        assertEquals(
                Optional.of(blobOf(version).at(drives(1))),
                catalog.referred(blobOf(version).id(), origin(version)));
        assertEquals(List.of(), reclaimable(), "nothing was dropped");
        assertEquals(1, catalog.listVersions(all()).entries().size());
        catalog = reopen();
        assertEquals(Optional.of(moved(version, drives(1))), current("k"), "after a restart");
    }

    @Test
    void versionsOfTheHistoryKeepTheirPlaceInTheOrder() {
        createBucket(Versioning.ENABLED);
        ObjectVersion first = put("k", newVersion());
        ObjectVersion second = put("k", newVersion());
        ObjectVersion third = put("k", newVersion());
        assertTrue(catalog.relocate(blobOf(first), drives(1), origin(first)));
        assertTrue(catalog.relocate(blobOf(second), drives(4), origin(second)));
        assertEquals(
                List.of(third, moved(second, drives(4)), moved(first, drives(1))),
                catalog.listVersions(all()).entries().stream()
                        .map(entry -> find("k", versionId(entry)).orElseThrow())
                        .toList());
        remove("k", third.id());
        assertEquals(Optional.of(moved(second, drives(4))), current("k"), "what becomes current again");
        remove("k", second.id());
        assertEquals(blobOf(second).at(drives(4)), reclaimable().getLast().blob(), "what is reclaimed");
    }

    private static VersionId versionId(ListPage.Entry entry) {
        return ((ListPage.Version) entry).version().id();
    }

    @Test
    void onlyWhatIsStillThereAsItWasIsChanged() {
        createBucket(Versioning.OFF);
        ObjectVersion version = put("k", VersionId.NULL);
        BlobRef blob = blobOf(version);
        assertTrue(catalog.relocate(blob, drives(1), origin(version)));
        assertFalse(catalog.relocate(blob, drives(4), origin(version)), "it lies elsewhere already");
        assertEquals(Optional.of(moved(version, drives(1))), current("k"));
        ObjectVersion never = object("k", VersionId.NULL);
        assertFalse(catalog.relocate(blobOf(never), drives(4), origin(never)), "another blob");
        BlobOrigin elsewhere = origin(object("other", VersionId.NULL));
        assertFalse(catalog.relocate(blob.at(drives(1)), drives(4), elsewhere), "of another key");
        assertTrue(catalog.relocate(blob.at(drives(1)), drives(1), origin(version)), "to where it is");
    }

    @Test
    void anOverwrittenVersionIsRelocatedInTheQueueUntilItIsReclaimed() {
        createBucket(Versioning.OFF);
        ObjectVersion old = put("k", VersionId.NULL);
        ObjectVersion current = put("k", VersionId.NULL);
        Reclaim before = reclaimable().getFirst();
        assertTrue(catalog.relocate(blobOf(old), drives(1), origin(old)));
        assertEquals(Optional.of(current), current("k"));
        assertEquals(
                List.of(new Reclaim(before.sequence(), blobOf(old).at(drives(1)), before.dropped())), reclaimable());
        assertFalse(catalog.relocate(blobOf(old), drives(4), origin(old)));
        catalog.reclaimed(reclaimable());
        assertFalse(catalog.relocate(blobOf(old).at(drives(1)), drives(4), origin(old)));
        assertEquals(Optional.empty(), catalog.referred(blobOf(old).id(), origin(old)));
    }

    @Test
    void theQueueOutlivesItsBucket() {
        createBucket(Versioning.OFF);
        ObjectVersion version = put("k", VersionId.NULL);
        remove("k", VersionId.NULL);
        catalog.deleteBucket(BUCKET);
        assertTrue(catalog.relocate(blobOf(version), drives(1), origin(version)));
        assertEquals(blobOf(version).at(drives(1)), reclaimable().getFirst().blob());
    }

    @Test
    void partsAreRelocatedBeforeAndAfterTheUploadIsCompleted() {
        createBucket(Versioning.ENABLED);
        Upload upload = upload("k");
        catalog.createUpload(upload);
        UploadedPart first = putPart(upload, 1);
        UploadedPart second = putPart(upload, 2);
        BlobRef blob = first.part().blob();
        assertTrue(catalog.relocate(blob, drives(1), origin(upload, first)));
        UploadedPart moved = new UploadedPart(first.part().with(blob.at(drives(1))), first.lastModified());
        assertEquals(List.of(moved, second), catalog.listParts(upload, 0, 10));
        ObjectVersion version = Samples.multipart(upload, newVersion(), List.of(moved, second));
        catalog.completeUpload(upload, version, Optional.empty(), WriteCondition.NONE);
        put("k", newVersion());
        assertTrue(catalog.relocate(second.part().blob(), drives(4), origin(upload, second)));
        ObjectPart there = second.part().with(second.part().blob().at(drives(4)));
        assertEquals(Optional.of(version.with(List.of(moved.part(), there))), find("k", version.id()));
        assertEquals(List.of(), reclaimable());
    }

    @Test
    void theManifestIsRelocatedWithItsVersion() {
        createBucket(Versioning.ENABLED);
        Upload upload = upload("k");
        catalog.createUpload(upload);
        UploadedPart part = putPart(upload, 1);
        ObjectVersion version = Samples.multipart(upload, newVersion(), List.of(part));
        BlobRef manifest = Samples.blob(Form.PACKED, 50);
        catalog.relocate(part.part().blob(), drives(1), origin(upload, part));
        catalog.completeUpload(upload, version, Optional.of(manifest), WriteCondition.NONE);
        BlobOrigin origin = Manifest.origin(version, upload.id());
        assertEquals(Optional.of(manifest), catalog.referred(manifest.id(), origin));
        assertTrue(catalog.relocate(manifest, drives(4), origin));
        assertEquals(Optional.of(manifest.at(drives(4))), catalog.referred(manifest.id(), origin));
        assertTrue(catalog.relocate(part.part().blob().at(drives(1)), drives(7), origin(upload, part)));
        assertEquals(Optional.of(moved(version, drives(7))), current("k"));
        assertEquals(
                Optional.of(manifest.at(drives(4))),
                blobs().stream()
                        .filter(entry -> entry.origin().equals(origin))
                        .map(BlobPage.Entry::blob)
                        .findFirst());
        remove("k", version.id());
        assertEquals(2, reclaimable().size());
        assertTrue(catalog.relocate(manifest.at(drives(4)), drives(1), origin), "in the queue");
    }

    private List<BlobPage.Entry> blobs() {
        List<BlobPage.Entry> all = new ArrayList<>();
        Optional<String> next = Optional.empty();
        do {
            BlobPage page = catalog.blobs(next, 10);
            all.addAll(page.entries());
            next = page.next();
        } while (next.isPresent());
        return all;
    }

    @Test
    void aCompletionThatKnowsAPartFromBeforeTakesItWhereItLies() {
        createBucket(Versioning.ENABLED);
        Upload upload = upload("k");
        catalog.createUpload(upload);
        UploadedPart part = putPart(upload, 1);
        ObjectVersion version = Samples.multipart(upload, newVersion(), List.of(part));
        assertTrue(catalog.relocate(part.part().blob(), drives(1), origin(upload, part)));
        catalog.completeUpload(upload, version, Optional.empty(), WriteCondition.NONE);
        assertEquals(Optional.of(moved(version, drives(1))), current("k"));
        assertFalse(catalog.relocate(part.part().blob(), drives(4), origin(upload, part)));
    }

    @Test
    void aPlacementMustFit() {
        createBucket(Versioning.OFF);
        ObjectVersion version = put("k", VersionId.NULL);
        List<DriveId> twice =
                List.of(drives(1).getFirst(), drives(1).getFirst(), drives(1).getLast());
        for (List<DriveId> wrong : List.of(drives(1).subList(0, 2), twice)) {
            assertThrows(
                    IllegalArgumentException.class, () -> catalog.relocate(blobOf(version), wrong, origin(version)));
        }
        BlobRef inline = Samples.blob(Form.INLINE, 3);
        assertThrows(IllegalArgumentException.class, () -> catalog.relocate(inline, List.of(), origin(version)));
        assertEquals(Optional.of(version), current("k"));
    }

    /** Of two that move the same blob one wins, and an overwrite takes along what was recorded last. */
    @Test
    void movesRaceWithEachOtherAndWithOverwrites() throws Exception {
        createBucket(Versioning.OFF);
        for (int round = 0; round < 50; round++) {
            ObjectVersion version = put("k", VersionId.NULL);
            List<Boolean> won = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<Boolean>> movers = IntStream.of(1, 4)
                        .mapToObj(i ->
                                threads.submit(() -> catalog.relocate(blobOf(version), drives(i), origin(version))))
                        .toList();
                Future<ObjectVersion> overwrite = threads.submit(() -> put("k", VersionId.NULL));
                for (Future<Boolean> mover : movers) {
                    won.add(mover.get());
                }
                assertEquals(Optional.of(overwrite.get()), current("k"));
            }
            assertEquals(1, won.stream().filter(w -> w).count());
            List<DriveId> recorded = drives(won.getFirst() ? 1 : 4);
            BlobRef queued = reclaimable().stream()
                    .map(Reclaim::blob)
                    .filter(blob -> blob.id().equals(blobOf(version).id()))
                    .findFirst()
                    .orElseThrow();
            assertEquals(recorded, queued.placement());
            catalog.reclaimed(reclaimable());
            remove("k", VersionId.NULL);
            catalog.reclaimed(reclaimable());
        }
    }

    @Test
    void whatIsInTheSameCommitIsSeen() throws Exception {
        createBucket(Versioning.ENABLED);
        ObjectVersion version = put("k", newVersion());
        int moves = 20;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> all = IntStream.range(0, moves)
                    .mapToObj(i ->
                            threads.submit(() -> catalog.relocate(blobOf(version), drives(10 + i), origin(version))))
                    .toList();
            int won = 0;
            for (Future<Boolean> one : all) {
                won += one.get() ? 1 : 0;
            }
            assertEquals(1, won);
        }
        assertTrue(find("k", version.id()).isPresent());
        assertEquals(key("k"), find("k", version.id()).orElseThrow().key());
    }
}
