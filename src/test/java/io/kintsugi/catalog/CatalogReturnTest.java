package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.cluster.DriveListener.Event;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.sim.SimOp;
import io.kintsugi.sim.SimTopology;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A drive that was away is back as itself, under the same handle, and has lost what it was told last. */
class CatalogReturnTest {
    private final SimTopology drives = new SimTopology(new ErasureCode(2, 1));
    private final Acked acked = new Acked();

    private EmbeddedCatalog begin() {
        EmbeddedCatalog catalog = SimCatalogs.open(drives);
        catalog.createBucket(Samples.bucket(Versioning.OFF));
        assertTrue(acked.put(catalog, "k0"));
        return catalog;
    }

    /** It looks good when it is looked at, and is another when the replicas are chosen. */
    @Test
    void whileTheCatalogIsOpened() throws Exception {
        EmbeddedCatalog catalog = begin();
        Runnable older = drives.sim(0).remember();
        assertTrue(acked.put(catalog, "k1"));
        catalog.close();
        drives.sim(1).hang(SimOp.COMMIT);
        CompletableFuture<EmbeddedCatalog> opening = CompletableFuture.supplyAsync(() -> SimCatalogs.open(drives));
        SimCatalogs.until(() -> drives.sim(1).waiting() > 0);
        older.run();
        drives.sim(1).release();
        try (EmbeddedCatalog again = opening.get(1, TimeUnit.MINUTES)) {
            SimCatalogs.untilStrong(again);
            acked.check(again);
            ReplicaContents.assertEqual(drives, again);
        }
    }

    /** The next commit reaches it before anybody has noticed, so that it seems to have the last one. */
    @Test
    void andIsAskedForTheNextCommit() {
        try (EmbeddedCatalog catalog = begin()) {
            Runnable older = drives.sim(1).remember();
            assertTrue(acked.put(catalog, "k1"));
            older.run();
            assertTrue(acked.put(catalog, "k2"));
            drives.tell(1, Event.RETURNED);
            SimCatalogs.until(() -> ReplicaContents.of(drives.sim(1)).equals(ReplicaContents.of(drives.sim(0))));
            acked.check(catalog);
            // its rows are there a moment before it is told
            SimCatalogs.until(
                    () -> catalog.status().live().contains(drives.sim(1).id()));
        }
    }

    /** As when a damaged store was set aside. */
    @Test
    void emptyAndIsAskedForTheNextCommit() {
        try (EmbeddedCatalog catalog = begin()) {
            drives.sim(1).goOffline("pulled out");
            drives.sim(1).comeOnline();
            byte[] end = Bytes.behindPrefix(new byte[] {0x7F});
            KvBatch nothing = new KvBatch().deleteRange(KvSpace.META, new byte[0], end);
            ReplicaState.contentSpaces().forEach(space -> nothing.deleteRange(space, new byte[0], end));
            drives.sim(1).keyValue().commit(nothing).join();
            assertTrue(acked.put(catalog, "k1"));
            SimCatalogs.until(() -> ReplicaContents.of(drives.sim(1)).equals(ReplicaContents.of(drives.sim(0))));
            acked.check(catalog);
        }
    }

    /** All at once, as when what they hang on was away: nobody knows better than they do. */
    @Test
    void withAllOthers() {
        try (EmbeddedCatalog catalog = begin()) {
            drives.sims().forEach(sim -> sim.goOffline("the cable"));
            assertFalse(acked.put(catalog, "k1"));
            drives.sims().forEach(sim -> {
                sim.comeOnline();
                drives.tell(drives.sims().indexOf(sim), Event.RETURNED);
            });
            SimCatalogs.until(() -> acked.put(catalog, "k2"));
            SimCatalogs.untilStrong(catalog);
            assertEquals(3, catalog.status().live().size());
            acked.check(catalog);
            ReplicaContents.assertEqual(drives, catalog);
        }
    }
}
