package io.kintsugi.rescue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Bucket;
import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.base.Upload;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.cluster.DrainRequest;
import io.kintsugi.drives.DriveDirectory;
import io.kintsugi.drives.DriveInspection;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.objects.CompleteUpload;
import io.kintsugi.objects.UploadName;
import io.kintsugi.rescue.CatalogRebuild.Outcome;
import io.kintsugi.rescue.RescueStore.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The catalog of a stopped store is lost in several ways, and made again. */
class CatalogRebuildTest extends RebuildCase {
    @Test
    void everyVersionThatIsInShardsComesBackFromShardsAlone() {
        Map<Bucket, List<Line>> before = fill(false);
        CatalogRows.wipe(root, CatalogRows.all());
        assertNoStart();
        assertEquals(Outcome.DONE, rebuild(false, false), () -> String.join("\n", lines));
        Map<Bucket, List<Line>> after = namespace();
        assertEquals(
                before.keySet().stream().map(Bucket::name).toList(),
                after.keySet().stream().map(Bucket::name).toList());
        assertEquals(
                before.keySet().stream().map(Bucket::versioning).toList(),
                after.keySet().stream().map(Bucket::versioning).toList());
        assertEquals(
                before.values().stream()
                        .flatMap(List::stream)
                        .map(Line::toString)
                        .toList(),
                after.values().stream()
                        .flatMap(List::stream)
                        .map(Line::toString)
                        .toList());
        assertEquals(Outcome.NOT_NEEDED, rebuild(false, false));
    }

    @Test
    void everythingComesBackFromStaleReplicas() {
        Map<Bucket, List<Line>> before = fill(true);
        CatalogRows.makeStale(root);
        assertNoStart();
        assertEquals(Outcome.DONE, rebuild(false, false), () -> String.join("\n", lines));
        assertSame(before, namespace());
    }

    @Test
    void everythingComesBackWhenOnlyTheStateRowsAreGone() {
        Map<Bucket, List<Line>> before = fill(true);
        CatalogRows.wipe(root, KvSpace.META);
        assertNoStart();
        assertEquals(Outcome.DONE, rebuild(false, false), () -> String.join("\n", lines));
        assertSame(before, namespace());
    }

    @Test
    void whatWasWrittenSinceAStaleReplicaIsFoundInShardsAndWhatItDroppedStaysAway() {
        List<Map<KvSpace, List<KvRow>>> old = new ArrayList<>();
        fill(true);
        CatalogRows.each(root, drive -> old.add(CatalogRows.read(drive)));
        BucketName plain = new BucketName("plain");
        BucketName versioned = new BucketName("versioned");
        Map<Bucket, List<Line>> before;
        try (RescueStore store = new RescueStore(root)) {
            store.put(plain, ODD.getFirst(), FILES, 1001);
            store.put(plain, "new", PACKED, 1002);
            store.put(versioned, "marked", PACKED, 1003);
            store.put(versioned, ODD.get(2), FILES, 1004);
            store.put(store.bucket("younger", Versioning.ENABLED), "key", PACKED, 1005);
            Upload upload = store.upload(versioned, "in parts");
            store.complete(upload, List.of(store.part(upload, 1, FILES)));
            before = store.namespace();
        }
        int[] number = {0};
        CatalogRows.each(root, drive -> CatalogRows.restore(drive, old.get(number[0]++)));
        CatalogRows.makeStale(root);
        assertEquals(Outcome.DONE, rebuild(false, false), () -> String.join("\n", lines));
        Map<Bucket, List<Line>> after = namespace();
        assertEquals(
                before.values().stream()
                        .flatMap(List::stream)
                        .map(Line::toString)
                        .toList(),
                after.values().stream()
                        .flatMap(List::stream)
                        .map(Line::toString)
                        .toList());
    }

    @Test
    void aDamagedRowIsTakenFromAnotherReplicaAndMissedWhenNoneHasIt() {
        Map<Bucket, List<Line>> before = fill(true);
        boolean[] damaged = {false};
        CatalogRows.each(root, d -> damaged[0] = damaged[0] || damage(d, KvSpace.OBJECTS));
        assertTrue(damaged[0], "no drive has a replica");
        CatalogRows.makeStale(root);
        assertEquals(Outcome.DONE, rebuild(false, false), () -> String.join("\n", lines));
        assertSame(before, namespace());
        CatalogRows.each(root, d -> damage(d, KvSpace.INLINE));
        CatalogRows.makeStale(root);
        assertEquals(Outcome.DONE_WITH_LOSSES, rebuild(false, false), () -> String.join("\n", lines));
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("lost: ")), () -> String.join("\n", lines));
    }

    @Test
    void withoutAnyKeyValueStoreWhatIsInFilesComesBack() throws IOException {
        Map<Bucket, List<Line>> before = fill(false);
        for (Path folder : RescueStore.folders(root).getFirst()) {
            try (Stream<Path> files = Files.walk(folder.resolve("kv"))) {
                for (Path file : files.filter(f -> f.getFileName().toString().startsWith("MANIFEST"))
                        .toList()) {
                    Files.write(file, new byte[1000]);
                }
            }
        }
        assertEquals(Outcome.DONE, rebuild(false, false), () -> String.join("\n", lines));
        List<String> files = before.values().stream()
                .flatMap(List::stream)
                .filter(line -> !line.version().multipart() && line.version().size() == FILES)
                .map(line -> line.version().toString())
                .toList();
        assertEquals(
                files,
                namespace().values().stream()
                        .flatMap(List::stream)
                        .map(line -> line.version().toString())
                        .toList());
    }

    /** It is none that was never used: it would begin empty, and remove all shards as nothing refers to them. */
    @Test
    void aStoreAllOfWhoseKeyValueStoresAreGoneDoesNotStartAndSaysWhatToDo() throws IOException {
        fill(false);
        for (Path folder : RescueStore.folders(root).getFirst()) {
            Files.move(folder.resolve("kv"), root.resolve("kv of " + folder.getFileName()));
        }
        for (int attempt = 0; attempt < 2; attempt++) {
            Unavailable refusal = assertThrows(Unavailable.class, () -> new RescueStore(root).close());
            assertTrue(refusal.getMessage().contains("kintsugi rebuild-catalog"), refusal::getMessage);
        }
        assertEquals(Outcome.DONE, rebuild(false, false), () -> String.join("\n", lines));
    }

    @Test
    void aDryRunChangesNothingAndAGoodCatalogIsLeftAlone() {
        Map<Bucket, List<Line>> before = fill(true);
        assertEquals(Outcome.NOT_NEEDED, rebuild(false, false));
        assertSame(before, namespace());
        CatalogRows.makeStale(root);
        assertEquals(Outcome.DONE, rebuild(true, false));
        assertNoStart();
        assertEquals(Outcome.DONE, rebuild(false, false));
        assertSame(before, namespace());
        assertEquals(Outcome.DONE, rebuild(false, true), "forced");
        assertSame(before, namespace());
    }

    @Test
    void aBlobOfWhichTooFewShardsAreLeftIsSaidAndNotShown() {
        BucketName bucket;
        ObjectVersion lost;
        try (RescueStore store = new RescueStore(root)) {
            bucket = store.bucket("bucket", Versioning.OFF);
            store.put(bucket, "kept", FILES, 1);
            lost = store.put(bucket, "lost", FILES, 2);
        }
        CatalogRows.wipe(root, CatalogRows.all());
        String blob = lost.parts().getFirst().blob().id().toString();
        for (int i = 1; i <= 3; i++) {
            Path leaf = root.resolve("drive" + i).resolve("shards").resolve(blob.substring(30));
            for (int index = 0; index < 4; index++) {
                leaf.resolve(blob + "." + index).toFile().delete();
            }
        }
        assertEquals(Outcome.DONE_WITH_LOSSES, rebuild(false, false), () -> String.join("\n", lines));
        assertTrue(
                lines.stream().anyMatch(line -> line.startsWith("lost: bucket/lost")), () -> String.join("\n", lines));
        try (RescueStore store = new RescueStore(root)) {
            assertEquals(
                    List.of("kept"),
                    store.versions(bucket).stream()
                            .map(line -> line.version().key().toString())
                            .toList());
        }
    }

    @Test
    void theNewestReplicaIsBelievedAndNotAnOlderOneBesideIt() {
        fill(true);
        List<Map<KvSpace, List<KvRow>>> old = new ArrayList<>();
        CatalogRows.each(root, drive -> old.add(CatalogRows.read(drive)));
        BucketName plain = new BucketName("plain");
        Map<Bucket, List<Line>> before;
        try (RescueStore store = new RescueStore(root)) {
            store.put(plain, "inline", 501, 7);
            store.delete(plain, "nothing", Optional.empty());
            before = store.namespace();
        }
        boolean[] restored = {false};
        int[] number = {0};
        CatalogRows.each(root, drive -> {
            Map<KvSpace, List<KvRow>> rows = old.get(number[0]++);
            if (!restored[0] && !rows.get(KvSpace.OBJECTS).isEmpty()) {
                CatalogRows.restore(drive, rows);
                restored[0] = true;
            }
        });
        assertTrue(restored[0]);
        CatalogRows.makeStale(root);
        assertEquals(Outcome.DONE, rebuild(false, false), () -> String.join("\n", lines));
        assertSame(before, namespace());
    }

    /** Without that row nobody could tell that its shards belong to the object: the orphan sweep would remove them. */
    @Test
    void whatAnUploadBecameIsKnownAgainByItsVersion() {
        Map<Bucket, List<Line>> before = fill(true);
        CatalogRows.wipe(root, KvSpace.PARTS);
        CatalogRows.makeStale(root);
        assertEquals(Outcome.DONE, rebuild(false, false), () -> String.join("\n", lines));
        try (RescueStore store = new RescueStore(root)) {
            assertSame(before, store.namespace());
            BlobPage page = store.catalog.blobs(Optional.empty(), 1000);
            int blobs = page.entries().size();
            while (page.next().isPresent()) {
                page = store.catalog.blobs(page.next(), 1000);
                blobs += page.entries().size();
                page.entries()
                        .forEach(entry -> assertTrue(
                                store.catalog.refersTo(entry.blob().id(), entry.origin()),
                                () -> "an orphan: " + entry));
            }
            assertTrue(blobs > 20, "there are only " + blobs);
        }
    }

    /** As when a range of rows could be read from an older replica only. */
    @Test
    void anUploadThatBecameAVersionCannotBeAbortedThoughItsRowsAreThere() {
        List<Map<KvSpace, List<KvRow>>> old = new ArrayList<>();
        Upload upload;
        List<CompleteUpload.Part> parts;
        try (RescueStore store = new RescueStore(root)) {
            upload = store.upload(store.bucket("plain", Versioning.OFF), "key");
            parts = List.of(store.part(upload, 1, PACKED), store.part(upload, 2, FILES));
        }
        CatalogRows.each(root, drive -> old.add(CatalogRows.read(drive)));
        Map<Bucket, List<Line>> before;
        try (RescueStore store = new RescueStore(root)) {
            store.complete(upload, parts);
            before = store.namespace();
        }
        int[] number = {0};
        CatalogRows.each(root, drive -> {
            Map<KvSpace, List<KvRow>> rows = CatalogRows.read(drive);
            Map<KvSpace, List<KvRow>> then = old.get(number[0]++);
            rows.put(KvSpace.PARTS, then.get(KvSpace.PARTS));
            rows.put(KvSpace.UPLOADS, then.get(KvSpace.UPLOADS));
            CatalogRows.restore(drive, rows);
        });
        CatalogRows.makeStale(root);
        assertEquals(Outcome.DONE, rebuild(false, false), () -> String.join("\n", lines));
        try (RescueStore store = new RescueStore(root)) {
            UploadName name = new UploadName(upload.bucket(), upload.key(), upload.id());
            assertThrows(StoreException.NotFound.class, () -> store.objects.abortUpload(name));
            assertSame(before, store.namespace());
            assertEquals(List.of(), store.catalog.reclaimable(Duration.ZERO, 100));
        }
    }

    /** Shards may have been moved to other drives since a row, or a manifest, was written. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whereShardsLieIsTakenFromTheDrives(boolean withRows) throws IOException {
        Map<Bucket, List<Line>> before = fill(withRows);
        swapAllFiles(root.resolve("drive1"), root.resolve("drive4"));
        swapAllFiles(root.resolve("drive2"), root.resolve("drive3"));
        CatalogRows.makeStale(root);
        if (!withRows) {
            CatalogRows.wipe(root, CatalogRows.all());
        }
        assertEquals(Outcome.DONE, rebuild(false, false), () -> String.join("\n", lines));
        try (DriveResources resources = new DriveResources(8 << 20, 8 << 20)) {
            StoreCheck.Order order = new StoreCheck.Order(RescueStore.folders(root), true, lines::add);
            assertEquals(
                    StoreCheck.Outcome.CLEAN, new StoreCheck(order, resources).run(), () -> String.join("\n", lines));
        }
        assertEquals(withoutPlaces(before), withoutPlaces(namespace()));
    }

    /** All versions with their bytes, but not where the bytes lie. */
    private static List<String> withoutPlaces(Map<Bucket, List<Line>> namespace) {
        return namespace.values().stream()
                .flatMap(List::stream)
                .map(line -> new Line(line.version().with(List.of()), line.latest(), line.bytes()).toString())
                .toList();
    }

    private static void swapAllFiles(Path one, Path other) throws IOException {
        Path between = one.resolveSibling("between");
        Files.move(one.resolve("shards"), between);
        Files.move(other.resolve("shards"), one.resolve("shards"));
        Files.move(between, other.resolve("shards"));
    }

    /** Shards that nothing referred to may lie on it, and be all that the new catalog has of an object. */
    @Test
    void aDriveThatWasDrainedGoesOnToBeEmptiedAndMustBeFoundEmptyAnew() throws IOException {
        new RescueStore(root).close();
        Files.createDirectories(root.resolve("drive5"));
        List<List<Path>> five = RescueStore.folders(root, 5);
        DriveStatus lowest;
        try (RescueStore store = new RescueStore(five, DrainRequest.NOTHING)) {
            lowest = store.topology.statuses().stream()
                    .min(Comparator.comparing(DriveStatus::id))
                    .orElseThrow();
        }
        // the one that a rebuild would choose first
        DriveId drained = lowest.id();
        Path first = Path.of(lowest.where());
        DrainRequest drain = DrainRequest.parse(List.of(lowest.where()));
        try (RescueStore store = new RescueStore(five, drain)) {
            store.topology.recordDrained(Set.of(drained));
        }
        assertEquals(List.of(drained), marks(first), "the drive knows");
        CatalogRows.each(five.getFirst(), drive -> CatalogRows.wipe(drive, KvSpace.META));
        rebuild(new CatalogRebuild.Order(five, drain, false, false, lines::add));
        assertEquals(List.of(), marks(first));
        String end = lines.getLast();
        assertTrue(end.startsWith("the catalog is there again") && !end.contains(drained.toString()), end);
        try (RescueStore store = new RescueStore(five, drain)) {
            DriveStatus status = store.topology.drive(drained).orElseThrow().status();
            assertEquals(DriveStatus.State.DRAINING, status.state());
            assertFalse(store.catalog.status().live().contains(drained));
        }
    }

    private static List<DriveId> marks(Path folder) {
        return ((DriveInspection.Ours) DriveDirectory.inspect(folder))
                .identity()
                .roster()
                .drained();
    }

    @Test
    void aShardThatCannotBeReadIsAsOneThatIsDamaged() throws IOException {
        Map<Bucket, List<Line>> before = fill(false);
        int unreadable = 0;
        for (Line line : before.values().stream().flatMap(List::stream).toList()) {
            String blob = line.version().parts().getFirst().blob().id().toString();
            for (Path folder : RescueStore.folders(root).getFirst()) {
                Path first =
                        folder.resolve("shards").resolve(blob.substring(30)).resolve(blob + ".0");
                if (Files.deleteIfExists(first)) {
                    Files.createSymbolicLink(first, first);
                    unreadable++;
                }
            }
        }
        assertTrue(unreadable > 0);
        CatalogRows.wipe(root, CatalogRows.all());
        assertEquals(Outcome.DONE, rebuild(false, false), () -> String.join("\n", lines));
        assertEquals(
                before.values().stream()
                        .flatMap(List::stream)
                        .map(Line::toString)
                        .toList(),
                namespace().values().stream()
                        .flatMap(List::stream)
                        .map(Line::toString)
                        .toList());
    }

    @Test
    void aListOfShardsThatCannotBeReadIsSaidAndMayHideALoss() throws IOException {
        fill(false);
        Path leaf = root.resolve("drive2").resolve("shards").resolve("zz");
        Files.createSymbolicLink(leaf, leaf);
        CatalogRows.wipe(root, CatalogRows.all());
        assertEquals(Outcome.DONE_WITH_LOSSES, rebuild(false, false), () -> String.join("\n", lines));
        assertEquals(
                1,
                lines.stream()
                        .filter(line -> line.startsWith("unreadable: the list"))
                        .count(),
                () -> String.join("\n", lines));
    }
}
