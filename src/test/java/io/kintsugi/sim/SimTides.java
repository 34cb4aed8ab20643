package io.kintsugi.sim;

import io.kintsugi.base.StoreException;
import io.kintsugi.sim.engine.OneStep;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * How much room drives have: what others keep on the same file systems comes and goes. So shards leave drives that have
 * little, and return when they have more, while the old ones still wait to be removed.
 */
@OneStep
final class SimTides implements Runnable {
    private static final int MIN_MILLIS = 300;
    private static final int MAX_MILLIS = 6_000;
    /** Some drives, and no others before they have room again: so the same shards go, and come back. */
    private static final int MOST_LOW = 3;

    private static final int LITTLE_MILLIS = 1_000;
    private static final long HIGH_BYTES = 1L << 39;
    private static final long LOW_BYTES = 4L << 20;

    private final SimHost host;
    private final SimTopology topology;
    private final FaultBudget budget;
    private final Random random;
    private final History history;
    private boolean high = true;
    private boolean over;

    SimTides(SimHost host, SimTopology topology, FaultBudget budget, Random random, History history) {
        this.host = host;
        this.topology = topology;
        this.budget = budget;
        this.random = random;
        this.history = history;
    }

    @Override
    public void run() {
        while (!over) {
            SimHost.pause(untilNext());
            Set<Integer> low = new TreeSet<>();
            int count = over || !high ? 0 : random.nextInt(1, MOST_LOW + 1);
            for (int i = 0; i < count; i++) {
                low.add(random.nextInt(topology.sims().size()));
            }
            high = low.isEmpty();
            history.say("little room on drives " + low);
            for (int i = 0; i < topology.sims().size(); i++) {
                topology.sim(i).setFree(low.contains(i) ? LOW_BYTES : HIGH_BYTES);
            }
            lookSoon();
        }
    }

    /** Often so long that what was moved returns just when the old shards are to go. */
    private Duration untilNext() {
        return random.nextBoolean()
                ? Duration.ofMillis(random.nextInt(MIN_MILLIS, MAX_MILLIS))
                : SimStore.RECLAIM_GRACE.plusMillis(random.nextInt(LITTLE_MILLIS));
    }

    /**
     * The store looks at its drives when it is asked to restore one; one that is whole, so that this is all it does.
     */
    private void lookSoon() {
        IntStream.range(0, topology.sims().size())
                .filter(drive -> topology.isMember(drive) && !budget.inTrouble(drive))
                .findFirst()
                .ifPresent(this::restore);
    }

    private void restore(int drive) {
        try {
            host.ask(open -> {
                open.upkeep().restore(topology.sim(drive).id());
                return drive;
            });
        } catch (StoreException.Unavailable | SimHost.Killed | SimHost.NotRunning e) {
            history.say("nobody looks at the drives: " + e.getMessage());
        }
    }

    /** All have room again. */
    void end() {
        over = true;
    }
}
