package io.kintsugi.rescue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Clock;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.cluster.DrainRequest;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.rescue.CatalogRebuild.Outcome;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The catalog is made again where the clock of the day was not always right. */
class ClocksAfterLossTest extends RebuildCase {
    private static final BucketName BUCKET = new BucketName("bucket");
    private static final int DAY = 24;

    /** A store whose clock is so far ahead of that of the rebuild. */
    private RescueStore ahead(int hours) {
        Clock clock = new Clock() {
            @Override
            public long millis() {
                return SYSTEM.millis() + Duration.ofHours(hours).toMillis();
            }

            @Override
            public long nanos() {
                return SYSTEM.nanos();
            }
        };
        return new RescueStore(RescueStore.folders(root), DrainRequest.NOTHING, clock);
    }

    private String all() {
        return String.join("\n", lines);
    }

    private static List<String> keys(RescueStore store) {
        return store.versions(BUCKET).stream()
                .map(line -> line.version().key().toString())
                .toList();
    }

    /** Rows of the time when the clock was ahead do not make of what came later what was deleted before. */
    @Test
    void whatWasWrittenSinceTheClockWasSetBackAndSinceAStaleReplicaIsFound() {
        try (RescueStore store = ahead(2 * DAY)) {
            store.bucket("bucket", Versioning.OFF);
            store.put(BUCKET, "ahead", PACKED, 1);
        }
        try (RescueStore store = ahead(0)) {
            store.put(BUCKET, "set back", PACKED, 2);
        }
        List<Map<KvSpace, List<KvRow>>> old = new ArrayList<>();
        CatalogRows.each(root, drive -> old.add(CatalogRows.read(drive)));
        try (RescueStore store = ahead(1)) {
            store.put(BUCKET, "since", PACKED, 3);
        }
        int[] number = {0};
        CatalogRows.each(root, drive -> CatalogRows.restore(drive, old.get(number[0]++)));
        CatalogRows.makeStale(root);
        assertEquals(Outcome.DONE, rebuild(false, false), this::all);
        try (RescueStore store = ahead(1)) {
            assertEquals(List.of("ahead", "set back", "since"), keys(store));
        }
    }

    /** As on a machine that has just been switched on and does not know the time yet. */
    @Test
    void whatIsKeptAfterARebuildByAClockThatIsBehindStaysForItsMonth() throws Exception {
        Instant made;
        try (RescueStore store = ahead(365 * DAY)) {
            store.bucket("bucket", Versioning.OFF);
            made = store.put(BUCKET, "key", PACKED, 1).lastModified();
        }
        CatalogRows.wipe(root, CatalogRows.all());
        Files.move(root.resolve("drive4"), root.resolve("away"));
        assertEquals(Outcome.DONE, rebuild(false, false), this::all);
        Files.move(root.resolve("away"), root.resolve("drive4"));
        try (RescueStore store = ahead(365 * DAY + 1)) {
            assertTrue(store.catalog.keptBefore().filter(made::isBefore).isPresent(), "nobody saw all drives");
        }
        try (RescueStore store = ahead(396 * DAY)) {
            assertTrue(store.catalog.keptBefore().isEmpty(), "it has been long enough");
        }
    }

    /** Where there are versions deletions must not look for the null version only. */
    @Test
    void aBucketWhoseRowIsLostKeepsVersionsWhereItsRowsSaySo() {
        ObjectVersion first;
        try (RescueStore store = new RescueStore(root)) {
            store.bucket("bucket", Versioning.ENABLED);
            first = store.put(BUCKET, "key", 500, 1);
            store.put(BUCKET, "key", 600, 2);
        }
        CatalogRows.each(root, drive -> {
            Map<KvSpace, List<KvRow>> rows = CatalogRows.read(drive);
            rows.computeIfPresent(
                    KvSpace.BUCKETS,
                    (space, all) ->
                            all.stream().filter(row -> row.key()[0] != 'n').toList());
            CatalogRows.restore(drive, rows);
        });
        CatalogRows.makeStale(root);
        rebuild(false, false);
        try (RescueStore store = new RescueStore(root)) {
            assertEquals(
                    Versioning.ENABLED,
                    store.catalog.bucket(BUCKET).orElseThrow().versioning());
            store.delete(BUCKET, "key", Optional.empty());
            assertEquals(3, store.versions(BUCKET).size());
            assertEquals(first.id(), store.versions(BUCKET).getLast().version().id());
        }
    }
}
