package io.kintsugi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.cluster.PlacementPolicy.Candidate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PlacementPolicyPropertyTest {
    private static List<Candidate> pool(int drives, long away) {
        List<Candidate> pool = new ArrayList<>();
        for (int i = 0; i < drives; i++) {
            boolean there = (away >> i & 1) == 0;
            pool.add(new Candidate(new DriveId(new Id128(i, 1)), there, there, 5));
        }
        return pool;
    }

    private static BlobId blob(long n) {
        return new BlobId(new Id128(PlacementPolicy.mix(n), PlacementPolicy.mix(~n)));
    }

    @Property(tries = 1_000)
    void upToParityManyDrivesMayBeAwayAndNoMore(
            @ForAll @IntRange(min = 1, max = 20) int drives, @ForAll long away, @ForAll long n) {
        List<Candidate> pool = pool(drives, away);
        ErasureCode code = ErasureCodes.standard(drives);
        long there = pool.stream().filter(Candidate::writable).count();
        if (there < code.dataShards()) {
            Unavailable refusal = assertThrows(Unavailable.class, () -> PlacementPolicy.place(blob(n), pool, code));
            assertEquals(Unavailable.Kind.QUORUM, refusal.kind());
            return;
        }
        Placement placement = PlacementPolicy.place(blob(n), pool, code);
        assertEquals(placement, PlacementPolicy.place(blob(n), pool, code), "the same again");
        assertEquals(placement.drives().size(), new HashSet<>(placement.drives()).size(), "no drive twice");
        assertEquals(code.parityShards(), placement.code().parityShards());
        long live = placement.drives().stream().filter(id -> isThere(pool, id)).count();
        assertTrue(live >= placement.writeQuorum(), "the quorum can be had");
        assertTrue(live == Math.min(there, placement.drives().size()), "live drives come first");
        if (code.parityShards() > 0 && there > 1) {
            assertTrue(placement.writeQuorum() > placement.code().dataShards(), "one more may be lost");
        }
    }

    private static boolean isThere(List<Candidate> pool, DriveId id) {
        return pool.stream().anyMatch(c -> c.id().equals(id) && c.writable());
    }

    @Example
    void drivesThatAnswerAndTakeNothingAreFull() {
        List<Candidate> pool = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            pool.add(new Candidate(new DriveId(new Id128(i, 1)), i == 0, true, 5));
        }
        Unavailable refusal =
                assertThrows(Unavailable.class, () -> PlacementPolicy.place(blob(1), pool, new ErasureCode(2, 2)));
        assertEquals(Unavailable.Kind.FULL, refusal.kind());
    }

    @Example
    void aLargePoolGivesDrivesTheirShareByWeight() {
        List<Candidate> pool = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            pool.add(new Candidate(new DriveId(new Id128(i, 1)), true, true, i < 20 ? 5 : 6));
        }
        Map<DriveId, Integer> shards = new HashMap<>();
        for (int n = 0; n < 4_000; n++) {
            PlacementPolicy.place(blob(n), pool, ErasureCodes.standard(40))
                    .drives()
                    .forEach(id -> shards.merge(id, 1, Integer::sum));
        }
        int light =
                pool.subList(0, 20).stream().mapToInt(c -> shards.get(c.id())).sum();
        int heavy =
                pool.subList(20, 40).stream().mapToInt(c -> shards.get(c.id())).sum();
        assertEquals(4_000 * ErasureCodes.MAX_WIDTH, light + heavy);
        assertTrue(heavy > 1.4 * light && heavy < 2 * light, "heavier drives get more: " + heavy + " and " + light);
        int least = shards.values().stream().mapToInt(v -> v).min().orElseThrow();
        assertTrue(least > 4_000 * ErasureCodes.MAX_WIDTH / 40 / 2, "no drive is forgotten: " + least);
    }

    @Example
    void aPoolThatGrowsMovesOnlyWhatTheNewDriveTakes() {
        List<Candidate> before = pool(30, 0);
        List<Candidate> after = pool(31, 0);
        ErasureCode code = ErasureCodes.standard(30);
        for (int n = 0; n < 500; n++) {
            HashSet<DriveId> moved =
                    new HashSet<>(PlacementPolicy.place(blob(n), after, code).drives());
            moved.removeAll(PlacementPolicy.place(blob(n), before, code).drives());
            assertTrue(moved.size() <= 1, "at most the new drive is new");
        }
    }
}
