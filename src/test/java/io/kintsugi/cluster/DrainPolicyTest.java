package io.kintsugi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is drained of what should be: pools of code 2+2, drives by their numbers. */
class DrainPolicyTest {
    private static Set<DriveId> ids(int... drives) {
        return Arrays.stream(drives)
                .mapToObj(drive -> new DriveId(new Id128(100, drive)))
                .collect(Collectors.toSet());
    }

    private static DrainPolicy.Pool pool(String name, int from, int to, Set<DriveId> wanted, Set<DriveId> drained) {
        List<DriveId> drives = IntStream.rangeClosed(from, to)
                .mapToObj(drive -> new DriveId(new Id128(100, drive)))
                .toList();
        return new DrainPolicy.Pool(name, new ErasureCode(2, 2), drives, wanted, drained);
    }

    @Test
    void drivesThatThePoolCanSpareAreDrained() {
        assertEquals(
                ids(5, 6),
                DrainPolicy.decide(List.of(pool("a", 1, 6, ids(5, 6), ids()))).draining());
    }

    @Test
    void moreThanItCanSpareIsRefusedAsAWhole() {
        DrainPolicy.Decision decision = DrainPolicy.decide(List.of(pool("a", 1, 5, ids(4, 5), ids())));
        assertEquals(ids(), decision.draining());
        assertEquals(ids(4, 5), decision.refused().keySet());
        assertTrue(decision.refused().values().iterator().next().contains("3 drives left"));
    }

    @Test
    void aPoolIsDrainedOnlyIntoAnother() {
        DrainPolicy.Pool all = pool("a", 1, 4, ids(1, 2, 3, 4), ids());
        assertEquals(ids(), DrainPolicy.decide(List.of(all)).draining());
        assertEquals(
                ids(1, 2, 3, 4),
                DrainPolicy.decide(List.of(all, pool("b", 5, 8, ids(), ids()))).draining());
        DrainPolicy.Decision both = DrainPolicy.decide(List.of(all, pool("b", 5, 8, ids(5, 6, 7, 8), ids())));
        assertEquals(ids(), both.draining());
        assertEquals(8, both.refused().size());
    }

    @Test
    void aDrainedDriveTakesNothingWhateverIsAsked() {
        DrainPolicy.Decision decision = DrainPolicy.decide(List.of(pool("a", 1, 5, ids(4), ids(5))));
        assertEquals(ids(5), decision.draining());
        assertEquals(ids(4), decision.refused().keySet());
        assertEquals(
                ids(5),
                DrainPolicy.decide(List.of(pool("a", 1, 5, ids(), ids(5)))).draining());
    }
}
