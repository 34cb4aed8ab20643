package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimOp;
import io.kintsugi.sim.SimTopology;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Rows rot in more than one replica, each in another place: what is left of one may be the only copy. */
class DamagedReplicasTest {
    private static final int OBJECTS = 3000;
    private static final int LOOKS = 20;

    private static Drive drive(SimTopology drives, EmbeddedCatalog catalog, int replica) {
        return drives.drive(catalog.status().live().get(replica)).orElseThrow();
    }

    private static KvRow row(Drive drive, int at) {
        return RowCheckTest.rows(drive, KvSpace.INLINE).get(at);
    }

    /** A wrong byte in one inline object. */
    static void damage(Drive drive, int at) {
        KvRow row = row(drive, at);
        byte[] wrong = row.value().clone();
        wrong[wrong.length / 2] ^= 1;
        drive.keyValue()
                .commit(new KvBatch().put(KvSpace.INLINE, row.key(), wrong))
                .join();
    }

    private static void becomesWhole(SimTopology drives, EmbeddedCatalog catalog) {
        SimCatalogs.untilStrong(catalog);
        ReplicaContents.assertEqual(drives, catalog);
        assertEquals(List.of(), RowCheckTest.walk(catalog).damaged());
        assertEquals(
                OBJECTS,
                RowCheckTest.rows(drive(drives, catalog, 0), KvSpace.INLINE).size());
    }

    @Test
    void replicasThatAreDamagedInDifferentPlacesMendEachOther() {
        SimTopology four = new SimTopology(new ErasureCode(2, 2));
        try (EmbeddedCatalog catalog = RowCheckTest.filled(four, OBJECTS)) {
            for (int i = 0; i < 3; i++) {
                damage(drive(four, catalog, i), 10 + i * OBJECTS / 3);
            }
            RowCheckTest.walk(catalog);
            becomesWhole(four, catalog);
        }
    }

    /** The others together lack a row, which only the damaged one has: a fourth is made of all three. */
    @Test
    void aReplicaWhoseRowsTheOthersLackStaysUntilAWholeOneIsMade() {
        SimTopology four = new SimTopology(new ErasureCode(2, 2));
        try (EmbeddedCatalog catalog = RowCheckTest.filled(four, OBJECTS)) {
            damage(drive(four, catalog, 0), 7);
            damage(drive(four, catalog, 1), OBJECTS - 1);
            damage(drive(four, catalog, 2), OBJECTS - 1);
            RowCheckTest.walk(catalog);
            becomesWhole(four, catalog);
        }
    }

    /** There is no drive for a whole one: both stay, and every row can be read. */
    @Test
    void twoOfTwoThatAreDamagedInDifferentPlacesAreBothKept() {
        SimTopology two = new SimTopology(new ErasureCode(1, 1));
        try (EmbeddedCatalog catalog = RowCheckTest.filled(two, OBJECTS)) {
            List<DriveId> live = catalog.status().live();
            List<KvRow> rows = RowCheckTest.rows(drive(two, catalog, 0), KvSpace.INLINE);
            for (int i = 0; i < 2; i++) {
                damage(drive(two, catalog, i), 10 + i * OBJECTS / 2);
            }
            RowCheckTest.walk(catalog);
            RowCheckTest.walk(catalog);
            SimCatalogs.until(() -> catalog.status().reason().equals("2 of 2 replicas have damaged rows"));
            long enough = System.nanoTime() + LOOKS * SimCatalogs.QUICK.tick().toNanos();
            SimCatalogs.until(() -> System.nanoTime() - enough > 0);
            RowCheckTest.put(catalog, OBJECTS);
            assertEquals(live, catalog.status().live());
            for (KvRow row : rows) {
                ByteBuffer key = ByteBuffer.wrap(row.key());
                BlobId blob = new BlobId(new Id128(key.getLong(), key.getLong()));
                assertEquals(
                        RowCheckTest.INLINE_BYTES,
                        catalog.inlineAtOnce(blob).orWait().orElseThrow().length);
            }
        }
    }

    /** One of the others goes while they are read, and with it the good copy of a row that is damaged in the next. */
    @Test
    void aDamagedReplicaStaysWhenOneOfTheOthersGoesMeanwhile() {
        AtomicReference<Runnable> behind = new AtomicReference<>(() -> {});
        SimTopology four = new SimTopology(new ErasureCode(2, 2), done -> {
            done.run();
            behind.get().run();
        });
        try (EmbeddedCatalog catalog = RowCheckTest.filled(four, OBJECTS)) {
            List<DriveId> live = catalog.status().live();
            SimDrive third = (SimDrive) four.drive(live.get(2)).orElseThrow();
            KvRow known = row(drive(four, catalog, 0), 7);
            damage(drive(four, catalog, 0), 7);
            damage(drive(four, catalog, 1), OBJECTS - 1);
            long scans = third.count(SimOp.SCAN);
            AtomicBoolean gone = new AtomicBoolean();
            behind.set(() -> {
                if (third.count(SimOp.SCAN) > scans && gone.compareAndSet(false, true)) {
                    third.goOffline("pulled");
                    RowCheckTest.put(catalog, 0);
                }
            });
            // met here, and then all rows are read from the others
            ByteBuffer key = ByteBuffer.wrap(known.key());
            catalog.inlineAtOnce(new BlobId(new Id128(key.getLong(), key.getLong())))
                    .orWait()
                    .orElseThrow();
            SimCatalogs.until(gone::get);
            becomesWhole(four, catalog);
        }
    }

    /** A drive that was away has the only copy of a row which has rotten on the other meanwhile. */
    @Test
    void nothingOnADriveThatComesBackGoesBeforeTheOthersWereRead() {
        SimTopology two = new SimTopology(new ErasureCode(1, 1));
        try (EmbeddedCatalog catalog = RowCheckTest.filled(two, OBJECTS)) {
            Drive first = drive(two, catalog, 0);
            DriveId away = catalog.status().live().get(1);
            SimDrive second = two.sims().stream()
                    .filter(sim -> sim.id().equals(away))
                    .findFirst()
                    .orElseThrow();
            KvRow row = row(first, OBJECTS / 2);
            second.goOffline("away");
            RowCheckTest.put(catalog, OBJECTS);
            SimCatalogs.until(() -> catalog.status().live().size() == 1);
            damage(first, OBJECTS / 2);
            second.comeOnline();
            SimCatalogs.until(() -> catalog.status().rebuilding().contains(away));
            SimCatalogs.until(() -> catalog.status().rebuilding().isEmpty());
            assertEquals(List.of(first.id()), catalog.status().live());
            assertArrayEquals(
                    row.value(),
                    second.keyValue().get(KvSpace.INLINE, row.key()).join().orElseThrow());
        }
    }
}
