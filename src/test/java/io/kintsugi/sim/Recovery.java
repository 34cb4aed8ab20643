package io.kintsugi.sim;

import io.kintsugi.base.BucketName;
import io.kintsugi.base.StoreException;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.catalog.CatalogStatus;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveException.Kind;
import io.kintsugi.objects.UpkeepSnapshot;
import io.kintsugi.objects.UpkeepSnapshot.State;
import io.kintsugi.objects.UpkeepSnapshot.Walk;
import io.kintsugi.sim.Twists.Twist;
import io.kintsugi.sim.engine.OneStep;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Brings drives back to strength after a fault, as an operator would: asks for each to be restored, and gives back its
 * share of the budget when the store says that all is well again. Believes the store, so a lie leads to a loss; but
 * asks behind a change of its own, since of a commit that is still under way the store can't know yet what it will
 * cost.
 */
@OneStep
final class Recovery implements Runnable {
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final int MOST_WRITES = 4;
    /** More than every deadline of a write, so that what is late was reported. */
    private static final Duration LATE = Duration.ofSeconds(15);

    private final SimHost host;
    private final SimTopology topology;
    private final FaultBudget budget;
    private final Ledger ledger;
    private final History history;
    private final Map<Integer, Task> tasks = new TreeMap<>();
    private final Map<Integer, String> missing = new TreeMap<>();
    private final Twists twists;
    private boolean stalled;
    private boolean over;

    Recovery(SimHost host, Ledger ledger, FaultBudget budget, Twists twists, History history) {
        this.host = host;
        this.topology = ledger.topology();
        this.budget = budget;
        this.twists = twists;
        this.ledger = ledger;
        this.history = history;
    }

    /**
     * A drive whose fault is over.
     *
     * @param start which process was asked to restore it; 0: none
     * @param before what was referred to then
     */
    private record Task(long since, int start, List<BlobPage.Entry> before) {}

    /** Every drive has hung for a while: nothing is lost, but shards may be missing that came too late. */
    void begin() {
        stalled = true;
    }

    void begin(int drive) {
        tasks.put(drive, new Task(System.nanoTime(), 0, List.of()));
    }

    void end() {
        over = true;
    }

    @Override
    public void run() {
        while (!over || stalled || !tasks.isEmpty()) {
            SimHost.pause(LOOK);
            afterStall();
            for (Integer drive : List.copyOf(tasks.keySet())) {
                try {
                    tend(drive, tasks.get(drive));
                } catch (StoreException.Unavailable | SimHost.Killed | SimHost.NotRunning e) {
                    missing.put(drive, e.getMessage());
                    history.say("recovery of drive " + drive + " waits: " + e.getMessage());
                }
            }
        }
    }

    private void afterStall() {
        try {
            if (stalled && weakness().isEmpty()) {
                stalled = false;
                budget.giveBackAll();
            }
        } catch (StoreException.Unavailable | SimHost.Killed | SimHost.NotRunning e) {
            history.say("after the stall: " + e.getMessage());
        }
    }

    private void tend(int drive, Task task) {
        if (!twists.operator()) {
            watch(drive, task);
        } else if (task.start() != host.starts() || interrupted(drive)) {
            missing.put(drive, "requests from before its fault ended are not answered");
            if (host.answeredAllSince(task.since())) {
                List<BlobPage.Entry> before = ledger.referred();
                int start = host.starts();
                restore(drive);
                hinder(drive);
                tasks.put(drive, new Task(task.since(), start, before));
            }
            return;
        }
        Optional<Walk> walk = walk(drive).filter(w -> w.state() == State.DONE);
        Optional<String> weakness = walk.isPresent() ? weakness() : Optional.of("its walk: " + walk(drive));
        if (walk.isPresent() && weakness.isEmpty()) {
            topology.sim(drive).release();
            HealTellsTheTruth.check(ledger, drive, walk.get(), task.before());
            isWhole(drive);
        } else {
            missing.put(drive, weakness.get());
        }
    }

    /** Nobody asks for anything: it is the store's to know that something is missing, and to mend it. */
    private void watch(int drive, Task task) {
        if (task.start() != host.starts()) {
            missing.put(drive, "requests from before its trouble ended are not answered");
            if (host.answeredAllSince(task.since())) {
                tasks.put(drive, new Task(System.nanoTime(), host.starts(), ledger.referred()));
            }
            return;
        }
        Optional<String> weakness = weakness();
        if (System.nanoTime() - task.since() > LATE.toNanos() && weakness.isEmpty()) {
            HealTellsTheTruth.checkIdle(ledger, drive, task.before());
            topology.sim(drive).release();
            isWhole(drive);
        } else {
            missing.put(drive, weakness.orElse("shards may be late"));
        }
    }

    private void isWhole(int drive) {
        tasks.remove(drive);
        missing.remove(drive);
        budget.giveBack(drive);
        history.say("drive " + drive + " is whole");
    }

    /** Whether the store that runs knows of nothing to be healed; not when none runs. */
    boolean isIdle() {
        try {
            return healing().idle();
        } catch (StoreException.Unavailable | SimHost.Killed | SimHost.NotRunning e) {
            return false;
        }
    }

    FaultBudget budget() {
        return budget;
    }

    SimTopology topology() {
        return topology;
    }

    /** The store goes on until all is there, however often it is hindered, and nobody asks it again. */
    private void hinder(int drive) {
        if (twists.has(Twist.HINDERED)) {
            int writes = twists.random().nextInt(MOST_WRITES);
            history.say(writes + " writes to drive " + drive + " will fail");
            topology.sim(drive).failNext(writes, Kind.IO, SimOp.CREATE, SimOp.WRITE_PACKED);
        }
    }

    /** What each drive that is not whole waited for when it was looked at last. */
    String missing() {
        return missing.toString();
    }

    void restore(int drive) {
        host.ask(open -> {
            open.upkeep().restore(topology.sim(drive).id());
            return drive;
        });
    }

    private boolean interrupted(int drive) {
        return walk(drive).map(w -> w.state() == State.INTERRUPTED).orElse(true);
    }

    Optional<Walk> walk(int drive) {
        return healing().walks().stream()
                .filter(w -> w.drive().equals(Optional.of(topology.sim(drive).id())))
                .findFirst();
    }

    private UpkeepSnapshot.Healing healing() {
        return host.ask(open -> open.upkeep().snapshot().healing());
    }

    /** Why not every replica is there, or not every drive knows the epoch, or a report waits. */
    private Optional<String> weakness() {
        host.ask(open -> open.objects()
                .setVersioning(new BucketName(Knowledge.SUSPENDED), Knowledge.BUCKETS.get(Knowledge.SUSPENDED)));
        CatalogStatus status = host.ask(open -> open.catalog().status());
        if (!status.writable()
                || !status.rebuilding().isEmpty()
                || !status.reason().isEmpty()) {
            return Optional.of(status.toString());
        }
        Optional<Drive> late = topology.drives().stream()
                .filter(drive -> drive.status().serves() && drive.catalogEpoch() != status.epoch())
                .findFirst();
        if (late.isPresent()) {
            return late.map(drive -> drive.id() + " knows epoch " + drive.catalogEpoch() + " of " + status.epoch());
        }
        UpkeepSnapshot.Healing healing = healing();
        if (!twists.operator() && !healing.idle()) {
            return Optional.of("it heals: " + healing);
        }
        return healing.queued() == 0 ? Optional.empty() : Optional.of(healing.queued() + " reports wait");
    }
}
