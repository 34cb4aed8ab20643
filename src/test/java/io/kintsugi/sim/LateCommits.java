package io.kintsugi.sim;

import io.kintsugi.sim.Twists.Twist;
import io.kintsugi.sim.engine.OneStep;
import java.time.Duration;
import java.util.Random;

/**
 * Makes the worst of a sweep: the last byte of a body comes just before one begins, the clock is set so that the blob
 * looks old, and all drives hang at commits. So the sweep meets shards that nothing refers to, of a blob that will be
 * referred to in a moment.
 */
@OneStep
final class LateCommits implements Runnable {
    private static final int ONE_IN = 2;
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final int MOST_LOOKS = 100;
    private static final int EARLY_MILLIS = 1_000;
    private static final int MIN_MILLIS = 300;
    /** Less than a store waits for a commit: nothing is given up. */
    private static final int MAX_MILLIS = 1_700;

    private final SimHost host;
    private final SimTopology topology;
    private final FaultBudget budget;
    private final SimClock clock;
    private final Recovery recovery;
    private final Random random;
    private final History history;
    private boolean hanging;
    private boolean over;

    LateCommits(Scene scene, Twists twists) {
        this.host = scene.host();
        this.topology = scene.topology();
        this.budget = scene.budget();
        this.clock = scene.clock();
        this.recovery = scene.recovery();
        this.history = scene.history();
        this.random = twists.random();
        this.over = !twists.has(Twist.LATE);
    }

    /** Whom it makes trouble for. */
    record Scene(
            SimHost host,
            SimTopology topology,
            FaultBudget budget,
            SimClock clock,
            Recovery recovery,
            History history) {}

    /** In the thread that reads the body, before it hears that this was all. */
    void aBodyEnds() {
        if (over || random.nextInt(ONE_IN) != 0) {
            return;
        }
        waitForSweep();
        if (!over && budget.unspent()) {
            budget.spendAll();
            clock.age();
            history.say("all drives hang at commits");
            topology.sims().forEach(drive -> drive.hang(SimOp.COMMIT));
            hanging = true;
        }
    }

    private void waitForSweep() {
        long before = host.sweeps();
        for (int i = 0; i < MOST_LOOKS && host.sweeps() == before; i++) {
            SimHost.pause(LOOK);
        }
        Duration between = SimStore.ORPHAN_CONFIRMATION.plus(SimStore.SWEEP_INTERVAL);
        SimHost.pause(between.minusMillis(random.nextInt(EARLY_MILLIS)));
    }

    @Override
    public void run() {
        while (!over || hanging) {
            SimHost.pause(LOOK);
            if (hanging) {
                SimHost.pause(Duration.ofMillis(random.nextInt(MIN_MILLIS, MAX_MILLIS)));
                hanging = false;
                topology.sims().forEach(SimDrive::release);
                history.say("commits go on");
                recovery.begin();
            }
        }
    }

    void end() {
        over = true;
    }
}
