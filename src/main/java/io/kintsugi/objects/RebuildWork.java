package io.kintsugi.objects;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.StoreException;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.objects.RebuildWalk.Result;
import io.kintsugi.objects.UpkeepSnapshot.State;
import io.kintsugi.shards.SpareDrives;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Gives up drives that stay away, and rebuilds what they had on the others: from all of them onto all of them, several
 * blobs at once, those that lack most shards first. What is rebuilt is recorded there; a drive that comes back later
 * has lost nothing but its turn: what it still holds by the catalog is caught up, and the rest goes as orphans.
 *
 * <p>Where there is no drive for a shard, nothing is moved, and it is said. One thread decides, its workers do.
 */
final class RebuildWork implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RebuildWork.class.getName());
    private static final Duration IDLE = Duration.ofSeconds(5);
    /**
     * What failed is tried again soon, then later and later; what found no room when drives may have been added or
     * emptied.
     */
    private static final Duration AGAIN = Duration.ofSeconds(10);

    private static final int MAX_DOUBLINGS = 9;

    private static final Duration LATER = Duration.ofHours(1);
    /** Blobs at once. Each holds the memory of a stripe or two. */
    private static final int AT_ONCE = 4;

    private final Catalog catalog;
    private final SpareDrives drives;
    private final ShardMover mover;
    private final Governor governor;
    private final Rule rule;
    private final Worker worker = new Worker("kintsugi-rebuild", this::step);
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    /** Since when a drive is known to be away. Touched by the worker only. */
    private final Map<DriveId, Long> awaySinceNanos = new HashMap<>();

    private BlobCursor blobs;
    private volatile Optional<RebuildWalk> walk = Optional.empty();
    /** What the log says came of the last walk. Touched by the worker only. */
    private Optional<Told> told = Optional.empty();
    /** Walks in a row in which nothing but failures came about. Touched by the worker only. */
    private int failures;

    private record Told(State state, UpkeepSnapshot.Count failed, UpkeepSnapshot.Count homeless) {}

    /** @param after how long a drive may be away; empty for as long as it likes */
    record Rule(Optional<Duration> after, Clock clock) {}

    RebuildWork(Catalog catalog, SpareDrives drives, ShardMover mover, Governor governor, Rule rule) {
        this.catalog = catalog;
        this.drives = drives;
        this.mover = mover;
        this.governor = governor;
        this.rule = rule;
        this.blobs = new BlobCursor(catalog);
    }

    void start() {
        if (rule.after().isPresent()) {
            worker.start();
        }
    }

    /** A drive came, or went. */
    void changed() {
        worker.wake();
    }

    Optional<UpkeepSnapshot.Walk> snapshot() {
        return walk.map(RebuildWalk::snapshot);
    }

    /** Looks at the drives, and takes a bounded step of the walk that follows from them. */
    Duration step() {
        Set<DriveId> lost = givenUp();
        if (!walk.map(RebuildWalk::lost).orElse(Set.of()).equals(lost)) {
            failures = 0;
            told = Optional.empty();
            begin(lost);
        } else if (walk.filter(this::lacksOrder).isPresent()) {
            begin(lost);
        }
        if (walk.isEmpty()) {
            return IDLE;
        }
        RebuildWalk now = walk.get();
        return switch (now.state()) {
            case COUNTING -> count(now);
            case HEALING -> rebuild(now);
            case WAITING -> again(now, pause());
            case NO_ROOM, DONE, INTERRUPTED -> again(now, LATER);
        };
    }

    /**
     * Whether a drive has gone since the walk began: what lacks a shard on that, too, is to be first, without waiting
     * until it is given up. Once for each drive, so that one that comes and goes holds nothing up.
     */
    private boolean lacksOrder(RebuildWalk now) {
        return now.isUnderWay() && !now.away().containsAll(awaySinceNanos.keySet());
    }

    private Duration pause() {
        Duration longer = AGAIN.multipliedBy(1L << Math.min(failures, MAX_DOUBLINGS));
        return longer.compareTo(LATER) < 0 ? longer : LATER;
    }

    private Set<DriveId> givenUp() {
        long before = rule.clock().nanos() - rule.after().orElseThrow().toNanos();
        Set<DriveId> gone = drives.away();
        awaySinceNanos.keySet().retainAll(gone);
        gone.forEach(drive -> awaySinceNanos.putIfAbsent(drive, rule.clock().nanos()));
        Set<DriveId> lost = new HashSet<>();
        awaySinceNanos.forEach((drive, since) -> {
            if (since - before <= 0) {
                lost.add(drive);
            }
        });
        return lost;
    }

    private void begin(Set<DriveId> lost) {
        Set<DriveId> before = walk.map(RebuildWalk::lost).orElse(Set.of());
        lost.stream()
                .filter(drive -> !before.contains(drive))
                .forEach(drive ->
                        LOG.log(Level.WARNING, "Drive {0} stays away: what it had is rebuilt on the others", drive));
        walk.ifPresent(RebuildWalk::interrupt);
        blobs = new BlobCursor(catalog);
        Set<DriveId> away = new HashSet<>(awaySinceNanos.keySet());
        if (before.equals(lost)) {
            walk.map(RebuildWalk::away).ifPresent(away::addAll);
        }
        walk = lost.isEmpty() ? Optional.empty() : Optional.of(new RebuildWalk(lost, away, rule.clock()));
    }

    private Duration again(RebuildWalk now, Duration pause) {
        if (rule.clock().nanos() - now.sinceNanos() < pause.toNanos()) {
            return IDLE;
        }
        failures = now.state() == State.WAITING && !now.hasDoneAnything() ? failures + 1 : 0;
        begin(now.lost());
        return Duration.ZERO;
    }

    private Duration count(RebuildWalk now) {
        try (Governor.Permit permit = governor.permit()) {
            blobs.turn(permit);
            while (blobs.isHere()) {
                BlobRef blob = blobs.next().blob();
                if (now.isFor(blob)) {
                    now.counted(blob);
                }
            }
        }
        if (blobs.hasEnded()) {
            blobs = new BlobCursor(catalog);
            now.begin();
        }
        return Duration.ZERO;
    }

    /** Rebuilds some of the blobs that lack most. One that was written since they were counted is among them. */
    private Duration rebuild(RebuildWalk now) {
        List<BlobPage.Entry> batch = new ArrayList<>();
        try (Governor.Permit permit = governor.permit()) {
            blobs.turn(permit);
            while (batch.size() < AT_ONCE && blobs.isHere()) {
                BlobPage.Entry entry = blobs.next();
                if (now.isFor(entry.blob()) && now.isTurnOf(entry.blob())) {
                    batch.add(entry);
                }
            }
        }
        rebuildAll(now, batch);
        if (blobs.hasEnded()) {
            blobs = new BlobCursor(catalog);
            if (!now.nextDanger()) {
                tell(now);
            }
        }
        return Duration.ZERO;
    }

    /** Once, while nothing else comes of it: a drive may be lost for weeks. */
    private void tell(RebuildWalk ended) {
        UpkeepSnapshot.Walk came = ended.snapshot();
        Told now = new Told(came.state(), came.failed(), came.homeless());
        if (ended.hasDoneAnything() || !Optional.of(now).equals(told)) {
            told = Optional.of(now);
            LOG.log(Level.INFO, "Rebuilding what lost drives had: {0}", came);
        }
    }

    private void rebuildAll(RebuildWalk now, List<BlobPage.Entry> batch) {
        List<Future<?>> running = new ArrayList<>();
        for (BlobPage.Entry entry : batch) {
            running.add(workers.submit(() -> rebuildOne(now, entry)));
        }
        try {
            for (Future<?> one : running) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            running.forEach(one -> one.cancel(true));
        }
    }

    /** Whatever happens, it is said what came of the blob: one of which nothing is said would count as done. */
    private void rebuildOne(RebuildWalk now, BlobPage.Entry entry) {
        Result result = Result.FAILED;
        try {
            result = rebuilt(now, entry);
        } finally {
            now.ended(entry.blob(), result);
        }
    }

    private Result rebuilt(RebuildWalk now, BlobPage.Entry entry) {
        try (Governor.Permit permit = governor.permit()) {
            Optional<BlobRef> recorded = catalog.referred(entry.blob().id(), entry.origin());
            if (recorded.filter(now::isFor).isEmpty()) {
                // it is gone, or somebody has moved it
                return Result.VERIFIED;
            }
            BlobRef blob = recorded.get();
            List<DriveId> elsewhere = drives.elsewhere(blob, now.lost());
            if (elsewhere.equals(blob.placement())) {
                return Result.HOMELESS;
            }
            ShardMover.Outcome outcome = mover.move(blob, entry.origin(), elsewhere, permit);
            if (outcome != ShardMover.Outcome.MOVED) {
                return Result.FAILED;
            }
            return now.isFor(blob.at(elsewhere)) ? Result.HOMELESS : Result.VERIFIED;
        } catch (StoreException e) {
            return Result.FAILED;
        }
    }

    @Override
    public void close() {
        worker.close();
        workers.shutdownNow();
    }
}
