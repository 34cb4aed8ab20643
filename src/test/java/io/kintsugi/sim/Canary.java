package io.kintsugi.sim;

import io.kintsugi.sim.Twists.Twist;
import io.kintsugi.sim.engine.Mutation;
import io.kintsugi.sim.engine.SimReport;
import java.util.List;
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
    /** Neither by the count nor by the look is anything found that lies on the drive. */
    A_DRIVE_IS_DRAINED_ALTHOUGH_BLOBS_LIE_THERE(
            List.of(
                    Mutation.callReturns("io.kintsugi.objects.Balancer#finishDrains", "#blobs", 0),
                    Mutation.returns("io.kintsugi.objects.DrainCheck#isNeeded", false)),
            Twist.DRAIN,
            46,
            124,
            135),
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
    A_PROCESS_FORGETS_AT_ITS_END_WHAT_IS_MISSING(
            Mutation.returns("io.kintsugi.objects.HealWork#hasEndedWhole", true), Twist.ENDS, 60, 86, 149),
    MARKS_OF_AN_END_NEED_NOT_AGREE(
            Mutation.callReturns("io.kintsugi.objects.OrderlyEnd#agreed", "#equals", true), Twist.ENDS, 32),
    /** What was begun since is told by epoch and sequence as well, so that must be believed too. */
    THE_MARK_OF_AN_END_STAYS(
            List.of(
                    Mutation.dropCall("io.kintsugi.objects.OrderlyEnd#take", "io.kintsugi.shards.DriveRecord#write"),
                    Mutation.returns("io.kintsugi.objects.OrderlyEnd#isTakenAway", true),
                    Mutation.returns("io.kintsugi.objects.OrderlyEnd#isNext", true)),
            Twist.ENDS,
            4,
            14),
    MENDING_IS_TAKEN_FOR_DONE(Mutation.returns("io.kintsugi.objects.Mending$Done#right", true), Twist.HINDERED, 4, 9),
    UNCERTAIN_COMMITS_ARE_UNDONE(Mutation.returns("io.kintsugi.objects.Undo#mayHaveTakenEffect", false), 172, 303, 316);

    private final List<Mutation> mistakes;
    private final Optional<Twist> twist;
    private final long[] finders;

    /** @param finders seeds that found it when this was written */
    Canary(Mutation mistake, long... finders) {
        this.mistakes = List.of(mistake);
        this.twist = Optional.empty();
        this.finders = finders;
    }

    /** @param twist lives that have it find the mistake, as a rule */
    Canary(Mutation mistake, Twist twist, long... finders) {
        this(List.of(mistake), twist, finders);
    }

    /** @param mistakes of which each alone is made good by what the others leave out */
    Canary(List<Mutation> mistakes, Twist twist, long... finders) {
        this.mistakes = mistakes;
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
        return twist.map(only -> SimulationRun.twisted(only.name(), seed, requests, mistakes))
                .orElseGet(() -> SimulationRun.of(seed, requests, mistakes));
    }
}
