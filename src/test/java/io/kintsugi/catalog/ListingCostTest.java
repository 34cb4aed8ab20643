package io.kintsugi.catalog;

import static io.kintsugi.catalog.Samples.BUCKET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.sim.SimOp;
import io.kintsugi.sim.SimTopology;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A page costs what it returns: counted in steps of the drives' cursors. */
class ListingCostTest {
    private static final int PREFIXES = 20;
    private static final int EACH = 200;
    /** Opening a cursor counts too, and so does finding the end. */
    private static final int AROUND = 4;

    private static long steps(SimTopology drives) {
        return drives.sims().stream().mapToLong(sim -> sim.count(SimOp.CURSOR)).sum();
    }

    private static void fill(Catalog catalog, Versioning versioning) {
        catalog.createBucket(Samples.bucket(versioning));
        for (int i = 0; i < PREFIXES * EACH; i++) {
            String key = "p" + i % PREFIXES / 10 + i % PREFIXES % 10 + "/" + i;
            catalog.put(Samples.object(key, VersionId.NULL), Optional.empty(), WriteCondition.NONE);
        }
    }

    private static ListQuery query(Optional<String> delimiter, ListQuery.Start start, int limit) {
        return new ListQuery(BUCKET, "", delimiter, start, limit);
    }

    @Test
    void aCommonPrefixIsOneSeek() {
        SimTopology drives = new SimTopology(new ErasureCode(2, 1));
        try (Catalog catalog = SimCatalogs.open(drives)) {
            fill(catalog, Versioning.ENABLED);
            long before = steps(drives);
            ListPage page = catalog.listObjects(query(Optional.of("/"), new ListQuery.Beginning(), 1000));
            assertEquals(PREFIXES, page.entries().size());
            assertTrue(steps(drives) - before <= PREFIXES + AROUND, "steps: " + (steps(drives) - before));
            long middle = steps(drives);
            assertEquals(
                    PREFIXES,
                    catalog.listVersions(query(Optional.of("/"), new ListQuery.Beginning(), 1000))
                            .entries()
                            .size());
            assertTrue(steps(drives) - middle <= 2 * (PREFIXES + AROUND), "steps: " + (steps(drives) - middle));
        }
    }

    @Test
    void aPageOfObjectsIsAStepAnObject() {
        SimTopology drives = new SimTopology(new ErasureCode(2, 1));
        try (Catalog catalog = SimCatalogs.open(drives)) {
            fill(catalog, Versioning.OFF);
            long before = steps(drives);
            ListPage page = catalog.listObjects(query(Optional.empty(), new ListQuery.AfterKey("p07/"), 100));
            assertEquals(100, page.entries().size());
            assertTrue(steps(drives) - before <= 100 + AROUND, "steps: " + (steps(drives) - before));
        }
    }

    @Test
    void aLongHistoryCostsNothingToWhoPassesIt() {
        SimTopology drives = new SimTopology(new ErasureCode(2, 1));
        try (Catalog catalog = SimCatalogs.open(drives)) {
            catalog.createBucket(Samples.bucket(Versioning.ENABLED));
            for (int i = 0; i < 1000; i++) {
                String key = i == 999 ? "z" : "a/busy";
                catalog.put(Samples.object(key, Samples.newVersion()), Optional.empty(), WriteCondition.NONE);
            }
            long before = steps(drives);
            assertEquals(
                    1,
                    catalog.listVersions(query(Optional.empty(), new ListQuery.AfterKey("a/busy"), 10))
                            .entries()
                            .size());
            assertEquals(
                    2,
                    catalog.listVersions(query(Optional.of("/"), new ListQuery.Beginning(), 10))
                            .entries()
                            .size());
            assertEquals(
                    2,
                    catalog.listObjects(query(Optional.empty(), new ListQuery.Beginning(), 10))
                            .entries()
                            .size());
            assertTrue(steps(drives) - before <= 8 * AROUND, "steps: " + (steps(drives) - before));
        }
    }
}
