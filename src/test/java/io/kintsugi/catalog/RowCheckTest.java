package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ScanLimit;
import io.kintsugi.sim.SimTopology;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Rows that nobody asks for are verified in every replica, and the replicas are held against each other. */
class RowCheckTest {
    private static final int OBJECTS = 3000;
    static final int INLINE_BYTES = 300;
    private static final ScanLimit ALL = new ScanLimit(Integer.MAX_VALUE, Long.MAX_VALUE);

    /** Three replicas on four drives. */
    private final SimTopology drives = new SimTopology(new ErasureCode(2, 2));

    /** What a walk through all rows has found. */
    record Found(long rows, List<DriveId> damaged, long undecided) {}

    static Found walk(EmbeddedCatalog catalog) {
        long rows = 0;
        long undecided = 0;
        List<DriveId> damaged = new ArrayList<>();
        Optional<String> next = Optional.empty();
        do {
            RowCheck page = catalog.checkRows(next);
            rows += page.rows();
            damaged.addAll(page.damaged());
            undecided += page.undecided();
            next = page.next();
        } while (next.isPresent());
        return new Found(rows, damaged, undecided);
    }

    static void put(EmbeddedCatalog catalog, int number) {
        BlobRef blob = Samples.blob(BlobRef.Form.INLINE, INLINE_BYTES);
        catalog.put(
                Samples.object("key" + number, VersionId.NULL, blob),
                Optional.of(new byte[INLINE_BYTES]),
                WriteCondition.NONE);
    }

    static EmbeddedCatalog filled(SimTopology drives, int objects) {
        return filled(SimCatalogs.open(drives), objects);
    }

    static EmbeddedCatalog filled(EmbeddedCatalog catalog, int objects) {
        catalog.createBucket(Samples.bucket(Versioning.OFF));
        for (int i = 0; i < objects; i++) {
            put(catalog, i);
        }
        return catalog;
    }

    private Drive replica(EmbeddedCatalog catalog, int index) {
        return drives.drive(catalog.status().live().get(index)).orElseThrow();
    }

    static List<KvRow> rows(Drive drive, KvSpace space) {
        return drive.keyValue()
                .scan(space, new byte[0], Rebuilder.BEHIND_ALL, ALL)
                .join();
    }

    @Test
    void rightRowsAreAllReadAndNothingIsFound() {
        try (EmbeddedCatalog catalog = filled(drives, OBJECTS)) {
            long copies = catalog.status().live().stream()
                    .mapToLong(id ->
                            ReplicaContents.of(drives.drive(id).orElseThrow()).size())
                    .sum();
            long epoch = catalog.status().epoch();
            assertEquals(new Found(copies, List.of(), 0), walk(catalog));
            assertTrue(copies > 3L * 2 * OBJECTS, "rows of each kind in each replica");
            assertEquals(epoch, catalog.status().epoch());
        }
    }

    /** What the change makes of a row of the last replica, which nobody reads. */
    private void isFoundAndMended(KvSpace space, int at, Change change) {
        try (EmbeddedCatalog catalog = filled(drives, OBJECTS)) {
            Drive drive = replica(catalog, 2);
            KvRow row = rows(drive, space).get(at);
            drive.keyValue().commit(change.of(space, row)).join();
            long epoch = catalog.status().epoch();
            Found found = walk(catalog);
            assertEquals(List.of(drive.id()), found.damaged());
            assertEquals(0, found.undecided());
            // given up, and taken in again
            SimCatalogs.until(() -> catalog.status().epoch() >= epoch + 2);
            SimCatalogs.untilStrong(catalog);
            assertTrue(catalog.status().live().contains(drive.id()));
            ReplicaContents.assertEqual(drives, catalog);
            assertEquals(List.of(), walk(catalog).damaged());
        }
    }

    private interface Change {
        KvBatch of(KvSpace space, KvRow row);
    }

    @Test
    void aFlippedBitInTheLastPageOfInlineObjectsIsFound() {
        isFoundAndMended(KvSpace.INLINE, OBJECTS - 1, (space, row) -> {
            byte[] wrong = row.value();
            wrong[wrong.length / 2] ^= 1;
            return new KvBatch().put(space, row.key(), wrong);
        });
    }

    @Test
    void aRowThatOneReplicaHasLostIsFound() {
        isFoundAndMended(KvSpace.OBJECTS, OBJECTS / 2, (space, row) -> new KvBatch().delete(space, row.key()));
    }

    @Test
    void aRowThatOnlyOneReplicaHasIsFound() {
        isFoundAndMended(
                KvSpace.OBJECTS,
                OBJECTS - 1,
                (space, row) -> new KvBatch().put(space, Bytes.successor(row.key()), row.value()));
    }

    /** Whole, by its checksum, and not what the others have. */
    @Test
    void aRowThatIsAnotherInOneReplicaIsFound() {
        isFoundAndMended(KvSpace.OBJECTS, 7, (space, row) -> {
            byte[] other = new RowWriter(1).i64(42).finish();
            return new KvBatch().put(space, row.key(), other);
        });
    }

    @Test
    void moreDifferencesThanAreLookedAtAtOnceAreAllFound() {
        try (EmbeddedCatalog catalog = filled(drives, OBJECTS)) {
            Drive drive = replica(catalog, 1);
            KvBatch batch = new KvBatch();
            rows(drive, KvSpace.OBJECTS).forEach(row -> batch.delete(KvSpace.OBJECTS, row.key()));
            drive.keyValue().commit(batch).join();
            assertTrue(walk(catalog).damaged().contains(drive.id()));
        }
    }

    /** Of two copies that differ nobody knows which is right: it is said, and both are left. */
    @Test
    void twoReplicasThatDifferAreLeftAlone() {
        SimTopology two = new SimTopology(new ErasureCode(1, 1));
        try (EmbeddedCatalog catalog = filled(two, 10)) {
            Drive drive = two.drive(catalog.status().live().getLast()).orElseThrow();
            KvRow row = rows(drive, KvSpace.OBJECTS).getFirst();
            drive.keyValue()
                    .commit(new KvBatch().delete(KvSpace.OBJECTS, row.key()))
                    .join();
            assertEquals(2, catalog.status().live().size());
            Found found = walk(catalog);
            assertEquals(1, found.undecided());
            assertEquals(List.of(), found.damaged());
            assertEquals(2, catalog.status().live().size());
        }
    }

    @Test
    void writesThatGoOnAreNoDifference() throws InterruptedException {
        try (EmbeddedCatalog catalog = filled(drives, 200)) {
            AtomicBoolean over = new AtomicBoolean();
            Thread writer = Thread.ofVirtual().start(() -> {
                for (int i = 0; !over.get(); i++) {
                    put(catalog, i % 50);
                }
            });
            for (int i = 0; i < 100; i++) {
                Found found = walk(catalog);
                assertEquals(List.of(), found.damaged());
                assertEquals(0, found.undecided());
            }
            over.set(true);
            SimCatalogs.join(writer);
        }
    }

    @Test
    void aReplicaThatDoesNotAnswerIsNotTakenForDamagedNorForVerified() {
        try (EmbeddedCatalog catalog = filled(drives, 10)) {
            Drive drive = replica(catalog, 2);
            drives.sims().stream()
                    .filter(sim -> sim.id().equals(drive.id()))
                    .forEach(sim -> sim.goOffline("pulled out"));
            assertThrows(StoreException.Unavailable.class, () -> walk(catalog));
            SimCatalogs.until(() -> !catalog.status().live().contains(drive.id()));
            SimCatalogs.untilStrong(catalog);
            assertNotEquals(0, walk(catalog).rows());
        }
    }

    @Test
    void whatIsNoCursorIsRefused() {
        try (EmbeddedCatalog catalog = filled(drives, 1)) {
            for (String text : List.of("", "9", "9-00", "x-00", "0-0", "-1-00")) {
                assertThrows(StoreException.Invalid.class, () -> catalog.checkRows(Optional.of(text)), text);
            }
        }
    }
}
