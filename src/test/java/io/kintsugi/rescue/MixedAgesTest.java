package io.kintsugi.rescue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.VersionId;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.catalog.Reclaim;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.rescue.CatalogRebuild.Outcome;
import io.kintsugi.rescue.RescueStore.Line;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Rows of two ages come together, as when a range of keys could be read from an older replica only. */
class MixedAgesTest extends RebuildCase {
    private static final BucketName BUCKET = new BucketName("bucket");

    /** The rows of each drive as they are now. */
    private List<Map<KvSpace, List<KvRow>>> rows() {
        List<Map<KvSpace, List<KvRow>>> all = new ArrayList<>();
        CatalogRows.each(root, drive -> all.add(CatalogRows.read(drive)));
        return all;
    }

    /** Does something, and puts a space back as it was before; returns what there was behind it. */
    private Map<Bucket, List<Line>> changedAllBut(KvSpace space, Consumer<RescueStore> change) {
        List<Map<KvSpace, List<KvRow>>> old = rows();
        Map<Bucket, List<Line>> before;
        try (RescueStore store = new RescueStore(root)) {
            change.accept(store);
            before = store.namespace();
        }
        int[] number = {0};
        CatalogRows.each(root, drive -> {
            Map<KvSpace, List<KvRow>> rows = CatalogRows.read(drive);
            rows.put(space, old.get(number[0]++).get(space));
            CatalogRows.restore(drive, rows);
        });
        CatalogRows.makeStale(root);
        return before;
    }

    private static void assertNothingQueuedIsReferredTo(RescueStore store) {
        Set<BlobId> queued = store.catalog.reclaimable(Duration.ZERO, 1000).stream()
                .map(Reclaim::blob)
                .map(blob -> blob.id())
                .collect(Collectors.toSet());
        BlobPage page = store.catalog.blobs(Optional.empty(), 1000);
        List<BlobPage.Entry> referred = new ArrayList<>(page.entries());
        while (page.next().isPresent()) {
            page = store.catalog.blobs(page.next(), 1000);
            referred.addAll(page.entries());
        }
        assertFalse(referred.isEmpty());
        referred.forEach(entry -> assertFalse(
                queued.contains(entry.blob().id()), () -> "it is to be removed, and referred to: " + entry));
    }

    /** The reclaimer would remove the bytes of what is visible again. */
    @Test
    void whatAnOlderRowRefersToLeavesTheReclaimQueue() {
        ObjectVersion replaced;
        try (RescueStore store = new RescueStore(root)) {
            store.bucket("bucket", Versioning.OFF);
            store.put(BUCKET, "other", PACKED, 1);
            store.put(BUCKET, "dropped", PACKED, 4);
            replaced = store.put(BUCKET, "key", PACKED, 2);
        }
        changedAllBut(KvSpace.OBJECTS, store -> store.put(BUCKET, "key", 500, 3));
        rebuild(false, false);
        try (RescueStore store = new RescueStore(root)) {
            assertEquals(
                    List.of("dropped", "key", "other"),
                    store.versions(BUCKET).stream()
                            .map(line -> line.version().key().toString())
                            .toList());
            assertEquals(
                    replaced.etag(), store.versions(BUCKET).get(1).version().etag(), "its newer row is lost");
            assertNothingQueuedIsReferredTo(store);
            store.delete(BUCKET, "dropped", Optional.empty());
            assertEquals(1, store.catalog.reclaimable(Duration.ZERO, 100).size(), "it still takes entries");
        }
    }

    @Test
    void aPartThatWasReplacedLeavesTheReclaimQueueWithItsRow() {
        Upload upload;
        try (RescueStore store = new RescueStore(root)) {
            store.bucket("bucket", Versioning.OFF);
            upload = store.upload(BUCKET, "key");
            store.part(upload, 1, PACKED);
        }
        changedAllBut(KvSpace.PARTS, store -> store.part(upload, 1, FILES));
        rebuild(false, false);
        try (RescueStore store = new RescueStore(root)) {
            assertNothingQueuedIsReferredTo(store);
        }
    }

    /** Nobody could ever abort it: its parts would be referred to for ever. */
    @Test
    void partsOfAnUploadThatIsGoneGoWithIt() {
        Upload upload;
        List<UploadedPart> parts;
        Upload other;
        try (RescueStore store = new RescueStore(root)) {
            store.bucket("bucket", Versioning.OFF);
            upload = store.upload(BUCKET, "key");
            store.part(upload, 1, PACKED);
            store.part(upload, 2, 500);
            parts = store.catalog.listParts(upload, 0, 10);
            other = store.upload(BUCKET, "other");
            store.part(other, 1, PACKED);
        }
        changedAllBut(KvSpace.PARTS, store -> store.catalog.abortUpload(upload));
        rebuild(false, false);
        try (RescueStore store = new RescueStore(root)) {
            for (UploadedPart part : parts) {
                BlobId blob = part.part().blob().id();
                assertFalse(store.catalog.refersTo(
                        blob,
                        new BlobOrigin(
                                BUCKET,
                                upload.key(),
                                VersionId.NULL,
                                Optional.of(new BlobOrigin.Part(
                                        upload.id(), part.part().number())))));
                assertEquals(Optional.empty(), store.catalog.inlineAtOnce(blob).orWait());
            }
            assertEquals(1, store.catalog.listParts(other, 0, 10).size());
        }
    }

    /** What really was dropped stays in the queue. */
    @Test
    void whatNoRowRefersToStaysInTheReclaimQueue() {
        try (RescueStore store = new RescueStore(root)) {
            store.bucket("bucket", Versioning.OFF);
            store.put(BUCKET, "key", PACKED, 1);
            store.delete(BUCKET, "key", Optional.empty());
        }
        CatalogRows.makeStale(root);
        assertEquals(Outcome.DONE, rebuild(false, false));
        try (RescueStore store = new RescueStore(root)) {
            assertEquals(1, store.catalog.reclaimable(Duration.ZERO, 100).size());
        }
    }

    @Test
    void aVersionWithRowsOfTwoAgesIsOneVersionBehindTheMarkerThatHidIt() {
        try (RescueStore store = new RescueStore(root)) {
            store.bucket("bucket", Versioning.ENABLED);
            store.put(BUCKET, "key", 500, 1);
            store.put(BUCKET, "packed", PACKED, 2);
        }
        Map<Bucket, List<Line>> before = changedAllBut(KvSpace.OBJECTS, store -> {
            store.delete(BUCKET, "key", Optional.empty());
            store.delete(BUCKET, "packed", Optional.empty());
        });
        rebuild(false, false);
        assertSame(before, namespace());
    }

    @Test
    void aVersionWithRowsOfTwoAgesGoesAsAWholeAndItsBytesUntilThenStay() {
        ObjectVersion first;
        try (RescueStore store = new RescueStore(root)) {
            store.bucket("bucket", Versioning.ENABLED);
            first = store.put(BUCKET, "key", 500, 1);
        }
        changedAllBut(KvSpace.OBJECTS, store -> store.put(BUCKET, "key", PACKED, 2));
        rebuild(false, false);
        try (RescueStore store = new RescueStore(root)) {
            assertEquals(
                    2,
                    store.versions(BUCKET).size(),
                    () -> store.versions(BUCKET).toString());
            store.delete(BUCKET, "key", Optional.of(first.id()));
            assertEquals(
                    1,
                    store.versions(BUCKET).size(),
                    () -> store.versions(BUCKET).toString());
        }
    }

    /** It may be that of a version that was replaced: what is not known must not be taken for deleted. */
    @Test
    void aDamagedRowThatOnlyAnOlderReplicaHasIsSaidToBeOld() {
        try (RescueStore store = new RescueStore(root)) {
            store.bucket("bucket", Versioning.OFF);
            store.put(BUCKET, "key", PACKED, 1);
        }
        List<Map<KvSpace, List<KvRow>>> old = rows();
        ObjectVersion newer;
        try (RescueStore store = new RescueStore(root)) {
            newer = store.put(BUCKET, "key", PACKED, 2);
        }
        boolean[] restored = {false};
        int[] number = {0};
        CatalogRows.each(root, drive -> {
            Map<KvSpace, List<KvRow>> then = old.get(number[0]++);
            if (!restored[0] && !then.get(KvSpace.OBJECTS).isEmpty()) {
                CatalogRows.restore(drive, then);
                restored[0] = true;
            } else {
                damage(drive, KvSpace.OBJECTS);
            }
        });
        CatalogRows.makeStale(root);
        assertEquals(Outcome.DONE_WITH_LOSSES, rebuild(false, false), () -> String.join("\n", lines));
        assertTrue(
                lines.stream().anyMatch(line -> line.startsWith("damaged: a row of OBJECTS")),
                () -> String.join("\n", lines));
        assertTrue(lines.stream().noneMatch(line -> line.contains("complete up to")), () -> String.join("\n", lines));
        try (RescueStore store = new RescueStore(root)) {
            assertEquals(
                    List.of(newer),
                    store.versions(BUCKET).stream().map(Line::version).toList());
            assertNothingQueuedIsReferredTo(store);
        }
    }
}
