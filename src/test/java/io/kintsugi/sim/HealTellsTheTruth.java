package io.kintsugi.sim;

import io.kintsugi.catalog.BlobPage;
import io.kintsugi.objects.UpkeepSnapshot.Count;
import io.kintsugi.objects.UpkeepSnapshot.State;
import io.kintsugi.objects.UpkeepSnapshot.Walk;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** When a walk for a drive says done, every shard that belongs on it is there, byte for byte, and was counted. */
final class HealTellsTheTruth {
    private static final String NAME = "HealTellsTheTruth";

    private HealTellsTheTruth() {}

    /** @param before what was referred to when the walk was asked for; what has come since may not be seen by it */
    static void check(Ledger ledger, int drive, Walk walk, List<BlobPage.Entry> before) {
        if (walk.state() == State.DONE) {
            require(ledger, drive, before, walk + " is done");
        }
    }

    /**
     * The store says that nothing waits to be healed, and it was given the time to hear of what is late.
     *
     * @param before what was referred to before that time
     */
    static void checkIdle(Ledger ledger, int drive, List<BlobPage.Entry> before) {
        require(ledger, drive, before, "nothing waits to be healed");
    }

    private static void require(Ledger ledger, int drive, List<BlobPage.Entry> before, String said) {
        Set<BlobPage.Entry> still = new HashSet<>(ledger.referred());
        List<BlobPage.Entry> both = before.stream().filter(still::contains).toList();
        List<String> wrong = ledger.wrong(drive, both);
        if (!wrong.isEmpty()) {
            throw new Violation(NAME, said + ", and " + wrong);
        }
    }

    /** The counts, when nothing was written since the walk was asked for. */
    static void checkCounts(SimTopology topology, int drive, Walk walk, List<BlobPage.Entry> all) {
        List<BlobPage.Entry> here = all.stream()
                .filter(e -> e.blob().placement().contains(topology.sim(drive).id()))
                .toList();
        Count count = new Count(
                here.size(), here.stream().mapToLong(e -> e.blob().size()).sum());
        boolean exact = walk.total().equals(count)
                && walk.verified().equals(count)
                && walk.failed().equals(Count.NONE)
                && walk.remaining().equals(Count.NONE);
        if (!exact) {
            throw new Violation(NAME, walk + " should have counted " + count);
        }
    }
}
