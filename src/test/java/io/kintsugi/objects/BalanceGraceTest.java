package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.catalog.CatalogSettings;
import io.kintsugi.shards.DriveLevels;
import io.kintsugi.shards.Pace;
import io.kintsugi.sim.SimDrive;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * A store so small that it is level before the old shards of what was moved have gone: until then its old drives have
 * less room than they will.
 */
class BalanceGraceTest {
    private static final int DRIVES = 7;
    private static final int OBJECTS = 60;
    private static final int BYTES = 1_500_000;
    private static final long SHARD_BYTES = BYTES / 2;
    /** The first four drives have one shard of each object, and little room beside them. */
    private static final long DRIVE_BYTES = OBJECTS * SHARD_BYTES * 10 / 9;

    @AutoClose
    private final TestStore store = new TestStore(ObjectSettings.DEFAULTS, CatalogSettings.DEFAULT, DRIVES);

    private final Superseded superseded = store.superseded();
    private final ShardMover mover = new ShardMover(store.catalog, store.blobs, superseded);
    private final Balancer balancer = new Balancer(
            store.catalog,
            new Balancer.Hands(mover, new Levels(), store.survey),
            store.clock,
            new Balancer.Rule(Duration.ofHours(1), 0),
            new Governor(100, Foreground.NONE, store.clock));

    /** Of drives whose room is what their shards leave of it. */
    private final class Levels implements DriveLevels {
        @Override
        public List<Level> levels() {
            return IntStream.range(0, DRIVES).mapToObj(this::level).toList();
        }

        private Level level(int drive) {
            SimDrive sim = store.drives.sim(drive);
            long free = DRIVE_BYTES - store.shardCount(drive) * SHARD_BYTES;
            return new Level(sim.id(), "sim", "", Use.TAKING, new Room(DRIVE_BYTES, Math.max(0, free)));
        }

        @Override
        public void recordDrained(Set<DriveId> drives) {
            throw new AssertionError("nothing is drained");
        }
    }

    private void untilItRests() {
        for (int i = 0; i < 10_000; i++) {
            if (!balancer.step().isZero()) {
                return;
            }
        }
        throw new AssertionError("it does not come to rest: " + balancer.snapshot());
    }

    private List<Integer> shardCounts() {
        return IntStream.range(0, DRIVES).mapToObj(store::shardCount).toList();
    }

    @Test
    void whatIsStillThereOfMovedShardsMovesNothingToAndFro() {
        for (int i = 0; i < OBJECTS; i++) {
            store.objects.put(new PutObject(
                    TestStore.BUCKET,
                    ObjectKey.of("k" + i),
                    ObjectMetadata.NONE,
                    WriteCondition.NONE,
                    TestBody.of(BYTES, i)));
        }
        untilItRests();
        long moved = mover.snapshot().shards();
        assertTrue(moved > 0);

        store.clock.pass(ObjectSettings.DEFAULTS.upkeep().reclaimGrace());
        superseded.step(Pace.UNPACED, Pace.UNPACED);
        List<Integer> level = shardCounts();
        int share = OBJECTS * 4 / DRIVES;
        level.forEach(shards -> assertEquals(share, shards, share * BalancePlan.BEGIN + 1, "shards: " + level));

        balancer.look();
        untilItRests();
        assertEquals(moved, mover.snapshot().shards(), "nothing moves when all is level");
    }
}
