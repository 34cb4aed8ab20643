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
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** When a key-value store with a damaged file is set aside, and with it the replica that is in it. */
class RottenStoresTest {
    private static final int OBJECTS = 100;
    private static final KeyValueRot ROT = new KeyValueRot("a bit", true);

    private static final BooleanSupplier WHOLE = () -> true;

    private final SimTopology drives = new SimTopology(new ErasureCode(2, 2));

    @AutoClose
    private final EmbeddedCatalog catalog = RowCheckTest.filled(drives, OBJECTS);

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

    @Test
    void oneIsSetAsideAtATime() {
        assertEquals(Optional.empty(), catalog.setAsideRotten(WHOLE));
        replica(1).rots(ROT);
        assertEquals(Optional.of(replica(1).id()), catalog.setAsideRotten(WHOLE));
        replica(1).rots(new KeyValueRot("a bit", false));
        assertEquals(Optional.empty(), catalog.setAsideRotten(WHOLE));
        without().rots(ROT);
        assertEquals(Optional.of(without().id()), catalog.setAsideRotten(WHOLE), "it may have packed shards only");
    }

    @Test
    void notWhileAnotherDriveIsAway() {
        replica(0).rots(ROT);
        without().goOffline("away");
        assertEquals(Optional.empty(), catalog.setAsideRotten(WHOLE));
        without().comeOnline();
        assertEquals(Optional.of(replica(0).id()), catalog.setAsideRotten(WHOLE));
    }

    /** The rows of the others are read for minutes: what happens then counts. */
    @Test
    void notWhenADriveGoesWhileTheOthersAreRead() {
        replica(0).rots(ROT);
        SimDrive other = without();
        assertEquals(Optional.empty(), catalog.setAsideRotten(() -> {
            other.goOffline("away");
            return true;
        }));
        assertEquals(Optional.empty(), catalog.setAsideRotten(WHOLE));
        other.comeOnline();
        assertEquals(Optional.of(replica(0).id()), catalog.setAsideRotten(WHOLE));
    }

    /** It may be an empty one by now, and nobody has heard of it yet who would say that blobs lack its shards. */
    @Test
    void notWhenADriveComesBackWhileTheOthersAreRead() {
        SimDrive packedOnly = without();
        packedOnly.rots(ROT);
        assertEquals(Optional.empty(), catalog.setAsideRotten(() -> {
            replica(1).replaceByEmpty();
            return true;
        }));
    }

    @Test
    void notWhenABlobTurnsOutToLackAShardWhileTheOthersAreRead() {
        replica(0).rots(ROT);
        AtomicInteger asked = new AtomicInteger();
        assertEquals(Optional.empty(), catalog.setAsideRotten(() -> asked.incrementAndGet() < 3));
        assertEquals(3, asked.get(), "once a page, and not after a no");
        assertEquals(Optional.of(replica(0).id()), catalog.setAsideRotten(() -> asked.incrementAndGet() > 0));
    }

    /** As an earlier process may have left it: damage that nobody has met in this one. Nobody mends it meanwhile. */
    @Test
    void notWhileTheOthersLackARow() {
        SimTopology four = new SimTopology(new ErasureCode(2, 2));
        CatalogSettings idle = CatalogSettings.DEFAULT.withRepair(Duration.ofHours(1), Duration.ofHours(1));
        RowCheckTest.filled(four, OBJECTS).close();
        try (EmbeddedCatalog left = EmbeddedCatalog.open(four, Clock.SYSTEM, idle)) {
            List<SimDrive> homes = left.status().live().stream()
                    .map(id -> four.sims().stream()
                            .filter(sim -> sim.id().equals(id))
                            .findFirst()
                            .orElseThrow())
                    .toList();
            homes.get(0).rots(ROT);
            DamagedReplicasTest.damage(homes.get(1), OBJECTS / 2);
            DamagedReplicasTest.damage(homes.get(2), OBJECTS / 2);
            assertEquals(Optional.empty(), left.setAsideRotten(WHOLE), "damage is met, and ends it");
            assertEquals(Optional.empty(), left.setAsideRotten(WHOLE), "both are known to be damaged by now");
        }
    }

    @Test
    void notBeforeTheOthersAreMended() {
        SimDrive rotten = replica(0);
        rotten.rots(ROT);
        DamagedReplicasTest.damage(replica(1), OBJECTS / 2);
        assertEquals(Optional.empty(), catalog.setAsideRotten(WHOLE));
        SimCatalogs.untilStrong(catalog);
        assertEquals(Optional.of(rotten.id()), catalog.setAsideRotten(WHOLE));
    }
}
