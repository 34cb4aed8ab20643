package io.kintsugi.catalog;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.base.StoreException.Unavailable.Kind;
import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvSpace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Finds the replicas to start with. The highest epoch that any drive knows of is the floor: a replica of a lower one
 * has missed commits, whatever it says itself. Of the replicas of the highest epoch the one with the highest sequence
 * wins; one that lacks the last commit, as after a crash while it was being written, or only the change of replicas
 * that the winner ends with, is brought level from it; what is further behind is left to be rebuilt.
 */
final class ReplicaOpener {
    private static final Logger LOG = Logger.getLogger("io.kintsugi.catalog");

    private final Topology topology;
    private final CatalogSettings settings;
    private final ReplicaSet replicas;

    /** A replica that was found, and what it says of itself; without a state it is a drive that could hold one. */
    private record Found(Replica replica, Optional<ReplicaState> state) {
        long epoch() {
            return state.map(ReplicaState::epoch).orElse(0L);
        }

        long sequence() {
            return state.map(ReplicaState::sequence).orElse(0L);
        }

        List<DriveId> members() {
            return state.map(ReplicaState::members).orElse(List.of());
        }
    }

    ReplicaOpener(Topology topology, CatalogSettings settings, ReplicaSet replicas) {
        this.topology = topology;
        this.settings = settings;
        this.replicas = replicas;
    }

    /**
     * The sequencer's thread, or before it has started.
     *
     * @param floor an epoch that is known already
     * @throws Unavailable {@code QUORUM} with the reason why it can't start
     */
    void open(long floor) {
        List<Drive> online = topology.drives().stream()
                .filter(drive -> drive.status().state() != DriveStatus.State.OFFLINE)
                .toList();
        requireEnough(online);
        List<Found> found =
                online.stream().flatMap(drive -> look(drive).stream()).toList();
        long known = Math.max(
                floor, online.stream().mapToLong(Drive::catalogEpoch).max().orElse(0));
        List<Found> states = found.stream().filter(f -> f.state().isPresent()).toList();
        List<Found> chosen;
        try {
            chosen = states.isEmpty() && known == 0 ? initialise(found) : choose(states, known);
            replicas.open(chosen.stream().map(Found::replica).toList(), newest(chosen));
        } finally {
            found.stream()
                    .map(Found::replica)
                    .filter(r -> !replicas.live().contains(r))
                    .forEach(Replica::close);
        }
    }

    private static ReplicaState newest(List<Found> chosen) {
        return chosen.getFirst().state().orElse(new ReplicaState(0, 0, 1, List.of()));
    }

    private void requireEnough(List<Drive> online) {
        if (online.size() < replicas.enoughDrives()) {
            throw new Unavailable(
                    Kind.QUORUM,
                    "The catalog needs " + replicas.enoughDrives() + " of its "
                            + topology.drives().size() + " drives to start and found " + online.size()
                            + ". Not online: " + offline());
        }
    }

    private List<String> offline() {
        return topology.drives().stream()
                .map(Drive::status)
                .filter(status -> status.state() == DriveStatus.State.OFFLINE)
                .map(status -> status.where() + " (" + status.reason() + ")")
                .toList();
    }

    /** Reads the state, behind a fence: what was submitted to the drive before has landed or never will. */
    private Optional<Found> look(Drive drive) {
        Replica replica = new Replica(drive);
        try {
            long now = System.nanoTime();
            byte[] fence = SmallRow.encodeNumber(now);
            await(replica.commit(new KvBatch().put(KvSpace.META, ReplicaState.FENCE_KEY, fence)));
            Optional<ReplicaState> state =
                    await(replica.get(KvSpace.META, ReplicaState.KEY)).map(ReplicaState::decode);
            return Optional.of(new Found(replica, state));
        } catch (DriveException | RowException | StoreException e) {
            if (e instanceof RowException row && row.fault() == RowException.Fault.TOO_NEW) {
                throw new Unavailable(Kind.QUORUM, "Drive " + drive.id() + ": " + e.getMessage());
            }
            LOG.warnf("The catalog's replica on drive %s can't be read: %s", drive.id(), e.getMessage());
            replica.close();
            return Optional.empty();
        }
    }

    private <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(settings.commitDeadline().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw Futures.interrupted("the opening of a replica");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DriveException known) {
                throw known;
            }
            throw Futures.asStore(e.getCause(), "the opening of a replica");
        } catch (TimeoutException e) {
            throw new Unavailable(
                    Kind.TIMEOUT,
                    "no answer within " + settings.commitDeadline().toMillis() + " ms");
        }
    }

    /**
     * The first start: no drive holds a replica or has ever heard of one. All drives must be there, or one that is away
     * may know better.
     */
    private List<Found> initialise(List<Found> found) {
        if (found.size() < topology.drives().size()) {
            throw new Unavailable(
                    Kind.QUORUM,
                    "The first start needs all " + topology.drives().size()
                            + " drives, since one that is away could hold" + " a catalog. Not online: " + offline());
        }
        LOG.infof("A new catalog on %d of %d drives", replicas.wanted(), found.size());
        return found.stream()
                .sorted(Comparator.comparing(f -> f.replica().id()))
                .limit(replicas.wanted())
                .toList();
    }

    private List<Found> choose(List<Found> states, long floor) {
        long top = states.stream().mapToLong(Found::epoch).max().orElse(0);
        if (top < floor || states.isEmpty()) {
            List<DriveId> stale = states.stream().map(f -> f.replica().id()).toList();
            throw new Unavailable(
                    Kind.QUORUM,
                    "No replica of the catalog's epoch " + floor + " is here; stale ones (up to epoch " + top + ") on "
                            + stale + ". Bring back the drives that were in use last. Not online: " + offline()
                            + ". If none can be brought back, kintsugi rebuild-catalog makes a new catalog");
        }
        Found winner = states.stream()
                .filter(f -> f.epoch() == top)
                .max(Comparator.comparingLong(Found::sequence))
                .orElseThrow();
        Optional<ReplicaState> base = base(winner);
        List<Found> best = new ArrayList<>(List.of(winner));
        states.stream()
                .filter(f -> f != winner && (f.epoch() == top || f.state().equals(base)))
                .filter(f -> level(winner, f, base))
                .forEach(best::add);
        return best;
    }

    /** What a replica was that has only missed the change of replicas with which the winner ends, if it does. */
    private Optional<ReplicaState> base(Found winner) {
        try {
            return await(winner.replica().get(KvSpace.META, ReplicaState.BASE_KEY))
                    .flatMap(row -> winner.state().flatMap(state -> state.decodeBase(row)));
        } catch (DriveException | RowException | StoreException e) {
            LOG.warnf("What the replica on drive %s began with can't be read: %s", winner.replica(), e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Whether the other has all that the winner has, if need be by now. Two halves of the drives that never met may
     * have used one epoch for two histories: those differ in their members.
     */
    private boolean level(Found winner, Found other, Optional<ReplicaState> base) {
        if (other.state().equals(winner.state())) {
            return true;
        }
        boolean oneBehind =
                other.sequence() == winner.sequence() - 1 && other.members().equals(winner.members());
        if (!oneBehind && !other.state().equals(base)) {
            return false;
        }
        try {
            await(other.replica().commit(lastCommit(winner.replica())));
            LOG.infof("The replica on drive %s lacked the last commit and has it now", other.replica());
            return true;
        } catch (DriveException | RowException | StoreException e) {
            LOG.warnf("The replica on drive %s can't be brought level: %s", other.replica(), e.getMessage());
            return false;
        }
    }

    /** The last commit again: every row that it touched, as it is now. */
    private KvBatch lastCommit(Replica winner) {
        KvBatch batch = new KvBatch();
        byte[] touched = await(winner.get(KvSpace.META, ReplicaState.TOUCHED_KEY))
                .orElseThrow(() -> new Unavailable(Kind.QUORUM, "the keys of the last commit are missing"));
        List<ReplicaState.RowKey> keys = new ArrayList<>(ReplicaState.decodeTouched(touched));
        keys.add(new ReplicaState.RowKey(KvSpace.META, ReplicaState.KEY));
        keys.add(new ReplicaState.RowKey(KvSpace.META, ReplicaState.TOUCHED_KEY));
        keys.add(new ReplicaState.RowKey(KvSpace.META, ReplicaState.BASE_KEY));
        for (ReplicaState.RowKey row : keys) {
            Optional<byte[]> value = await(winner.get(row.space(), row.key()));
            value.ifPresentOrElse(
                    v -> batch.put(row.space(), row.key(), v), () -> batch.delete(row.space(), row.key()));
        }
        return batch;
    }
}
