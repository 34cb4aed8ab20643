package io.kintsugi.sim;

import io.kintsugi.sim.Twists.Twist;
import io.kintsugi.sim.engine.Mutation;
import io.kintsugi.sim.engine.SimReport;
import java.util.Optional;
import java.util.stream.LongStream;

/** Mistakes in the real code that a simulation which is worth its name finds. */
enum Canary {
    A_COMMIT_IS_ANSWERED_BEFORE_IT_IS_SYNCED(Mutation.returns("io.kintsugi.catalog.ReplicaSet#syncs", true)),
    A_SHARD_IS_TAKEN_FOR_DURABLE_WHEN_IT_WAS_SENT(Mutation.empty("io.kintsugi.shards.BlobWrite#require")),
    FRAMES_ARE_NOT_VERIFIED(Mutation.returns("io.kintsugi.shards.StripeImage#verify", true)),
    READS_PIN_NOTHING(Mutation.returns("io.kintsugi.objects.ReadPins#pinned", false), Twist.TIDES, 4, 6),
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
            Twist.DRAIN),
    READS_DO_NOT_WAIT_FOR_THE_COMMIT_IN_FLIGHT(
            Mutation.empty("io.kintsugi.catalog.Flight#await"), Twist.WATCHED, 21, 54),
    THE_SWEEP_LOOKS_ONCE(
            Mutation.callReturns(
                    "io.kintsugi.objects.OrphanSweep#confirm", "io.kintsugi.objects.OrphanSweep#unreferred", true),
            Twist.LATE,
            11,
            21),
    OLD_SHARDS_GO_WHILE_THEY_ARE_READ(
            Mutation.callReturns("io.kintsugi.objects.Superseded#remove", "io.kintsugi.objects.ReadPins#pinned", false),
            Twist.TIDES,
            2,
            6),
    OLD_SHARDS_GO_ALTHOUGH_THE_BLOB_IS_BACK(
            Mutation.dropCall(
                    "io.kintsugi.objects.Superseded#discardUnlessRecorded", "io.kintsugi.catalog.Catalog#referred"),
            Twist.TIDES,
            1,
            2),
    CLAIMS_EXCLUDE_NOBODY(
            Mutation.callReturns("io.kintsugi.objects.BlobClaims#claim", "java.util.Set#add", true),
            Twist.TIDES,
            37,
            58),
    MENDING_IS_TAKEN_FOR_DONE(Mutation.returns("io.kintsugi.objects.Mending$Done#right", true), Twist.HINDERED, 4, 9),
    UNCERTAIN_COMMITS_ARE_UNDONE(Mutation.returns("io.kintsugi.objects.Undo#mayHaveTakenEffect", false), 172, 303, 316);

    private final Mutation mistake;

    private final Optional<Twist> twist;
    private final long[] finders;

    /** @param finders seeds that found it when this was written */
    Canary(Mutation mistake, long... finders) {
        this.mistake = mistake;
        this.twist = Optional.empty();
        this.finders = finders;
    }

    /** @param twist lives that have it find the mistake, as a rule */
    Canary(Mutation mistake, Twist twist, long... finders) {
        this.mistake = mistake;
        this.twist = Optional.of(twist);
        this.finders = finders;
    }

    /** So many seeds, those first that are known to find the mistake: as the store changes, they become other lives. */
    LongStream seeds(int count) {
        LongStream others = LongStream.rangeClosed(1, count)
                .filter(seed -> LongStream.of(finders).noneMatch(known -> known == seed));
        return LongStream.concat(LongStream.of(finders), others).limit(count);
    }

    /** A life with the mistake. */
    SimReport live(long seed, int requests) {
        return twist.map(only -> SimulationRun.twisted(only.name(), seed, requests, Optional.of(mistake)))
                .orElseGet(() -> SimulationRun.of(seed, requests, Optional.of(mistake)));
    }
}
