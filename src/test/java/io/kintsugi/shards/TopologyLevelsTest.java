package io.kintsugi.shards;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.base.ErasureCode;
import io.kintsugi.shards.DriveLevels.Use;
import io.kintsugi.sim.SimTopology;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TopologyLevelsTest {
    @Test
    void aDriveThatIsFullIsNotOneThatIsReadOnly() {
        try (SimTopology drives = new SimTopology(new ErasureCode(2, 1), 3)) {
            DriveLevels levels = new TopologyLevels(drives);
            drives.sim(0).setFull(true);
            drives.sim(1).setReadOnly(true);
            assertEquals(Use.FULL, levels.levels().get(0).use());
            assertEquals(Use.KEEPING, levels.levels().get(1).use());
            assertEquals(Use.TAKING, levels.levels().get(2).use());
        }
    }

    /** While any other drive is away nobody levels its pool, and what it had is rebuilt in the end. */
    @Test
    void aDriveThatWasDrainedIsNotMissedWhenItIsTakenAway() {
        try (SimTopology drives = new SimTopology(new ErasureCode(2, 1), 4)) {
            DriveLevels levels = new TopologyLevels(drives);
            SpareDrives spares = new TopologySpares(drives);
            drives.drain(0, true);
            drives.sim(0).goOffline("pulled");
            assertEquals(Use.AWAY, levels.levels().getFirst().use(), "it had not been emptied");
            assertEquals(Set.of(drives.sim(0).id()), spares.away());

            drives.recordDrained(Set.of(drives.sim(0).id()));
            assertEquals(Use.DRAINED, levels.levels().getFirst().use());
            assertEquals(Set.of(), spares.away());
        }
    }
}
