package io.kintsugi.shards;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.base.ErasureCode;
import io.kintsugi.shards.DriveLevels.Use;
import io.kintsugi.sim.SimTopology;
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
}
