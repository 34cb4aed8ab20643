package io.kintsugi.rescue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Bucket;
import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.Upload;
import io.kintsugi.cluster.DrainRequest;
import io.kintsugi.cluster.TopologyException;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveDirectory;
import io.kintsugi.drives.DriveInspection;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ScratchStore;
import io.kintsugi.rescue.CatalogRebuild.Outcome;
import io.kintsugi.rescue.RescueStore.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The catalog of a stopped store is lost in several ways, and made again. */
class CatalogRebuildTest {
    private static final int PACKED = 90_000;
    private static final int FILES = 700_000;
    private static final List<String> ODD =
            List.of("a/b/c", "ä 𝄞/ü", "nul\0in\0key", "trailing/", " ", "k".repeat(1024));

    @TempDir
    Path root;

    private final List<String> lines = new ArrayList<>();

    private Outcome rebuild(boolean dryRun, boolean force) {
        return rebuild(
                new CatalogRebuild.Order(RescueStore.folders(root), DrainRequest.NOTHING, dryRun, force, lines::add));
    }

    private Outcome rebuild(CatalogRebuild.Order order) {
        lines.clear();
        try (DriveResources resources = new DriveResources(8 << 20, 8 << 20)) {
            return new CatalogRebuild(order, resources).run();
        }
    }

    /** What needs no row of a catalog to come back. */
    private static void fillWithShards(RescueStore store) {
        BucketName plain = store.bucket("plain", Versioning.OFF);
        BucketName versioned = store.bucket("versioned", Versioning.ENABLED);
        int seed = 1;
        for (String key : ODD) {
            store.put(plain, key, seed % 2 == 0 ? PACKED : FILES, seed++);
            store.put(versioned, key, PACKED, seed++);
            store.put(versioned, key, FILES, seed++);
            store.put(versioned, key, PACKED + 1, seed++);
        }
        for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
            store.put(plain, "sum/" + algorithm, PACKED, algorithm);
            store.put(plain, "sum/files/" + algorithm, FILES, algorithm);
        }
        for (BucketName bucket : List.of(plain, versioned)) {
            Upload upload = store.upload(bucket, "in parts");
            store.complete(upload, List.of(store.part(upload, 2, PACKED), store.part(upload, 7, FILES)));
        }
    }

    /** What only rows know of. */
    private static void fillWithRows(RescueStore store) {
        BucketName plain = new BucketName("plain");
        BucketName versioned = new BucketName("versioned");
        BucketName suspended = store.bucket("suspended", Versioning.ENABLED);
        store.bucket("empty", Versioning.SUSPENDED);
        store.put(plain, "inline", 500, 99);
        store.put(plain, "nothing", 0, 99);
        store.put(versioned, "marked", PACKED, 98);
        store.delete(versioned, "marked", Optional.empty());
        store.put(suspended, "key", PACKED, 1);
        store.objects.setVersioning(suspended, Versioning.SUSPENDED);
        store.put(suspended, "key", 300, 2);
        store.put(suspended, "key", PACKED, 3);
        ObjectVersion gone = store.put(versioned, "removed", FILES, 97);
        store.delete(versioned, "removed", Optional.of(gone.id()));
        store.put(plain, "deleted", PACKED, 96);
        store.delete(plain, "deleted", Optional.empty());
        Upload upload = store.upload(plain, "under way");
        store.part(upload, 1, PACKED);
        Upload aborted = store.upload(plain, "aborted");
        store.part(aborted, 1, PACKED);
        Upload tail = store.upload(versioned, "inline tail");
        store.complete(tail, List.of(store.part(tail, 1, PACKED), store.part(tail, 2, 10)));
    }

    private Map<Bucket, List<Line>> fill(boolean withRows) {
        try (RescueStore store = new RescueStore(root)) {
            fillWithShards(store);
            if (withRows) {
                fillWithRows(store);
            }
            return store.namespace();
        }
    }

    private Map<Bucket, List<Line>> namespace() {
        try (RescueStore store = new RescueStore(root)) {
            return store.namespace();
        }
    }

    private static void assertSame(Map<Bucket, List<Line>> before, Map<Bucket, List<Line>> after) {
        assertEquals(before.keySet(), after.keySet());
        before.forEach((bucket, lines) -> assertEquals(
                String.join("\n", lines.stream().map(Line::toString).toList()),
                String.join("\n", after.get(bucket).stream().map(Line::toString).toList()),
                bucket.name().value()));
    }

    private void assertNoStart() {
        assertThrows(StoreException.Unavailable.class, () -> new RescueStore(root).close());
    }

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

    /** Flips a bit in the first row, when there is one. */
    private static boolean damage(Drive drive, KvSpace space) {
        List<KvRow> rows = CatalogRows.read(drive).get(space);
        if (rows.isEmpty()) {
            return false;
        }
        byte[] value = rows.getFirst().value();
        value[value.length / 2] ^= 1;
        drive.keyValue()
                .commit(new KvBatch().put(space, rows.getFirst().key(), value))
                .join();
        return true;
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

    /** @return the drive with the work space, the only one that has rows now */
    private Path cutOffWhileCopying() {
        try (DriveResources resources = new DriveResources(8 << 20, 8 << 20)) {
            CatalogRebuild cut = new CatalogRebuild(
                    new CatalogRebuild.Order(RescueStore.folders(root), DrainRequest.NOTHING, false, false, line -> {
                        if (line.startsWith("rows copied")) {
                            throw new IllegalStateException("cut off");
                        }
                    }),
                    resources);
            assertThrows(IllegalStateException.class, cut::run);
        }
        // as if it had been cut off behind the removal of the old replicas
        CatalogRows.wipe(root, CatalogRows.all());
        CatalogRows.each(
                root, drive -> drive.raiseCatalogEpoch(drive.catalogEpoch() + 1).join());
        return RescueStore.folders(root).getFirst().stream()
                .filter(ScratchStore::isThere)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aRebuildThatWasCutOffWhileCopyingGoesOnFromItsWorkSpace() {
        Map<Bucket, List<Line>> before = fill(true);
        CatalogRows.makeStale(root);
        Path home = cutOffWhileCopying();
        assertNoStart();
        rebuild(true, false);
        assertTrue(ScratchStore.isThere(home), "a dry run takes the only rows that there are away");
        assertEquals(Outcome.DONE, rebuild(false, false), () -> String.join("\n", lines));
        assertTrue(lines.stream().anyMatch(line -> line.contains("goes on")), () -> String.join("\n", lines));
        assertSame(before, namespace());
        assertFalse(ScratchStore.isThere(home));
    }

    /** What was lost was listed by the run that gathered; the one that ends it has no list, and must not say "done". */
    @Test
    void aRebuildWithLossesThatGoesOnAfterACutEndsWithLosses() {
        fill(true);
        CatalogRows.each(root, drive -> damage(drive, KvSpace.INLINE));
        CatalogRows.makeStale(root);
        cutOffWhileCopying();
        assertEquals(Outcome.DONE_WITH_LOSSES, rebuild(true, false), () -> String.join("\n", lines));
        assertEquals(Outcome.DONE_WITH_LOSSES, rebuild(false, false), () -> String.join("\n", lines));
        assertTrue(lines.stream().anyMatch(line -> line.contains("goes on")), () -> String.join("\n", lines));
        assertTrue(lines.stream().anyMatch(line -> line.contains("listed by the run")), () -> String.join("\n", lines));
        assertEquals(Outcome.NOT_NEEDED, rebuild(false, false));
    }

    @Test
    void whatIsLeftOfAWorkSpaceWhoseRemovalWasCutOffIsRemoved() throws IOException {
        Map<Bucket, List<Line>> before = fill(true);
        CatalogRows.makeStale(root);
        cutOffWhileCopying();
        List<Path> left = new ArrayList<>();
        for (Path folder : RescueStore.folders(root).getFirst()) {
            Path removed = Files.createDirectory(folder.resolve("kv/rebuild.removed"));
            Files.createFile(removed.resolve("000004.sst"));
            left.add(removed);
        }
        assertEquals(Outcome.DONE, rebuild(false, false), () -> String.join("\n", lines));
        left.forEach(removed -> assertFalse(Files.exists(removed), removed::toString));
        assertSame(before, namespace());
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

    @Test
    void foldersThatAreNoStoreAreNotMadeOne() {
        assertThrows(TopologyException.class, () -> rebuild(false, false));
        assertFalse(Files.exists(root.resolve("drive1")));
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
}
