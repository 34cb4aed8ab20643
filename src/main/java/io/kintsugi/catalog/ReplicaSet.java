package io.kintsugi.catalog;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.base.StoreException.Unavailable.Kind;
import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The replicas that take every commit, and how one leaves or joins. Changed by the sequencer's thread alone; read by
 * all.
 *
 * <p>A change of the set is recorded before it is true: first with a new epoch on the replicas that stay, then in the
 * identity of every drive that answers ({@link Drive#raiseCatalogEpoch}). Until both are done nothing is acknowledged,
 * so whoever knows only the old epoch has missed nothing that was promised. At least as many drives as it takes to
 * start must have recorded it; else the catalog stops ({@code halted}) rather than promise. Before all that its number
 * is announced to as many drives, so that none is used twice ({@link EpochNumbers}).
 */
final class ReplicaSet {
    private static final Logger LOG = Logger.getLogger("io.kintsugi.catalog");

    private static final long BUSY_PAUSE_NANOS = 1_000_000;

    private final Topology topology;
    private final CatalogSettings settings;
    private final EpochNumbers numbers;
    private final Map<Replica, String> suspects = new ConcurrentHashMap<>();
    private final Damages damages = new Damages();
    private volatile List<Replica> live = List.of();
    private volatile ReplicaState state = new ReplicaState(0, 0, 1, List.of());
    private volatile Optional<String> halted = Optional.of("it was not opened");
    private volatile int preferred;
    private volatile Set<DriveId> homes = Set.of();
    private Optional<CommitLog> log = Optional.empty();
    /** The greatest number of an epoch that was ever begun, as far as is known. */
    private long announced;

    ReplicaSet(Topology topology, CatalogSettings settings) {
        this.topology = topology;
        this.numbers = new EpochNumbers(topology, settings.commitDeadline());
        this.settings = settings;
    }

    // ---- read by all

    ReplicaState state() {
        return state;
    }

    List<Replica> live() {
        return live;
    }

    Optional<String> halted() {
        return halted;
    }

    /**
     * Live replicas, the preferred first and those with damaged rows last, without those that have failed and were not
     * dropped yet.
     */
    List<Replica> readable() {
        List<Replica> now = live;
        if (preferred == 0 && suspects.isEmpty() && damages.isEmpty()) {
            return now;
        }
        List<Replica> order = new ArrayList<>(now.size());
        List<Replica> last = new ArrayList<>();
        for (int i = 0; i < now.size(); i++) {
            Replica replica = now.get((preferred + i) % now.size());
            if (!suspects.containsKey(replica)) {
                (damages.isDamaged(replica) ? last : order).add(replica);
            }
        }
        order.addAll(last);
        return order;
    }

    /**
     * Rows of this replica can't be read. It stays until it is known that the others have all rows.
     *
     * @return whether that is news
     */
    boolean damaged(Replica replica, Damages.Damage damage) {
        boolean news = live.contains(replica) && damages.add(replica, damage);
        if (news) {
            LOG.warnf(
                    "The catalog's replica on drive %s has damaged rows, and is made anew once it is known that the"
                            + " others have them: %s",
                    replica, damage.reason());
        }
        return news;
    }

    /** Live replicas of which rows can't be read. */
    List<Replica> damaged() {
        return live.stream().filter(damages::isDamaged).toList();
    }

    /** Drives that have or had a replica, and get it back when they return. */
    Set<DriveId> homes() {
        return homes;
    }

    void prefer(Replica replica) {
        preferred = Math.max(0, live.indexOf(replica));
    }

    /** A read has failed there: it is dropped before the next commit. */
    void suspect(Replica replica, String reason) {
        if (live.contains(replica)) {
            suspects.putIfAbsent(replica, reason);
        }
    }

    boolean hasSuspects() {
        return !suspects.isEmpty();
    }

    Unavailable unreadable() {
        return new Unavailable(
                Kind.QUORUM,
                "No replica of the catalog can be read: "
                        + halted.orElse(
                                damages.isEmpty()
                                        ? "the drives that hold them have failed"
                                        : "what is asked for is damaged, see kintsugi check"));
    }

    void requireWritable() {
        halted.ifPresent(reason -> {
            throw new Unavailable(Kind.QUORUM, "The catalog takes no changes: " + reason);
        });
    }

    /** Drives that must know of an epoch: without that many no start is possible. */
    int enoughDrives() {
        int all = topology.drives().size();
        return Math.max(1, all - topology.defaultCode().parityShards());
    }

    int wanted() {
        return wanted(topology);
    }

    /** Drives that are being drained keep no replica, though they are told of epochs like all others. */
    static int wanted(Topology topology) {
        int homesLeft = (int) topology.drives().stream()
                .filter(drive -> drive.status().state() != DriveStatus.State.DRAINING)
                .count();
        return ReplicaVerdict.wanted(homesLeft, topology.defaultCode().parityShards());
    }

    /** The live replicas on drives that stay. */
    List<Replica> staying() {
        return live.stream()
                .filter(replica -> replica.drive().status().state() != DriveStatus.State.DRAINING)
                .toList();
    }

    // ---- the sequencer's thread only

    /** Takes over what was found at start, and makes it true: after that everything read is durable on all of them. */
    void open(List<Replica> replicas, ReplicaState found) {
        long heard = numbers.announced(enoughDrives())
                .orElseThrow(() -> new Unavailable(
                        Kind.QUORUM,
                        "Fewer than " + enoughDrives() + " drives could say which epochs of the catalog were begun"));
        announced = Math.max(announced, heard);
        state = found;
        homes = Stream.concat(found.members().stream(), names(replicas).stream())
                .collect(Collectors.toSet());
        suspects.clear();
        preferred = 0;
        reconfigure(replicas, "opened");
        halted = Optional.empty();
    }

    /** Applies changes on every live replica; returns when all that are left have synced them. */
    void commit(KvBatch changes, List<ReplicaState.RowKey> touched, long nextOrder) {
        requireWritable();
        ReplicaState next = new ReplicaState(state.epoch(), state.sequence() + 1, nextOrder, state.members());
        KvBatch batch = withState(changes, next, touched);
        List<Replica> synced = commitOn(live, batch);
        state = next;
        log.ifPresent(l -> l.add(batch));
        if (synced.size() < live.size()) {
            reconfigure(synced, "lost " + names(missing(live, synced)));
        }
    }

    private static KvBatch withState(KvBatch batch, ReplicaState next, List<ReplicaState.RowKey> touched) {
        return batch.put(KvSpace.META, ReplicaState.KEY, next.encode())
                .put(KvSpace.META, ReplicaState.TOUCHED_KEY, ReplicaState.encodeTouched(touched));
    }

    private List<Replica> commitOn(List<Replica> replicas, KvBatch batch) {
        List<CompletableFuture<Void>> commits =
                replicas.stream().map(replica -> replica.commit(batch)).toList();
        long deadline = System.nanoTime() + settings.commitDeadline().toNanos();
        Futures.awaitAll(commits, deadline);
        List<Replica> synced = new ArrayList<>(replicas.size());
        for (int i = 0; i < replicas.size(); i++) {
            if (syncs(replicas.get(i), commits.get(i), batch, deadline)) {
                synced.add(replicas.get(i));
            }
        }
        return synced;
    }

    /**
     * A full queue is no fault of the drive: it is asked again. Nothing else is submitted meanwhile, so the order
     * stays.
     */
    private static boolean syncs(Replica replica, CompletableFuture<Void> first, KvBatch batch, long deadline) {
        CompletableFuture<Void> commit = first;
        while (!Futures.succeeds(commit, deadline)) {
            if (!Futures.isBusy(commit) || System.nanoTime() - deadline >= 0) {
                return false;
            }
            LockSupport.parkNanos(BUSY_PAUSE_NANOS);
            commit = replica.commit(batch);
        }
        return true;
    }

    /** When all are suspects, what they have failed at may be the fault of none: a commit tells. */
    void dropSuspects() {
        if (suspects.isEmpty() || halted.isPresent()) {
            return;
        }
        List<Replica> rest = missing(live, suspects.keySet().stream().toList());
        String why = "gave up " + suspects;
        suspects.clear();
        if (rest.isEmpty()) {
            commit(new KvBatch(), List.of(), state.nextOrder());
        } else if (rest.size() < live.size()) {
            reconfigure(rest, why);
        }
    }

    /** Takes a replica out, if it is in. */
    void drop(DriveId drive, String reason) {
        List<Replica> rest = live.stream().filter(r -> !r.id().equals(drive)).toList();
        if (rest.size() < live.size() && halted.isEmpty()) {
            reconfigure(rest, "gave up " + drive + ": " + reason);
        }
    }

    /**
     * Takes out a damaged replica.
     *
     * @param whole those that have all its rows together, if all of them are left; it stays when one has gone meanwhile
     */
    void dropDamaged(Replica replica, List<Replica> whole) {
        Optional<Damages.Damage> damage = damages.of(replica);
        if (damage.isPresent() && !whole.isEmpty() && live.containsAll(whole)) {
            drop(replica.id(), "rows of it are damaged: " + damage.get().reason());
        }
    }

    /** Takes out the replicas whose drives were away since, or are others. What they hold now, nobody knows. */
    void dropReturned() {
        live.stream()
                .filter(replica -> !replica.isSameOpening())
                .forEach(replica -> drop(replica.id(), "its drive was away"));
    }

    /** Takes in a replica that has everything up to the last commit. */
    void join(Replica replica) {
        requireWritable();
        List<Replica> more = new ArrayList<>(live);
        more.add(replica);
        reconfigure(more, "rebuilt " + replica);
        if (!live.contains(replica)) {
            throw new Unavailable(
                    Kind.QUORUM, "The rebuilt replica on drive " + replica + " did not take its first commit");
        }
    }

    /** Makes exactly these the live replicas, or those of them that can record it. */
    private void reconfigure(List<Replica> wanted, String why) {
        ReplicaState base = state;
        List<Replica> members = List.copyOf(wanted);
        while (true) {
            ReplicaState next = new ReplicaState(
                    announceEpoch(why),
                    state.sequence() + 1,
                    state.nextOrder(),
                    members.stream().map(Replica::id).toList());
            KvBatch batch = new KvBatch().put(KvSpace.META, ReplicaState.BASE_KEY, next.encodeBase(base));
            List<Replica> recorded = commitOn(members, withState(batch, next, List.of()));
            if (recorded.isEmpty()) {
                throw halt("no drive with a replica is left (" + why + ")");
            }
            state = next;
            if (recorded.size() == members.size()) {
                break;
            }
            members = recorded;
        }
        requireRecorded(raise(state.epoch()), why);
        become(members);
        LOG.infof("Catalog %s: epoch %d, replicas on %s", why, state.epoch(), names(live));
    }

    private long announceEpoch(String why) {
        announced = Math.max(announced, state.epoch()) + 1;
        requireRecorded(numbers.announce(announced, enoughDrives()), why);
        return announced;
    }

    private void become(List<Replica> members) {
        missing(live, members).forEach(Replica::close);
        boolean full = members.size() >= wanted();
        homes = Stream.concat(names(members).stream(), full ? Stream.empty() : homes.stream())
                .collect(Collectors.toSet());
        live = members;
        // only now: one that is damaged, and is live to whoever looks, must not look whole
        suspects.keySet().retainAll(members);
        damages.retain(members);
        preferred = 0;
    }

    private void requireRecorded(int drives, String why) {
        if (drives < enoughDrives()) {
            throw halt("only " + drives + " drives could record its new epoch, " + enoughDrives() + " are needed ("
                    + why + ")");
        }
    }

    /** Raises the epoch on every drive that answers; returns on how many it is durable. */
    private int raise(long epoch) {
        List<CompletableFuture<Void>> raised = new ArrayList<>();
        for (Drive drive : topology.drives()) {
            raised.add(raise(drive, epoch));
        }
        long deadline = System.nanoTime() + settings.commitDeadline().toNanos();
        return (int) raised.stream().filter(f -> Futures.succeeds(f, deadline)).count();
    }

    static CompletableFuture<Void> raise(Drive drive, long epoch) {
        try {
            return drive.raiseCatalogEpoch(epoch);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Stops, unless it has stopped: nothing is read or changed until it is opened again. */
    void stop(String reason) {
        if (halted.isEmpty()) {
            halt(reason);
        }
    }

    private Unavailable halt(String reason) {
        live.forEach(Replica::close);
        live = List.of();
        suspects.clear();
        damages.retain(live);
        halted = Optional.of(reason);
        LOG.errorf("Catalog stopped: %s. It goes on by itself when the drives are back", reason);
        return new Unavailable(Kind.QUORUM, "The catalog takes no changes: " + reason);
    }

    private static List<Replica> missing(List<Replica> all, List<Replica> present) {
        return all.stream().filter(r -> !present.contains(r)).toList();
    }

    private static List<DriveId> names(List<Replica> replicas) {
        return replicas.stream().map(Replica::id).toList();
    }

    /** Ends the threads of the replicas; the drives stay open. */
    void close() {
        live.forEach(Replica::close);
    }

    /** From now on commits are kept for a rebuild. */
    void startLog(CommitLog started) {
        log = Optional.of(started);
    }

    void stopLog(CommitLog stopped) {
        log = log.filter(l -> l != stopped);
    }
}
