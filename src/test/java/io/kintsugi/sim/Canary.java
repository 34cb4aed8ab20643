package io.kintsugi.sim;

import io.kintsugi.sim.Twists.Twist;
import io.kintsugi.sim.engine.Mutation;
import io.kintsugi.sim.engine.SimReport;
import java.util.Optional;

/** Mistakes in the real code that a simulation which is worth its name finds. */
enum Canary {
    A_COMMIT_IS_ANSWERED_BEFORE_IT_IS_SYNCED(Mutation.returns("io.kintsugi.catalog.ReplicaSet#syncs", true)),
    A_SHARD_IS_TAKEN_FOR_DURABLE_WHEN_IT_WAS_SENT(Mutation.empty("io.kintsugi.shards.BlobWrite#require")),
    FRAMES_ARE_NOT_VERIFIED(Mutation.returns("io.kintsugi.shards.StripeImage#verify", true)),
    READS_PIN_NOTHING(Mutation.returns("io.kintsugi.objects.ReadPins#pinned", false)),
    A_CONDITION_IS_NOT_CHECKED_IN_THE_COMMIT(
            Mutation.dropCall("io.kintsugi.catalog.VersionChanges#put", "io.kintsugi.base.WriteCondition#check")),
    EPOCHS_ARE_NOT_RAISED(
            Mutation.dropCall("io.kintsugi.catalog.ReplicaSet#raise", "io.kintsugi.drives.Drive#raiseCatalogEpoch")),
    HEALING_IS_BELIEVED(Mutation.returns("io.kintsugi.objects.HealWork#right", true)),
    THE_SWEEP_DOES_NOT_ASK_THE_CATALOG(Mutation.returns("io.kintsugi.objects.OrphanSweep#unreferred", true)),
    THE_SWEEP_REMOVES_NOTHING(Mutation.empty("io.kintsugi.objects.OrphanSweep#confirm")),
    SCRUBBING_WAITS_FOR_A_CLOCK_THAT_WAS_SET_BACK(
            Mutation.callReturns("io.kintsugi.objects.Scrubber#step", "java.time.Instant#isAfter", false), Twist.CLOCK),
    A_DRIVE_IS_DRAINED_WITHOUT_A_LOOK(Mutation.returns("io.kintsugi.objects.DrainCheck#isEmpty", true), Twist.DRAIN),
    A_MOVE_IS_TAKEN_FOR_RECORDED(
            Mutation.callReturns("io.kintsugi.objects.ShardMover#record", "io.kintsugi.catalog.Catalog#relocate", true),
            Twist.DRAIN);

    private final Mutation mistake;

    private final Optional<Twist> twist;

    Canary(Mutation mistake) {
        this.mistake = mistake;
        this.twist = Optional.empty();
    }

    /** @param twist lives that have it find the mistake, as a rule */
    Canary(Mutation mistake, Twist twist) {
        this.mistake = mistake;
        this.twist = Optional.of(twist);
    }

    /** A life with the mistake. */
    SimReport live(long seed, int requests) {
        return twist.map(only -> SimulationRun.twisted(only.name(), seed, requests, Optional.of(mistake)))
                .orElseGet(() -> SimulationRun.of(seed, requests, Optional.of(mistake)));
    }
}
