package io.kintsugi.rescue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Clock;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.Upload;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.catalog.Manifest;
import io.kintsugi.cluster.DrainRequest;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ShardName;
import io.kintsugi.rescue.CatalogRebuild.Outcome;
import io.kintsugi.rescue.RescueStore.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The catalog is made again while drives are away, and once more when they are back. */
class KeptAfterLossTest extends RebuildCase {
    private static final BucketName BUCKET = new BucketName("bucket");
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final String STAY = "blobs that nothing refers to stay";

    /** A store whose clock is ahead: what was written before is old for rows that are written now. */
    private RescueStore hoursLater(int hours) {
        Clock ahead = new Clock() {
            @Override
            public long millis() {
                return Clock.SYSTEM.millis() + Duration.ofHours(hours).toMillis();
            }

            @Override
            public long nanos() {
                return Clock.SYSTEM.nanos();
            }
        };
        return new RescueStore(RescueStore.folders(root), DrainRequest.NOTHING, ahead);
    }

    private void takeAway(String drive) throws IOException {
        Files.move(root.resolve(drive), root.resolve("away-" + drive));
    }

    private void bringBack(String drive) throws IOException {
        Files.move(root.resolve("away-" + drive), root.resolve(drive));
    }

    private boolean said(String begin) {
        return lines.stream().anyMatch(line -> line.startsWith(begin));
    }

    private String all() {
        return String.join("\n", lines);
    }

    private static BlobRef manifest(RescueStore store) {
        Optional<BlobRef> found = Optional.empty();
        BlobPage page = store.catalog.blobs(Optional.empty(), 1000);
        while (found.isEmpty()) {
            found = page.entries().stream()
                    .filter(entry -> entry.origin()
                            .part()
                            .filter(part -> part.number() == Manifest.NUMBER)
                            .isPresent())
                    .map(BlobPage.Entry::blob)
                    .findFirst();
            page = found.isPresent()
                    ? page
                    : store.catalog.blobs(Optional.of(page.next().orElseThrow()), 1000);
        }
        return found.get();
    }

    private void loseOnFirstDrive(BlobRef blob) {
        CatalogRows.each(
                List.of(root.resolve("drive1")),
                drive -> drive.deleteShard(
                                new ShardName(blob.id(), blob.placement().indexOf(drive.id())), blob.form())
                        .join());
    }

    /** Its parts are whole on the drives that are there, and nothing says any more that they are an object. */
    @Test
    void whatDrivesKnowOfThatWereAwayIsFoundWhenTheyAreBack() throws IOException {
        BlobRef manifest;
        try (RescueStore store = new RescueStore(root)) {
            store.bucket("bucket", Versioning.OFF);
            Upload upload = store.upload(BUCKET, "in parts");
            store.complete(upload, List.of(store.part(upload, 1, PACKED), store.part(upload, 2, FILES)));
            manifest = manifest(store);
        }
        Map<Bucket, List<Line>> before;
        try (RescueStore store = hoursLater(3)) {
            store.put(BUCKET, "later", PACKED, 5);
            before = store.namespace();
        }
        loseOnFirstDrive(manifest);
        CatalogRows.wipe(root, CatalogRows.all());
        takeAway("drive3");
        takeAway("drive4");
        assertEquals(Outcome.DONE_WITH_LOSSES, rebuild(false, false), this::all);
        assertTrue(said(STAY), this::all);
        bringBack("drive3");
        bringBack("drive4");
        try (RescueStore store = hoursLater(3)) {
            assertEquals(1, store.versions(BUCKET).size());
            assertTrue(store.catalog.keptBefore().isPresent());
        }
        try (RescueStore store = hoursLater(31 * 24)) {
            assertTrue(store.catalog.keptBefore().isEmpty(), "it has been long enough");
        }
        assertEquals(Outcome.DONE, rebuild(false, true), this::all);
        try (RescueStore store = new RescueStore(root)) {
            assertEquals(
                    before.values().stream()
                            .flatMap(List::stream)
                            .map(Line::toString)
                            .toList(),
                    store.versions(BUCKET).stream().map(Line::toString).toList());
            assertTrue(store.catalog.keptBefore().isEmpty());
        }
    }

    /** Small objects, markers and empty buckets are nowhere but in the rows. What the others knew is there once. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatAReplicaKnowsThatWasAwayComesBackWithIt(boolean othersKnow) throws IOException {
        Map<Bucket, List<Line>> before;
        try (RescueStore store = new RescueStore(root)) {
            fillWithBoth(store);
            Upload upload = store.upload(BUCKET, "in parts");
            store.complete(upload, List.of(store.part(upload, 1, PACKED), store.part(upload, 2, 100)));
            before = store.namespace();
        }
        String home = withReplica();
        takeAway(home);
        List<Path> others = there();
        KvSpace[] lost = othersKnow ? new KvSpace[] {KvSpace.META} : CatalogRows.all();
        CatalogRows.each(others, drive -> CatalogRows.wipe(drive, lost));
        rebuild(false, false);
        assertTrue(said(STAY), this::all);
        Map<Bucket, List<Line>> between;
        ObjectVersion[] written = {null};
        try (RescueStore store = hoursLater(3)) {
            store.put(BUCKET, "since", 500, 9);
            written[0] = store.put(BUCKET, "key", 500, 10);
            between = store.namespace();
        }
        assertEquals(othersKnow ? 3 : 1, between.size());
        bringBack(home);
        assertEquals(Outcome.DONE, rebuild(false, true), this::all);
        assertEquals(!othersKnow, said("hidden: bucket/hidden (version "), "it was visible between the rebuilds");
        Set<String> expected = new TreeSet<>(versions(before));
        expected.addAll(versions(between));
        Map<Bucket, List<Line>> after = namespace();
        assertEquals(states(before), states(after));
        assertEquals(expected, versions(after));
        assertEquals(
                List.of("hidden, marker", "in parts", "key", "since", "inline"),
                after.values().stream()
                        .flatMap(List::stream)
                        .filter(Line::latest)
                        .map(line -> line.version().key() + (line.version().deleteMarker() ? ", marker" : ""))
                        .toList());
        assertTrue(after.values().stream()
                .flatMap(List::stream)
                .filter(Line::latest)
                .anyMatch(line -> line.version().id().equals(written[0].id())));
    }

    /**
     * A store runs on without it, and gives no replica to a drive of which the rows are nowhere else: as many drives as
     * the code can lose were away, and others are not there yet.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatAReplicaKnowsThatWasAwayIsStillThereWhenItComesToAStoreThatRuns(boolean tooFewReplicas) throws Exception {
        Map<Bucket, List<Line>> before;
        try (RescueStore store = new RescueStore(root)) {
            fillWithBoth(store);
            before = store.namespace();
        }
        String home = withReplica();
        takeAway(home);
        List<Path> others = there();
        CatalogRows.each(others, drive -> CatalogRows.wipe(drive, CatalogRows.all()));
        String other = others.getFirst().getFileName().toString();
        if (tooFewReplicas) {
            takeAway(other);
        }
        rebuild(false, false);
        assertTrue(said(STAY), this::all);
        Map<Bucket, List<Line>> between;
        try (RescueStore store = new RescueStore(root)) {
            store.put(BUCKET, "since", 500, 9);
            between = store.namespace();
            assertEquals(tooFewReplicas ? 2 : 3, store.catalog.status().live().size());
            bringBack(home);
            await(() -> hasHeard(store, home));
            if (tooFewReplicas) {
                bringBack(other);
                await(() -> store.catalog.status().live().size() == 3);
            }
        }
        assertEquals(StoreCheck.Outcome.MENDABLE, check(), this::all);
        assertTrue(lines.stream().anyMatch(line -> line.contains(home + ": it has rows")), this::all);
        assertEquals(Outcome.DONE, rebuild(false, true), this::all);
        assertEquals(StoreCheck.Outcome.CLEAN, check(), this::all);
        Map<Bucket, List<Line>> after = namespace();
        assertEquals(states(before), states(after));
        Set<String> expected = new TreeSet<>(contents(before));
        expected.addAll(contents(between));
        assertEquals(expected, contents(after));
    }

    /** What rows alone tell of, and what shards do too. */
    private static void fillWithBoth(RescueStore store) {
        store.bucket("bucket", Versioning.ENABLED);
        store.put(BUCKET, "key", 500, 1);
        store.put(BUCKET, "key", PACKED, 2);
        store.put(BUCKET, "hidden", FILES, 3);
        store.delete(BUCKET, "hidden", Optional.empty());
        store.put(store.bucket("small", Versioning.OFF), "inline", 500, 4);
        store.bucket("suspended", Versioning.SUSPENDED);
    }

    /** Folders of drives that are not away. */
    private List<Path> there() {
        return RescueStore.folders(root).getFirst().stream()
                .filter(Files::exists)
                .toList();
    }

    private StoreCheck.Outcome check() {
        lines.clear();
        try (DriveResources resources = new DriveResources(8 << 20, 8 << 20)) {
            return new StoreCheck(new StoreCheck.Order(RescueStore.folders(root), false, lines::add), resources).run();
        }
    }

    /** Without where they lie, which is told of those drives only that are there. */
    private static Set<String> contents(Map<Bucket, List<Line>> namespace) {
        return namespace.values().stream()
                .flatMap(List::stream)
                .map(line -> line.version().key() + " " + line.version().id() + " "
                        + line.version().deleteMarker() + " " + line.bytes())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Nobody hopes for its rows any more. */
    @Test
    void aDriveThatWasAwayTakesAReplicaWhenItHasBeenLongEnough() throws Exception {
        try (RescueStore store = new RescueStore(root)) {
            store.bucket("bucket", Versioning.OFF);
        }
        String home = withReplica(KvSpace.BUCKETS);
        takeAway(home);
        String other = RescueStore.folders(root).getFirst().stream()
                .filter(Files::exists)
                .findFirst()
                .orElseThrow()
                .getFileName()
                .toString();
        takeAway(other);
        List<Path> others = there();
        CatalogRows.each(others, drive -> CatalogRows.wipe(drive, CatalogRows.all()));
        rebuild(false, false);
        bringBack(home);
        try (RescueStore store = hoursLater(31 * 24)) {
            await(() -> store.catalog.status().live().size() == 3);
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < until, "it did not come about");
            Thread.sleep(20);
        }
    }

    /** The store that runs has told it what it had missed. */
    private boolean hasHeard(RescueStore store, String drive) {
        return store.topology.drives().stream()
                .filter(handle -> handle.status().where().endsWith(drive))
                .anyMatch(handle -> handle.status().online()
                        && handle.catalogEpoch() == store.catalog.status().epoch());
    }

    private String withReplica() {
        return withReplica(KvSpace.OBJECTS);
    }

    private String withReplica(KvSpace rows) {
        return RescueStore.folders(root).getFirst().stream()
                .filter(folder -> {
                    boolean[] any = {false};
                    CatalogRows.each(
                            List.of(folder),
                            drive -> any[0] = !CatalogRows.read(drive).get(rows).isEmpty());
                    return any[0];
                })
                .map(folder -> folder.getFileName().toString())
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, Versioning> states(Map<Bucket, List<Line>> namespace) {
        return namespace.keySet().stream()
                .collect(Collectors.toMap(bucket -> bucket.name().value(), Bucket::versioning));
    }

    /** Without which of them is the latest. */
    private static Set<String> versions(Map<Bucket, List<Line>> namespace) {
        return namespace.values().stream()
                .flatMap(List::stream)
                .map(line -> new Line(line.version(), false, line.bytes()).toString())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Also what rows have told once is not in doubt: it was deleted, though its shards are still there. */
    @Test
    void whatWasDeletedBeforeStaysAwayThen() throws IOException {
        try (RescueStore store = new RescueStore(root)) {
            store.bucket("bucket", Versioning.OFF);
            store.put(BUCKET, "deleted", FILES, 1);
            store.delete(BUCKET, "deleted", Optional.empty());
            store.catalog.reclaimed(store.catalog.reclaimable(Duration.ZERO, 10));
        }
        Map<Bucket, List<Line>> before;
        try (RescueStore store = hoursLater(3)) {
            store.put(BUCKET, "later", FILES, 5);
            before = store.namespace();
        }
        CatalogRows.makeStale(root);
        takeAway("drive4");
        assertEquals(Outcome.DONE, rebuild(false, false), this::all);
        assertTrue(said(STAY), this::all);
        bringBack("drive4");
        assertEquals(Outcome.DONE, rebuild(false, true), this::all);
        assertFalse(said(STAY), this::all);
        assertSame(before, namespace());
    }
}
