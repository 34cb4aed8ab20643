package io.kintsugi.cluster;

import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.Id128;
import io.kintsugi.cluster.SlotPolicy.Verdict;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveDirectory;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.DriveIdentity;
import io.kintsugi.drives.DriveInspection;
import io.kintsugi.drives.DriveSettings;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.drives.FoundingClaim;
import io.kintsugi.drives.LocalDrive;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps the handles connected to what lies in the folders: gives up drives that are gone, looks for them again, takes
 * empty folders in. One watcher thread decides; a drive that is opened or closed gets a thread of its own for that,
 * since either may hang. The lock guards what those threads report.
 */
final class DriveKeeper implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(DriveKeeper.class.getName());
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration INSPECTION = Duration.ofSeconds(5);
    private static final Duration CLOSING = Duration.ofSeconds(40);

    private final DriveSettings settings;
    private final Clock clock;
    private final Entropy entropy;
    private final Deployment deployment;
    private final List<PoolSlots> pools;
    private final DriveEvents events;
    private final DriveInspector inspector;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread watcher;

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<DriveId> opening = new HashSet<>();
    private final Map<DriveId, DriveIdentity> met = new HashMap<>();
    private final Returns returns = new Returns();
    private boolean closed;

    /** Nobody waits for the first drives any more: whoever needs to know of those that open later has to be told. */
    private volatile boolean started;

    private Duration pause = PERIOD;
    private long nextLookNanos;

    DriveKeeper(
            LocalTopology.Config config,
            Deployment deployment,
            List<PoolSlots> pools,
            DriveEvents events,
            DriveInspector inspector) {
        this.inspector = inspector;
        this.settings = config.drives();
        this.clock = config.clock();
        this.entropy = config.entropy();
        this.deployment = deployment;
        this.pools = pools;
        this.events = events;
        this.watcher = Thread.ofPlatform().daemon().name("drive-keeper").unstarted(this::watch);
    }

    /** Acts on what was found at start, waits for the drives to open, and begins to watch. */
    void start(List<List<DriveInspection>> found, Duration atMost) {
        List<CompletableFuture<?>> opened = new ArrayList<>();
        for (int i = 0; i < pools.size(); i++) {
            opened.addAll(act(pools.get(i), found.get(i), true));
        }
        await(opened, atMost);
        tellOfAbsent(true);
        started = true;
        watcher.start();
    }

    private static void await(List<CompletableFuture<?>> steps, Duration atMost) {
        CompletableFuture.allOf(steps.toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, atMost.toNanos(), TimeUnit.NANOSECONDS)
                .exceptionally(error -> null)
                .join();
    }

    private void watch() {
        nextLookNanos = clock.nanos();
        try {
            while (!stop.await(jittered(PERIOD), TimeUnit.NANOSECONDS)) {
                tick();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tick() {
        try {
            pools.forEach(pool -> {
                pool.drives().forEach(this::giveUpIfGone);
                pool.roster().spread(pool.drives());
            });
            if (pools.stream().allMatch(PoolSlots::complete)) {
                pause = PERIOD;
            } else if (clock.nanos() - nextLookNanos >= 0) {
                pools.stream().filter(pool -> !pool.complete()).forEach(this::look);
                nextLookNanos = clock.nanos() + jittered(pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            }
            tellOfAbsent(false);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "Watching the drives failed; it is tried again", e);
        }
    }

    /** A line for each drive that is not in use, and for each new reason. */
    private void tellOfAbsent(boolean atOnce) {
        for (PoolSlots pool : pools) {
            for (SlotDrive slot : pool.drives()) {
                if (slot.attached().isEmpty() && !isOpening(slot)) {
                    slot.untold(atOnce)
                            .ifPresent(reason -> LOG.log(
                                    System.Logger.Level.WARNING, "Drive {0} is not in use: {1}", slot.id(), reason));
                }
            }
        }
    }

    private boolean isOpening(SlotDrive slot) {
        lock.lock();
        try {
            return opening.contains(slot.id());
        } finally {
            lock.unlock();
        }
    }

    private long jittered(Duration about) {
        long nanos = about.toNanos();
        return nanos - nanos / 8 + Math.floorMod(entropy.nextLong(), nanos / 4);
    }

    private void giveUpIfGone(SlotDrive slot) {
        DriveStatus status = slot.status();
        if (status.state() != DriveStatus.State.OFFLINE) {
            return;
        }
        slot.detach(status.reason()).ifPresent(drive -> {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Drive {0} at {1} is gone: {2}",
                    slot.id(),
                    slot.where(),
                    status.reason());
            start("close " + slot.id(), drive::close);
            if (!drive.isToBeReopened()) {
                went(slot.id());
            }
            pause = PERIOD;
            nextLookNanos = clock.nanos();
            events.fire(slot, DriveListener.Event.LOST);
        });
    }

    private void look(PoolSlots pool) {
        Set<Path> attached = pool.attachedPaths();
        List<Path> others =
                pool.paths().stream().filter(path -> !attached.contains(path)).toList();
        Map<Path, DriveInspection> found = new HashMap<>();
        inspector.inspect(others, INSPECTION).forEach(inspection -> found.put(inspection.path(), inspection));
        for (SlotDrive drive : pool.drives()) {
            if (drive.attached().isPresent()) {
                DriveIdentity identity =
                        deployment.identity(pool.pool(false), drive.id(), drive.incarnation(), drive.catalogEpoch());
                found.putIfAbsent(drive.where(), new DriveInspection.Ours(drive.where(), identity));
            }
        }
        if (found.size() == pool.paths().size()) {
            act(pool, pool.paths().stream().map(found::get).toList(), false);
        }
    }

    /** Does what the policy says. Returns what was begun. */
    private List<CompletableFuture<?>> act(PoolSlots pool, List<DriveInspection> found, boolean first) {
        Deployment.Pool now = pool.pool(first);
        List<Verdict> verdicts = SlotPolicy.decide(deployment, now, found, known(pool));
        List<CompletableFuture<?>> begun = new ArrayList<>();
        for (Verdict verdict : verdicts) {
            switch (verdict) {
                case Verdict.Open(var path, var identity) -> {
                    DriveListener.Event event = DriveListener.Event.RETURNED;
                    SlotDrive slot = pool.drive(identity.drive());
                    Optional<String> waits = leftAlone(pool, slot);
                    waits.ifPresent(why -> slot.explain(path, why));
                    if (waits.isEmpty()) {
                        begun.add(begin(slot, path, () -> open(slot, path, identity, event, first)));
                    }
                }
                case Verdict.Format(var path, var id) -> {
                    SlotDrive slot = pool.drive(id);
                    boolean quiet = now.isNew(id);
                    begun.add(begin(slot, path, () -> format(now, slot, path, quiet)));
                }
                case Verdict.Finish(var path, var identity) -> {
                    SlotDrive slot = pool.drive(identity.drive());
                    boolean cutOff = !now.fresh();
                    begun.add(begin(slot, path, () -> found(slot, path, identity, cutOff)));
                }
                case Verdict.Refused refusal -> {
                    // explained below
                }
            }
        }
        pool.explain(verdicts);
        return begun;
    }

    private void went(DriveId drive) {
        lock.lock();
        try {
            returns.went(drive, clock.nanos());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Why a drive that is there is not opened yet. Only while the others can lose one more, or suffice where the code
     * can lose only one.
     */
    private Optional<String> leftAlone(PoolSlots pool, SlotDrive slot) {
        int lost = pool.drives().size() - pool.attachedPaths().size();
        int parity = pool.code().parityShards();
        if (lost > (parity > 1 ? parity - 1 : parity)) {
            return Optional.empty();
        }
        lock.lock();
        try {
            Duration rest = returns.rest(slot.id(), clock.nanos());
            return rest.isPositive()
                    ? Optional.of("it went away " + returns.shorts(slot.id()) + " times soon after it had come, and is"
                            + " left alone for " + returns.pause(slot.id()).toMinutes()
                            + " min, or until it is needed: see to its cable, power or device, or replace it")
                    : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private SlotPolicy.Known known(PoolSlots pool) {
        lock.lock();
        try {
            return new SlotPolicy.Known(pool.attachedPaths(), Map.copyOf(met), inspector.mounts());
        } finally {
            lock.unlock();
        }
    }

    /** Opens on a thread of its own, unless that is under way or done. */
    private CompletableFuture<?> begin(SlotDrive slot, Path path, Runnable work) {
        lock.lock();
        try {
            if (closed || slot.attached().isPresent() || !opening.add(slot.id())) {
                return CompletableFuture.completedFuture(null);
            }
        } finally {
            lock.unlock();
        }
        // where it lies is known before it is open: that may take long
        slot.explain(path, "it is being opened");
        try {
            return start("open " + slot.id(), () -> {
                try {
                    work.run();
                } finally {
                    ended(slot);
                }
            });
        } catch (RuntimeException | Error e) {
            // no thread could be had: it is tried again
            ended(slot);
            throw e;
        }
    }

    private void ended(SlotDrive slot) {
        lock.lock();
        opening.remove(slot.id());
        lock.unlock();
    }

    private static CompletableFuture<Void> start(String name, Runnable work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                work.run();
                done.complete(null);
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, "To " + name + " failed", e);
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    /**
     * The new drive hears of the catalog's epoch before anything else: it counts among those of which enough must be
     * there at a start, and must not tell then that there was none.
     */
    private void format(Deployment.Pool pool, SlotDrive slot, Path path, boolean quiet) {
        DriveIdentity identity = deployment.identity(pool, slot.id(), incarnation(slot.id()), epoch());
        try {
            DriveDirectory.format(path, identity);
        } catch (IOException e) {
            slot.explain(path, path + " could not be made a drive: " + e.getMessage());
            return;
        }
        open(slot, path, identity, DriveListener.Event.REPLACED, quiet);
    }

    /** Greater than the one before it, by which an old drive is known that returns ({@link SlotPolicy}). */
    private Id128 incarnation(DriveId id) {
        lock.lock();
        try {
            return Optional.ofNullable(met.get(id))
                    .map(before -> Id128.nextAfter(before.incarnation(), clock, entropy))
                    .orElseGet(() -> Id128.next(clock, entropy));
        } finally {
            lock.unlock();
        }
    }

    /** Nothing was ever on it, and nothing has to be filled. */
    private void found(SlotDrive slot, Path path, DriveIdentity identity, boolean cutOff) {
        try (FoundingClaim _ = DriveDirectory.claim(path)) {
            DriveDirectory.found(path, identity);
            opened(slot, path, identity, cutOff);
        } catch (IOException e) {
            slot.explain(path, path + " could not be made a drive: " + e.getMessage());
        }
    }

    private void opened(SlotDrive slot, Path path, DriveIdentity identity, boolean cutOff) {
        if (cutOff) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "The first start of pool {0} was cut off, and is finished: {1} is drive {2} now",
                    identity.pool(),
                    path,
                    slot.id());
        }
        open(slot, path, identity, DriveListener.Event.REPLACED, true);
    }

    private long epoch() {
        return pools.stream()
                .flatMap(pool -> pool.drives().stream())
                .mapToLong(Drive::catalogEpoch)
                .reduce(deployment.epoch(), Math::max);
    }

    private void open(SlotDrive slot, Path path, DriveIdentity identity, DriveListener.Event event, boolean quiet) {
        LocalDrive drive;
        try {
            drive = LocalDrive.open(path, identity, settings, clock);
        } catch (DriveException e) {
            slot.explain(path, e.getMessage());
            return;
        }
        if (!adopt(slot, path, drive)) {
            drive.close();
            return;
        }
        if (!quiet || started) {
            LOG.log(System.Logger.Level.INFO, "Drive {0} at {1}: {2}", slot.id(), path, event);
            events.fire(slot, event);
        }
    }

    private boolean adopt(SlotDrive slot, Path path, LocalDrive drive) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            boolean other = Optional.ofNullable(met.get(slot.id()))
                    .filter(before -> !before.sameDrive(drive.identity()))
                    .isPresent();
            if (other) {
                returns.forget(slot.id());
            }
            returns.came(slot.id(), clock.nanos());
            met.merge(slot.id(), drive.identity(), (before, now) -> before.sameDrive(now) ? before : now);
            pools.stream()
                    .filter(pool -> pool.find(slot.id()).isPresent())
                    .forEach(pool -> pool.roster().meet(drive.identity().roster()));
            slot.attach(path, drive);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Stops watching and closes all drives, in parallel, within a bound. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        stop.countDown();
        List<CompletableFuture<?>> closing = new ArrayList<>();
        for (PoolSlots pool : pools) {
            for (SlotDrive slot : pool.drives()) {
                slot.detach("the store is closed")
                        .ifPresent(drive -> closing.add(start("close " + slot.id(), drive::close)));
            }
        }
        await(closing, CLOSING);
    }
}
