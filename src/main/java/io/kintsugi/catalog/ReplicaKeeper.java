package io.kintsugi.catalog;

import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.StoreException;
import io.kintsugi.cluster.DriveListener;
import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Keeps the replicas at full strength: gives up those whose drive has gone, makes those anew whose drive is back or
 * replaced, or of which rows are damaged, moves one to another drive when its own stays away, and opens the catalog
 * again after it had to stop. One thread; events only wake it early.
 */
final class ReplicaKeeper implements DriveListener, AutoCloseable {
    private static final Logger LOG = Logger.getLogger("io.kintsugi.catalog");
    private static final int MAX_EVENTS = 256;
    private static final int BACKOFF_TICKS = 10;

    private record Told(Drive drive, Event event) {}

    private final Topology topology;
    private final ReplicaSet replicas;
    private final Sequencer sequencer;
    private final Repair repair;
    private final CatalogSettings settings;
    private final BlockingQueue<Told> events = new ArrayBlockingQueue<>(MAX_EVENTS);
    private final Map<DriveId, Long> notBefore = new HashMap<>();
    /** Openings of drives that were looked at. */
    private final Map<DriveId, Long> looked = new HashMap<>();

    private final Thread thread;
    private Optional<Long> shortSince = Optional.empty();
    private Optional<List<Object>> stuck = Optional.empty();
    private long mendFrom = Clock.SYSTEM.nanos();
    private String lastTrouble = "";
    private volatile Optional<DriveId> rebuilding = Optional.empty();
    private volatile boolean closing;

    /**
     * What it is done with.
     *
     * @param reopen opens the catalog again; runs between two commits
     */
    record Repair(Rebuilder rebuilder, UnseenDrives unseen, Runnable reopen) {}

    ReplicaKeeper(
            Topology topology, ReplicaSet replicas, Sequencer sequencer, Repair repair, CatalogSettings settings) {
        this.topology = topology;
        this.replicas = replicas;
        this.sequencer = sequencer;
        this.repair = repair;
        this.settings = settings;
        this.thread = Thread.ofPlatform().name("catalog-keeper").daemon().unstarted(this::run);
    }

    void start() {
        topology.subscribe(this);
        thread.start();
    }

    Optional<DriveId> rebuilding() {
        return rebuilding;
    }

    /** What does not fit is noticed by the next look anyway. */
    @Override
    public void driveChanged(Drive drive, Event event) {
        if (!closing) {
            events.offer(new Told(drive, event));
        }
    }

    private void run() {
        while (!closing) {
            try {
                Told told = events.poll(settings.tick().toMillis(), TimeUnit.MILLISECONDS);
                if (told != null) {
                    hear(told);
                }
                tend();
                lastTrouble = "";
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException | Error e) {
                complain(e);
            }
        }
    }

    /** A trouble that goes on is logged once. */
    private void complain(Throwable e) {
        String trouble = e instanceof StoreException ? e.getMessage() : e.toString();
        if (!closing && !trouble.equals(lastTrouble)) {
            lastTrouble = trouble;
            LOG.warnf("The catalog is not at full strength: %s", trouble);
        }
    }

    private void hear(Told told) {
        DriveId id = told.drive().id();
        notBefore.remove(id);
        if (replicas.live().stream().noneMatch(replica -> replica.id().equals(id))) {
            return;
        }
        sequencer.between(() -> {
            replicas.dropReturned();
            // it may be back by now: events wait behind rebuilds
            if (told.event() == Event.LOST && told.drive().status().state() == DriveStatus.State.OFFLINE) {
                replicas.drop(id, "the drive does not answer");
            }
        });
    }

    private void tend() {
        if (replicas.halted().isPresent()) {
            sequencer.between(repair.reopen());
        }
        if (!replicas.live().stream().allMatch(Replica::isSameOpening)) {
            sequencer.between(replicas::dropReturned);
        }
        if (replicas.hasSuspects()) {
            sequencer.between(replicas::dropSuspects);
        }
        raiseEpochs();
        tellOfUnseen();
        mend();
        strengthen();
    }

    /**
     * Gives up one damaged replica, at full strength, once the others were read and have every row; what it has left is
     * not needed any more then. When they have not, only all of them together may: a further one is made of them.
     */
    private void mend() {
        Optional<Replica> damaged = replicas.damaged().stream().findFirst();
        long now = Clock.SYSTEM.nanos();
        boolean full = replicas.staying().size() >= replicas.wanted();
        if (damaged.isEmpty() || !full || now - mendFrom < 0 || stuck.equals(Optional.of(situation()))) {
            return;
        }
        mendFrom = now + backoff().toNanos();
        List<Replica> others =
                replicas.live().stream().filter(r -> r != damaged.get()).toList();
        List<Replica> whole = othersHaveAllRows(damaged.get()) ? others : madeFurther(now);
        sequencer.between(() -> replicas.dropDamaged(damaged.get(), whole));
        if (!replicas.live().contains(damaged.get())) {
            mendFrom = now;
        }
    }

    private boolean othersHaveAllRows(Replica damaged) {
        try {
            return repair.rebuilder().requireAllRows(List.of(damaged), () -> !closing);
        } catch (StoreException.Unavailable e) {
            if (e.kind() == StoreException.Unavailable.Kind.QUORUM) {
                return false;
            }
            throw e;
        }
    }

    /** The one that was made, if there is a drive for it. */
    private List<Replica> madeFurther(long now) {
        Optional<Drive> free = candidate(now, true);
        if (free.isEmpty()) {
            stuck = Optional.of(situation());
            LOG.errorf(
                    "Rows of the catalog are damaged in %s, and the others don't have all of them. Nothing is given up,"
                            + " as each may have the only copy of a row; a whole one could be made on one drive more",
                    replicas.damaged());
            return List.of();
        }
        rebuild(free.get(), now);
        return replicas.live().stream()
                .filter(replica -> replica.id().equals(free.get().id()))
                .toList();
    }

    /** What has to change before it is of any use to try again to mend what could not be mended. */
    private List<Object> situation() {
        return List.of(
                replicas.live(),
                replicas.damaged(),
                topology.drives().stream()
                        .filter(drive -> drive.status().online())
                        .map(Drive::id)
                        .toList());
    }

    private Duration backoff() {
        return settings.tick().multipliedBy(BACKOFF_TICKS);
    }

    /** A drive that was away when the epoch was raised hears of it now. */
    private void raiseEpochs() {
        long epoch = replicas.state().epoch();
        for (Drive drive : topology.drives()) {
            if (drive.status().answers() && drive.catalogEpoch() < epoch) {
                Futures.succeeds(
                        ReplicaSet.raise(drive, epoch),
                        System.nanoTime() + settings.commitDeadline().toNanos());
            }
        }
    }

    /** Each drive that has come is looked at once: whether its rows are of use in another rebuild only. */
    private void tellOfUnseen() {
        for (Drive drive : topology.drives()) {
            Long opening = drive.openings();
            if (drive.status().answers() && !opening.equals(looked.get(drive.id()))) {
                looked.put(drive.id(), opening);
                repair.unseen().tell(drive);
            }
        }
    }

    private void strengthen() {
        if (replicas.staying().size() >= replicas.wanted()) {
            shortSince = Optional.empty();
            leaveDraining();
            return;
        }
        long now = Clock.SYSTEM.nanos();
        shortSince = shortSince.or(() -> Optional.of(now));
        boolean move = now - shortSince.get() >= settings.moveAfter().toNanos() || !mayReturn();
        Optional<Drive> candidate = candidate(now, move);
        if (candidate.isPresent()) {
            rebuild(candidate.get(), now);
        }
    }

    /** When the others suffice: not before, so that there are never fewer than there should be. */
    private void leaveDraining() {
        List<Replica> staying = replicas.staying();
        replicas.live().stream()
                .filter(replica -> !staying.contains(replica))
                .forEach(replica -> sequencer.between(() -> replicas.drop(replica.id(), "it is being drained")));
    }

    /** Whether a drive that had a replica is away: when it comes back soon, its own is made anew there. */
    private boolean mayReturn() {
        return topology.drives().stream()
                .filter(drive -> replicas.homes().contains(drive.id()))
                .map(Drive::status)
                .anyMatch(status -> !status.serves());
    }

    /** A drive that had a replica before; or any other, when those stay away. */
    private Optional<Drive> candidate(long now, boolean move) {
        List<DriveId> live = replicas.live().stream().map(Replica::id).toList();
        List<Drive> free = topology.drives().stream()
                .filter(drive -> drive.status().online() && !live.contains(drive.id()))
                .filter(drive -> notBefore.getOrDefault(drive.id(), now) - now <= 0)
                .toList();
        Optional<Drive> home = free.stream()
                .filter(drive -> replicas.homes().contains(drive.id()))
                .findFirst();
        return home.isPresent() || !move ? home : free.stream().findFirst();
    }

    private void rebuild(Drive drive, long now) {
        notBefore.put(drive.id(), now + backoff().toNanos());
        rebuilding = Optional.of(drive.id());
        try {
            LOG.infof("Rebuilding the catalog's replica on drive %s", drive.id());
            repair.rebuilder().rebuild(drive);
            notBefore.remove(drive.id());
        } finally {
            rebuilding = Optional.empty();
        }
    }

    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofMillis(settings.callDeadline().toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
