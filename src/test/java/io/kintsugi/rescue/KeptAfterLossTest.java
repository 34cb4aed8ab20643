package io.kintsugi.rescue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Upload;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.catalog.Manifest;
import io.kintsugi.cluster.DrainRequest;
import io.kintsugi.drives.ShardName;
import io.kintsugi.rescue.CatalogRebuild.Outcome;
import io.kintsugi.rescue.RescueStore.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The catalog is made again while drives are away, and once more when they are back. */
class KeptAfterLossTest extends RebuildCase {
    private static final BucketName BUCKET = new BucketName("bucket");
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
