package io.kintsugi.sim;

import io.kintsugi.base.Entropy;
import io.kintsugi.drives.ShardName;
import io.kintsugi.sim.engine.OneStep;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a drive shows, what of it would survive, and what lies between. Changes of the key-value store (packed shards
 * among them) go through one log: what survives of it is a prefix. Files and the identity are each for themselves; of
 * what is done to one of them, one thing after the other, a prefix survives too, as the entry of a folder has one state
 * at a time. Guarded by the gate's lock.
 */
@OneStep
final class SimJournal {
    /** Changes with the same one survive in their order: the log of the key-value store, or the name of a file. */
    sealed interface Lane {
        record Log() implements Lane {}

        record OfFile(ShardName name) implements Lane {}

        record Identity() implements Lane {}
    }

    record Change(Lane lane, Consumer<SimMedia> effect) {
        boolean logged() {
            return lane instanceof Lane.Log;
        }
    }

    private static final int MAX_UNSYNCED = 256;

    private SimMedia visible = new SimMedia();
    private SimMedia durable = new SimMedia();
    private final List<Change> unsynced = new ArrayList<>();
    /** A drive that says that it has synced, and has not. */
    private boolean lying;

    SimMedia visible() {
        return visible;
    }

    /** Takes effect; whether it survives is not known before {@link #sync}. */
    void write(Change change) {
        change.effect().accept(visible);
        unsynced.add(change);
        if (unsynced.size() > MAX_UNSYNCED) {
            // a system writes everything down sooner or later
            sync(unsynced.getFirst());
        }
    }

    /** From here on the change survives, and all that came before it on its lane. */
    void sync(Change change) {
        if (lying || !unsynced.contains(change)) {
            return;
        }
        boolean behind = false;
        for (Iterator<Change> all = unsynced.iterator(); all.hasNext(); ) {
            Change next = all.next();
            boolean same = next == change;
            if (same || change.lane().equals(next.lane()) && !behind) {
                next.effect().accept(durable);
                all.remove();
            }
            behind |= same;
        }
    }

    void lie(boolean on) {
        lying = on;
        if (!on) {
            List.copyOf(unsynced).forEach(this::sync);
        }
    }

    /** What was not synced is lost or not: of the log a prefix survives, of the others any. */
    void crash(Entropy entropy) {
        long logged = unsynced.stream().filter(Change::logged).count();
        long left = logged == 0 ? 0 : Math.floorMod(entropy.nextLong(), logged + 1);
        Set<Lane> cut = new HashSet<>();
        for (Change change : unsynced) {
            boolean survives = change.logged() ? left-- > 0 : entropy.nextLong() < 0;
            if (!survives) {
                cut.add(change.lane());
            }
            if (!cut.contains(change.lane())) {
                change.effect().accept(durable);
            }
        }
        unsynced.clear();
        visible = durable.copy();
    }

    /** Only the machine's memory is lost, not the drive's: everything that took effect is there. */
    void stop() {
        unsynced.forEach(change -> change.effect().accept(durable));
        unsynced.clear();
        visible = durable.copy();
    }

    /** Happens to what is there already, unnoticed. */
    void damage(Consumer<SimMedia> damage) {
        damage.accept(visible);
        damage.accept(durable);
    }

    SimMedia snapshot() {
        return durable.copy();
    }

    /** The drive holds this from now on. */
    void restore(SimMedia media) {
        unsynced.clear();
        durable = media.copy();
        visible = media.copy();
    }
}
