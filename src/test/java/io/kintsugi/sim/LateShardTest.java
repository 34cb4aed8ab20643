package io.kintsugi.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.sim.engine.Mutation;
import io.kintsugi.sim.engine.SimEngine;
import io.kintsugi.sim.engine.SimOptions;
import io.kintsugi.sim.engine.SimReport;
import io.kintsugi.sim.engine.toys.LateShard;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a write does with a drive that comes to publish in the moment in which it is left out, in many orders. */
class LateShardTest {
    /** The mistake is found by the 173rd first. */
    private static final int ORDERS = 400;

    private static final Mutation IT_IS_UNDONE = Mutation.callsInstead(
            "io.kintsugi.shards.FilesWrite#await", "io.kintsugi.shards.ShardLane#leaveOut", "undo");

    private static SimReport written(long seed, SimOptions options) {
        return SimEngine.run(seed, LateShard.class.getName(), options);
    }

    @Test
    void itIsThereOrReported() {
        List<String> histories = LongStream.rangeClosed(1, ORDERS)
                .mapToObj(seed -> written(seed, SimOptions.DEFAULT).orThrow().history())
                .toList();
        assertTrue(histories.stream().anyMatch(history -> history.contains("it is there")));
        assertTrue(histories.stream().anyMatch(history -> history.contains("it is missing")), "it was never late");
    }

    @Test
    void aPublicationThatIsUndoneAlthoughItCountsIsNoticed() {
        assertTrue(LongStream.rangeClosed(1, ORDERS)
                .mapToObj(seed -> written(seed, SimOptions.DEFAULT.mutate(IT_IS_UNDONE)))
                .flatMap(report -> report.failure().stream())
                .anyMatch(failure -> failure.getMessage().contains("not there, and counts")));
    }
}
