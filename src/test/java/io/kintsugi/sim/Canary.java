package io.kintsugi.sim;

import io.kintsugi.sim.engine.Mutation;

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
    HEALING_IS_BELIEVED(Mutation.returns("io.kintsugi.objects.Mender#mend", true)),
    THE_SWEEP_DOES_NOT_ASK_THE_CATALOG(Mutation.returns("io.kintsugi.objects.OrphanSweep#unreferred", true)),
    THE_SWEEP_REMOVES_NOTHING(Mutation.empty("io.kintsugi.objects.OrphanSweep#confirm"));

    private final Mutation mistake;

    Canary(Mutation mistake) {
        this.mistake = mistake;
    }

    Mutation mistake() {
        return mistake;
    }
}
