package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.drives.KeyValueRot;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimTopology;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** When a key-value store with a damaged file is set aside, and with it the replica that is in it. */
class RottenStoresTest {
    private static final int OBJECTS = 100;
    private static final KeyValueRot ROT = new KeyValueRot("a bit", true);

    private static final BooleanSupplier WHOLE = () -> true;
    private static final BooleanSupplier SETTLED = () -> true;

    /** Of the day as it is; only the test has time go by. */
    private final AtomicLong nanos = new AtomicLong();

    private final Clock clock = new Clock() {
        @Override
        public long millis() {
            return Clock.SYSTEM.millis();
        }

        @Override
        public long nanos() {
            return nanos.get();
        }
    };

    private final SimTopology drives = new SimTopology(new ErasureCode(2, 2));

    @AutoClose
    private final EmbeddedCatalog catalog =
            RowCheckTest.filled(EmbeddedCatalog.open(drives, clock, SimCatalogs.QUICK), OBJECTS);

    private SimDrive replica(int index) {
        DriveId id = catalog.status().live().get(index);
        return drives.sims().stream()
                .filter(sim -> sim.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private SimDrive without() {
        return drives.sims().stream()
                .filter(sim -> !catalog.status().live().contains(sim.id()))
                .findFirst()
                .orElseThrow();
    }

    /** As whoever asks again and again, and finds it as it was. */
    private Optional<DriveId> afterAWhile(EmbeddedCatalog asked, BooleanSupplier whole) {
        return afterAWhile(asked, whole, SETTLED);
    }

    private Optional<DriveId> afterAWhile(EmbeddedCatalog asked, BooleanSupplier whole, BooleanSupplier settled) {
        assertEquals(Optional.empty(), asked.setAsideRotten(() -> false, SETTLED));
        nanos.addAndGet(RottenStores.QUIET.toNanos());
        return asked.setAsideRotten(whole, settled);
    }

    @Test
    void oneIsSetAsideAtATime() {
        assertEquals(Optional.empty(), afterAWhile(catalog, WHOLE));
        replica(1).rots(ROT);
        assertEquals(Optional.of(replica(1).id()), afterAWhile(catalog, WHOLE));
        replica(1).rots(new KeyValueRot("a bit", false));
        assertEquals(Optional.empty(), afterAWhile(catalog, WHOLE));
        without().rots(ROT);
        assertEquals(Optional.of(without().id()), afterAWhile(catalog, WHOLE), "it may have packed shards only");
    }

    @Test
    void notWhileAnotherDriveIsAway() {
        replica(0).rots(ROT);
        without().goOffline("away");
        assertEquals(Optional.empty(), afterAWhile(catalog, WHOLE));
        without().comeOnline();
        assertEquals(Optional.of(replica(0).id()), afterAWhile(catalog, WHOLE));
    }

    /** The rows of the others are read for minutes: what happens then counts. */
    @Test
    void notWhenADriveGoesWhileTheOthersAreRead() {
        replica(0).rots(ROT);
        SimDrive other = without();
        assertEquals(Optional.empty(), afterAWhile(catalog, () -> {
            other.goOffline("away");
            return true;
        }));
        assertEquals(Optional.empty(), afterAWhile(catalog, WHOLE));
        other.comeOnline();
        assertEquals(Optional.of(replica(0).id()), afterAWhile(catalog, WHOLE));
    }

    /** It may be an empty one by now, and nobody has heard of it yet who would say that blobs lack its shards. */
    @Test
    void notWhenADriveComesBackWhileTheOthersAreRead() {
        SimDrive packedOnly = without();
        packedOnly.rots(ROT);
        assertEquals(Optional.empty(), afterAWhile(catalog, () -> {
            replica(1).replaceByEmpty();
            return true;
        }));
    }

    /** Nobody has said so yet: whoever knows of blobs believes that they are whole. */
    @Test
    void notInTheMomentWhenADriveIsBackEmpty() {
        SimDrive packedOnly = without();
        packedOnly.rots(ROT);
        assertEquals(Optional.empty(), afterAWhile(catalog, () -> false));
        replica(1).replaceByEmpty();
        assertEquals(Optional.empty(), catalog.setAsideRotten(WHOLE, SETTLED));
        SimCatalogs.until(() -> afterAWhile(catalog, WHOLE).equals(Optional.of(packedOnly.id())));
    }

    @Test
    void notWhenABlobTurnsOutToLackAShardWhileTheOthersAreRead() {
        replica(0).rots(ROT);
        AtomicInteger asked = new AtomicInteger();
        assertEquals(Optional.empty(), afterAWhile(catalog, () -> asked.incrementAndGet() < 3));
        assertEquals(3, asked.get(), "once a page, and not after a no");
        assertEquals(Optional.of(replica(0).id()), afterAWhile(catalog, () -> asked.incrementAndGet() > 0));
    }

    /** It may not come, and then the blob would lack two; nobody reads all rows to find that out at the end. */
    @Test
    void notWhileAShardIsLate() {
        replica(0).rots(ROT);
        AtomicInteger asked = new AtomicInteger();
        assertEquals(Optional.empty(), afterAWhile(catalog, () -> asked.incrementAndGet() > 0, () -> false));
        assertEquals(0, asked.get(), "no page was read");
        AtomicInteger looks = new AtomicInteger();
        assertEquals(Optional.empty(), afterAWhile(catalog, WHOLE, () -> looks.incrementAndGet() < 2));
        assertEquals(2, looks.get(), "at the beginning and at the end");
        assertEquals(Optional.of(replica(0).id()), afterAWhile(catalog, WHOLE, SETTLED));
    }

    /** One that is late no more may have been reported a moment before: that is asked for behind it. */
    @Test
    void notWhenALateShardTurnsOutToBeMissing() {
        replica(0).rots(ROT);
        AtomicInteger looks = new AtomicInteger();
        assertEquals(Optional.empty(), afterAWhile(catalog, () -> looks.get() < 2, () -> looks.incrementAndGet() > 0));
    }

    /** As an earlier process may have left it: damage that nobody has met in this one. Nobody mends it meanwhile. */
    @Test
    void notWhileTheOthersLackARow() {
        SimTopology four = new SimTopology(new ErasureCode(2, 2));
        CatalogSettings idle = CatalogSettings.DEFAULT.withRepair(Duration.ofHours(1), Duration.ofHours(1));
        RowCheckTest.filled(four, OBJECTS).close();
        try (EmbeddedCatalog left = EmbeddedCatalog.open(four, clock, idle)) {
            List<SimDrive> homes = left.status().live().stream()
                    .map(id -> four.sims().stream()
                            .filter(sim -> sim.id().equals(id))
                            .findFirst()
                            .orElseThrow())
                    .toList();
            homes.get(0).rots(ROT);
            DamagedReplicasTest.damage(homes.get(1), OBJECTS / 2);
            DamagedReplicasTest.damage(homes.get(2), OBJECTS / 2);
            assertEquals(Optional.empty(), afterAWhile(left, WHOLE), "damage is met, and ends it");
            assertEquals(Optional.empty(), afterAWhile(left, WHOLE), "both are known to be damaged by now");
        }
    }

    @Test
    void notBeforeTheOthersAreMended() {
        SimDrive rotten = replica(0);
        rotten.rots(ROT);
        DamagedReplicasTest.damage(replica(1), OBJECTS / 2);
        assertEquals(Optional.empty(), afterAWhile(catalog, WHOLE));
        SimCatalogs.untilStrong(catalog);
        assertEquals(Optional.of(rotten.id()), afterAWhile(catalog, WHOLE));
    }
}
