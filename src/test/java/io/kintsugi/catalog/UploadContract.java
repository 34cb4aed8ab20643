package io.kintsugi.catalog;

import static io.kintsugi.catalog.Samples.BUCKET;
import static io.kintsugi.catalog.Samples.key;
import static io.kintsugi.catalog.Samples.newVersion;
import static io.kintsugi.catalog.Samples.upload;
import static io.kintsugi.catalog.Samples.uploaded;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ChecksumType;
import io.kintsugi.base.Deletion;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException.Conflict;
import io.kintsugi.base.StoreException.NotFound;
import io.kintsugi.base.StoreException.PreconditionFailed;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.UploadsPage;
import io.kintsugi.base.UploadsQuery;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Uploads, the reclaim queue, and what refers to which blob: what every engine of {@link Catalog} does. */
public abstract class UploadContract {
    private Catalog catalog;

    /** A new, empty catalog. Its {@code close} frees all that it stands on. */
    protected abstract Catalog create();

    @BeforeEach
    void open() {
        catalog = create();
        catalog.createBucket(Samples.bucket(Versioning.ENABLED));
    }

    @AfterEach
    void close() {
        catalog.close();
    }

    private Upload begin(String key) {
        Upload upload = upload(key);
        catalog.createUpload(upload);
        return upload;
    }

    private UploadedPart putPart(Upload upload, int number) {
        UploadedPart part = uploaded(number, Form.FILES);
        catalog.putPart(upload, part, Optional.empty());
        return part;
    }

    private Set<BlobId> queued() {
        Set<BlobId> blobs = new HashSet<>();
        catalog.reclaimable(Duration.ZERO, 1000)
                .forEach(entry -> blobs.add(entry.blob().id()));
        return blobs;
    }

    private static BlobId blobOf(UploadedPart part) {
        return part.part().blob().id();
    }

    @Test
    void anUploadIsFoundUntilItEnds() {
        Upload upload = begin("k");
        assertEquals(Optional.of(upload), catalog.upload(BUCKET, key("k"), upload.id()));
        assertTrue(catalog.upload(BUCKET, key("other"), upload.id()).isEmpty());
        catalog.abortUpload(upload);
        assertTrue(catalog.upload(BUCKET, key("k"), upload.id()).isEmpty());
        NotFound again = assertThrows(NotFound.class, () -> catalog.abortUpload(upload));
        assertEquals(NotFound.Kind.UPLOAD, again.kind());
        assertThrows(NotFound.class, () -> putPart(upload, 1));
        assertThrows(NotFound.class, () -> catalog.listParts(upload, 0, 10));
    }

    @Test
    void partsAreListedByNumber() {
        Upload upload = begin("k");
        UploadedPart last = putPart(upload, 10_000);
        UploadedPart second = putPart(upload, 2);
        UploadedPart first = putPart(upload, 1);
        assertEquals(List.of(first, second, last), catalog.listParts(upload, 0, 10));
        assertEquals(List.of(first, second), catalog.listParts(upload, 0, 2));
        assertEquals(List.of(last), catalog.listParts(upload, 2, 10));
        assertEquals(List.of(), catalog.listParts(upload, 10_000, 10));
    }

    @Test
    void aPartIsReplacedByItsNumber() {
        Upload upload = begin("k");
        UploadedPart old = putPart(upload, 1);
        UploadedPart current = putPart(upload, 1);
        assertEquals(List.of(current), catalog.listParts(upload, 0, 10));
        assertEquals(Set.of(blobOf(old)), queued());
    }

    @Test
    void completingTurnsPartsIntoAVersion() {
        Upload upload = begin("k");
        UploadedPart unused = putPart(upload, 1);
        List<UploadedPart> used = List.of(putPart(upload, 2), putPart(upload, 7));
        ObjectVersion version = Samples.multipart(upload, newVersion(), used);
        catalog.completeUpload(upload, version, Optional.empty(), WriteCondition.NONE);
        assertEquals(Optional.of(version), catalog.find(BUCKET, key("k"), Optional.empty()));
        assertTrue(catalog.upload(BUCKET, key("k"), upload.id()).isEmpty());
        assertEquals(Set.of(blobOf(unused)), queued());
        assertThrows(
                NotFound.class, () -> catalog.completeUpload(upload, version, Optional.empty(), WriteCondition.NONE));
    }

    @Test
    void inlinePartsStayReadable() {
        Upload upload = begin("k");
        UploadedPart part = uploaded(1, Form.INLINE);
        catalog.putPart(upload, part, Optional.of(new byte[] {9}));
        UploadedPart gone = uploaded(2, Form.INLINE);
        catalog.putPart(upload, gone, Optional.of(new byte[] {8}));
        catalog.completeUpload(
                upload, Samples.multipart(upload, newVersion(), List.of(part)), Optional.empty(), WriteCondition.NONE);
        assertEquals(9, catalog.inlineAtOnce(blobOf(part)).orWait().orElseThrow()[0]);
        assertTrue(catalog.inlineAtOnce(blobOf(gone)).orWait().isEmpty());
        assertEquals(Set.of(), queued());
    }

    @Test
    void completingWithAReplacedPartIsRefused() {
        Upload upload = begin("k");
        UploadedPart old = putPart(upload, 1);
        ObjectVersion version = Samples.multipart(upload, newVersion(), List.of(old));
        UploadedPart current = putPart(upload, 1);
        Conflict refused = assertThrows(
                Conflict.class, () -> catalog.completeUpload(upload, version, Optional.empty(), WriteCondition.NONE));
        assertEquals(Conflict.Kind.CONCURRENT_CHANGE, refused.kind());
        assertTrue(catalog.find(BUCKET, key("k"), Optional.empty()).isEmpty());
        assertEquals(List.of(current), catalog.listParts(upload, 0, 10));
    }

    @Test
    void completingHasConditions() {
        Upload upload = begin("k");
        ObjectVersion version = Samples.multipart(upload, newVersion(), List.of(putPart(upload, 1)));
        catalog.put(Samples.object("k", newVersion()), Optional.empty(), WriteCondition.NONE);
        WriteCondition absent = new WriteCondition(Optional.empty(), true, Optional.empty(), OptionalLong.empty());
        assertThrows(PreconditionFailed.class, () -> catalog.completeUpload(upload, version, Optional.empty(), absent));
        assertEquals(1, catalog.listParts(upload, 0, 10).size());
        assertEquals(Set.of(), queued());
    }

    @Test
    void abortingDropsTheParts() {
        Upload upload = begin("k");
        Set<BlobId> blobs = Set.of(blobOf(putPart(upload, 1)), blobOf(putPart(upload, 2)));
        Upload other = begin("k");
        UploadedPart stays = putPart(other, 1);
        catalog.abortUpload(upload);
        assertEquals(blobs, queued());
        assertEquals(List.of(stays), catalog.listParts(other, 0, 10));
    }

    @Test
    void deletingTheBucketDropsItsUploads() {
        BlobId blob = blobOf(putPart(begin("k"), 1));
        begin("l");
        catalog.deleteBucket(BUCKET);
        assertEquals(Set.of(blob), queued());
        catalog.createBucket(Samples.bucket(Versioning.OFF));
        assertTrue(catalog.listUploads(query("", Optional.empty(), "", 10))
                .uploads()
                .isEmpty());
    }

    private static UploadsQuery query(String prefix, Optional<String> delimiter, String marker, int limit) {
        return new UploadsQuery(BUCKET, prefix, delimiter, marker, Optional.empty(), limit);
    }

    private static String keys(UploadsPage page) {
        List<String> keys = new ArrayList<>(page.commonPrefixes());
        page.uploads().forEach(u -> keys.add(u.key().value()));
        return String.join(" ", keys) + (page.truncated() ? " ..." : "");
    }

    @Test
    void uploadsAreListedByKeyAndPrefix() {
        List.of("b", "a/1", "a/2", "c", "\0").forEach(this::begin);
        Optional<String> none = Optional.empty();
        Optional<String> slash = Optional.of("/");
        assertEquals("\0 a/1 a/2 b c", keys(catalog.listUploads(query("", none, "", 10))));
        assertEquals("a/ \0 b c", keys(catalog.listUploads(query("", slash, "", 10))));
        assertEquals("a/ \0 ...", keys(catalog.listUploads(query("", slash, "", 2))));
        assertEquals("b c", keys(catalog.listUploads(query("", slash, "a/", 2))));
        assertEquals("a/1 a/2", keys(catalog.listUploads(query("a/", slash, "", 10))));
        assertEquals("a/2", keys(catalog.listUploads(query("a", none, "a/1", 10))));
        assertEquals("b c", keys(catalog.listUploads(query("", none, "a/2", 10))));
    }

    @Test
    void aListingOfUploadsKeepsNoMetadataButTheStorageClass() {
        Upload begun = begin("k");
        Upload large = new Upload(
                begun.bucket(),
                begun.key(),
                begun.id(),
                begun.initiated(),
                new ObjectMetadata(
                        new TreeMap<>(Map.of("content-type", "x".repeat(10_000))),
                        new TreeMap<>(Map.of("who", "me")),
                        new TreeMap<>(Map.of("tag", "1")),
                        "COLD"),
                Optional.of(new Upload.ChecksumPlan(ChecksumAlgorithm.CRC32C, ChecksumType.COMPOSITE)));
        catalog.abortUpload(begun);
        catalog.createUpload(large);
        assertEquals(Optional.of(large), catalog.upload(BUCKET, large.key(), large.id()));
        Upload listed = catalog.listUploads(query("", Optional.empty(), "", 10))
                .uploads()
                .getFirst();
        assertEquals(large.listed(), listed);
        assertEquals(ObjectMetadata.ofStorageClass("COLD"), listed.metadata());
    }

    @Test
    void uploadsOfOneKeyGoOnBehindTheirMarker() {
        Set<UploadId> begun = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            begun.add(begin("k").id());
        }
        Set<UploadId> seen = new HashSet<>();
        UploadsQuery query = query("", Optional.empty(), "", 2);
        UploadsPage page;
        do {
            page = catalog.listUploads(query);
            page.uploads().forEach(upload -> assertTrue(seen.add(upload.id())));
            query = new UploadsQuery(
                    BUCKET,
                    "",
                    Optional.empty(),
                    "k",
                    Optional.of(page.uploads().getLast().id()),
                    2);
        } while (page.truncated());
        assertEquals(begun, seen);
    }

    // ---- blobs

    @Test
    void theReclaimQueueIsOldestFirstAndForgetsWhatWasReclaimed() {
        Upload upload = begin("k");
        List<BlobId> dropped = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            dropped.add(blobOf(putPart(upload, 1)));
        }
        List<Reclaim> oldest = catalog.reclaimable(Duration.ZERO, 2);
        assertEquals(
                dropped.subList(0, 2), oldest.stream().map(r -> r.blob().id()).toList());
        assertTrue(catalog.reclaimable(Duration.ofHours(1), 10).isEmpty());
        catalog.reclaimed(oldest);
        assertEquals(Set.of(dropped.get(2)), queued());
        catalog.reclaimed(oldest);
    }

    @Test
    void aBlobIsReferredToFromPartToVersionToQueue() {
        Upload upload = begin("k");
        UploadedPart part = putPart(upload, 3);
        BlobOrigin origin =
                new BlobOrigin(BUCKET, key("k"), VersionId.NULL, Optional.of(new BlobOrigin.Part(upload.id(), 3)));
        assertTrue(catalog.refersTo(blobOf(part), origin));
        assertFalse(catalog.refersTo(blobOf(uploaded(3, Form.FILES)), origin));
        VersionId id = newVersion();
        catalog.completeUpload(
                upload, Samples.multipart(upload, id, List.of(part)), Optional.empty(), WriteCondition.NONE);
        assertTrue(catalog.refersTo(blobOf(part), origin));
        catalog.put(Samples.object("k", newVersion()), Optional.empty(), WriteCondition.NONE);
        assertTrue(catalog.refersTo(blobOf(part), origin));
        catalog.delete(BUCKET, List.of(new Deletion.Remove(key("k"), id, WriteCondition.NONE)));
        assertTrue(catalog.refersTo(blobOf(part), origin));
        catalog.reclaimed(catalog.reclaimable(Duration.ZERO, 10));
        assertFalse(catalog.refersTo(blobOf(part), origin));
    }

    @Test
    void aBlobOfAVersionIsReferredToByItsOrigin() {
        ObjectVersion version = Samples.object("k", newVersion());
        BlobId blob = Samples.blobOf(version).id();
        BlobOrigin origin = new BlobOrigin(BUCKET, key("k"), version.id(), Optional.empty());
        assertFalse(catalog.refersTo(blob, origin));
        catalog.put(version, Optional.empty(), WriteCondition.NONE);
        assertTrue(catalog.refersTo(blob, origin));
        catalog.put(Samples.object("k", newVersion()), Optional.empty(), WriteCondition.NONE);
        assertTrue(catalog.refersTo(blob, origin));
        BlobOrigin elsewhere = new BlobOrigin(BUCKET, key("l"), version.id(), Optional.empty());
        assertFalse(catalog.refersTo(blob, elsewhere));
    }

    @Test
    void allBlobsArePagedOnceWithTheirOrigins() {
        Map<BlobRef, BlobOrigin> expected = new HashMap<>();
        for (int i = 0; i < 5; i++) {
            ObjectVersion version = Samples.object("k" + i % 2, newVersion());
            catalog.put(version, Optional.empty(), WriteCondition.NONE);
            expected.put(
                    Samples.blobOf(version), new BlobOrigin(BUCKET, version.key(), version.id(), Optional.empty()));
            ObjectVersion inline = Samples.object("i" + i, newVersion(), Samples.blob(Form.INLINE, 1));
            catalog.put(inline, Optional.of(new byte[] {1}), WriteCondition.NONE);
        }
        for (String name : List.of("done", "open")) {
            Upload upload = begin(name);
            List<UploadedPart> parts = List.of(putPart(upload, 1), putPart(upload, 2), putPart(upload, 5));
            for (UploadedPart part : parts) {
                BlobOrigin.Part of =
                        new BlobOrigin.Part(upload.id(), part.part().number());
                expected.put(part.part().blob(), new BlobOrigin(BUCKET, upload.key(), VersionId.NULL, Optional.of(of)));
            }
            if (name.equals("done")) {
                catalog.completeUpload(
                        upload, Samples.multipart(upload, newVersion(), parts), Optional.empty(), WriteCondition.NONE);
            }
        }
        for (int limit : List.of(1, 2, 1000)) {
            assertEquals(expected, allBlobs(limit));
        }
    }

    /** A walk that did not meet a blob would say that it is whole without having looked. */
    @Test
    void noBlobHidesFromThePagesByMovingMeanwhile() {
        for (int at = 0; at < 6; at++) {
            // each before the keys of the turns before, so that a page of those has passed it
            Upload upload = begin("moves" + (9 - at));
            ObjectVersion old = Samples.object("old" + (9 - at), newVersion());
            catalog.put(old, Optional.empty(), WriteCondition.NONE);
            List<UploadedPart> parts = List.of(putPart(upload, 1));
            Set<BlobRef> met = new HashSet<>();
            Optional<String> next = Optional.empty();
            for (int page = 0; page == 0 || next.isPresent(); page++) {
                if (page == at) {
                    ObjectVersion whole = Samples.multipart(upload, newVersion(), parts);
                    catalog.completeUpload(upload, whole, Optional.empty(), WriteCondition.NONE);
                    catalog.put(Samples.object(old.key().value(), newVersion()), Optional.empty(), WriteCondition.NONE);
                }
                BlobPage read = catalog.blobs(next, 1);
                read.entries().forEach(e -> met.add(e.blob()));
                next = read.next();
            }
            assertTrue(met.contains(parts.getFirst().part().blob()), "a part, completed before page " + at);
            assertTrue(met.contains(Samples.blobOf(old)), "a version, overwritten before page " + at);
        }
    }

    @Test
    void versionsUnderDeleteMarkersAreMetWhereverTheyAre() {
        Set<BlobRef> all = new HashSet<>();
        for (String key : List.of("a", "b", "x", "y", "z")) {
            for (int i = 0; i < 2; i++) {
                ObjectVersion version = Samples.object(key, newVersion());
                catalog.put(version, Optional.empty(), WriteCondition.NONE);
                all.add(Samples.blobOf(version));
            }
        }
        for (String key : List.of("a", "y", "z")) {
            catalog.delete(
                    BUCKET, List.of(new Deletion.Hide(key(key), newVersion(), Instant.EPOCH, WriteCondition.NONE)));
        }
        for (int limit : List.of(1, 3, 1000)) {
            assertEquals(all, allBlobs(limit).keySet(), "of pages of " + limit);
        }
    }

    /** An older version goes to where a page has been when the newer ones are removed. */
    @Test
    void noVersionHidesFromThePagesByBecomingCurrentAgain() {
        for (int at = 0; at < 12; at++) {
            String key = "key" + (char) ('z' - at);
            List<ObjectVersion> versions = List.of(
                    Samples.object(key, newVersion()),
                    Samples.object(key, newVersion()),
                    Samples.object(key, newVersion()));
            versions.forEach(version -> catalog.put(version, Optional.empty(), WriteCondition.NONE));
            Set<BlobRef> met = new HashSet<>();
            Optional<String> next = Optional.empty();
            for (int page = 0; page == 0 || next.isPresent(); page++) {
                if (page == at) {
                    removed(versions.get(2));
                }
                if (page == at + 1) {
                    removed(versions.get(1));
                }
                BlobPage read = catalog.blobs(next, 1);
                read.entries().forEach(e -> met.add(e.blob()));
                next = read.next();
            }
            assertTrue(met.contains(Samples.blobOf(versions.get(0))), "current again before page " + at);
        }
    }

    private void removed(ObjectVersion version) {
        catalog.delete(
                version.bucket(), List.of(new Deletion.Remove(version.key(), version.id(), WriteCondition.NONE)));
    }

    private Map<BlobRef, BlobOrigin> allBlobs(int limit) {
        Map<BlobRef, BlobOrigin> found = new HashMap<>();
        Optional<String> next = Optional.empty();
        do {
            BlobPage page = catalog.blobs(next, limit);
            assertTrue(page.entries().size() <= limit);
            page.entries().forEach(e -> assertTrue(found.put(e.blob(), e.origin()) == null));
            next = page.next();
        } while (next.isPresent());
        return found;
    }
}
