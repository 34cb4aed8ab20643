package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef;
import io.kintsugi.catalog.CatalogSettings;
import io.kintsugi.drives.ShardName;
import io.kintsugi.sim.SimDrive;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A drive is read-only, as an ext4 is that has met an error, and a shard on it is rotten: it can't be mended there. */
class RefugeTest extends MoverHarness {
    private static final Duration AFTER = Duration.ofMinutes(30);
    private static final byte[] CONTENT = TestBody.bytes(700_000, 1);

    private final HealWork work = healing(Optional.of(AFTER));

    RefugeTest() {
        super(CatalogSettings.DEFAULT);
    }

    private HealWork healing(Optional<Duration> after) {
        Mender mender = new Mender(
                store.catalog, store.blobs, store.survey, store.objects.guards().claims(), store.objects.lost());
        Refuge refuge = new Refuge(mover, store.spares, store.clock, after);
        return new HealWork(store.catalog, store.reports, mender.with(refuge), store.clock, store.governor());
    }

    private BlobRef rotten() {
        BlobRef blob = blobOf(store.put(TestBody.of(CONTENT)));
        SimDrive first = store.drives.sim(0);
        first.corrupt(new ShardName(blob.id(), blob.placement().indexOf(first.id())), blob.form(), 10_000);
        first.setReadOnly(true);
        store.reports.wantsHealing(blob, 1);
        return blob;
    }

    private static void steps(HealWork healing) {
        int steps = 0;
        while (healing.step().compareTo(Duration.ofSeconds(1)) < 0) {
            assertTrue(++steps < 1_000, "no end of healing");
        }
    }

    private void passInMinutes(HealWork healing, int minutes) {
        for (int i = 0; i < minutes; i++) {
            steps(healing);
            store.clock.pass(Duration.ofMinutes(1));
        }
        steps(healing);
    }

    @Test
    void itIsMadeOnAnotherDriveWhenThatHasLastedForHalfAnHour() {
        BlobRef blob = rotten();
        passInMinutes(work, 29);
        assertEquals(blob, recorded(), "whatever it is may pass");
        assertEquals(1, work.snapshot().queued());

        passInMinutes(work, 60);
        assertFalse(recorded().placement().contains(store.drives.sim(0).id()));
        assertEquals(0, work.snapshot().queued());
        // the redundancy is all there: two of four may go
        store.loseShards(1);
        store.loseShards(2);
        assertArrayEquals(CONTENT, TestStore.bytes(store.objects.get(TestStore.getRequest(TestStore.WHOLE))));
    }

    @Test
    void whatIsGoodOnItStays() {
        BlobRef blob = blobOf(store.put(TestBody.of(CONTENT)));
        store.drives.sim(0).setReadOnly(true);
        store.reports.wantsHealing(blob, 1);
        work.census();
        passInMinutes(work, 90);
        assertEquals(blob, recorded());
        assertEquals(0, work.snapshot().queued());
    }

    @Test
    void nothingIsMovedWhereDrivesMayBeAwayForEver() {
        HealWork patient = healing(Optional.empty());
        BlobRef blob = rotten();
        passInMinutes(patient, 90);
        assertEquals(blob, recorded());
    }
}
