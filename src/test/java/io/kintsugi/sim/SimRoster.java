package io.kintsugi.sim;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.StoreException;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.catalog.CatalogStatus;
import io.kintsugi.sim.Twists.Twist;
import io.kintsugi.sim.engine.OneStep;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Drives that come and go in a life, as an operator names them: each change at a start of the process. A drive that is
 * to go is drained first; once the store has said that it is, it is taken away for good, and counts as no fault.
 */
@OneStep
final class SimRoster {
    private static final String NAME = "DrainedIsEmpty";
    private static final int MAX_MILLIS = 30_000;
    private static final int REGRETS_IN = 4;

    private final SimTopology topology;
    private final Ledger ledger;
    private final Random random;
    private final IntFunction<SimDrive> maker;
    private final History history;
    /** When, in simulated time; empty when there is nothing to do any more. */
    private Optional<Duration> growAt;

    private Optional<Duration> drainAt;
    private Optional<Integer> leaving = Optional.empty();
    private Optional<Integer> added = Optional.empty();
    private final boolean moves;
    private boolean looked;

    /** @param maker of the drive of that number */
    SimRoster(Twists twists, SimTopology topology, Ledger ledger, IntFunction<SimDrive> maker, History history) {
        this.topology = topology;
        this.ledger = ledger;
        this.random = twists.random();
        this.maker = maker;
        this.history = history;
        this.moves = twists.has(Twist.GROWTH) || twists.has(Twist.DRAIN);
        this.growAt = twists.has(Twist.GROWTH) ? Optional.of(soon()) : Optional.empty();
        this.drainAt = twists.has(Twist.DRAIN) ? Optional.of(soon()) : Optional.empty();
    }

    private static Duration now() {
        return Duration.ofNanos(System.nanoTime());
    }

    private Duration soon() {
        return now().plusMillis(random.nextInt(1_000, MAX_MILLIS));
    }

    private static boolean due(Optional<Duration> time) {
        return time.filter(at -> at.compareTo(now()) <= 0).isPresent();
    }

    /** Whether shards move in this life. */
    boolean moves() {
        return moves;
    }

    boolean finished() {
        return growAt.isEmpty() && drainAt.isEmpty() && leaving.isEmpty();
    }

    /** Whether something waits for the next start. */
    boolean wantsStart(FaultBudget budget) {
        return due(growAt) || due(drainAt) && leaving.isEmpty() || mayLeave(budget);
    }

    private boolean mayLeave(FaultBudget budget) {
        return leaving.filter(drive -> isDrained(drive) && !budget.inTrouble(drive))
                .isPresent();
    }

    private boolean isDrained(int drive) {
        return topology.drained().contains(topology.sim(drive).id());
    }

    /** No process runs, and the next will find the drives so. */
    void beforeStart(FaultBudget budget) {
        if (mayLeave(budget)) {
            history.say("drive " + leaving.get() + " is taken away");
            topology.leaveOut(leaving.get());
            leaving = Optional.empty();
        } else if (leaving.isPresent() && random.nextInt(REGRETS_IN) == 0) {
            history.say("drive " + leaving.get() + " is not to be drained any more");
            topology.drain(leaving.get(), false);
            leaving = Optional.empty();
            drainAt = Optional.of(soon());
        }
        if (due(growAt)) {
            int number = topology.sims().size();
            history.say("drive " + number + " is added");
            topology.add(maker.apply(number));
            ledger.added();
            added = Optional.of(number);
            growAt = Optional.empty();
        }
        if (due(drainAt) && leaving.isEmpty()) {
            int drive = random.nextInt(topology.sims().size());
            if (topology.mayDrain(drive)) {
                history.say("drive " + drive + " is to be drained");
                topology.drain(drive, true);
                leaving = Optional.of(drive);
                looked = false;
                drainAt = Optional.empty();
            }
        }
    }

    /** What was said to be drained holds no row and no shard that is needed. */
    void look(SimHost host) {
        if (looked || leaving.filter(this::isDrained).isEmpty()) {
            return;
        }
        DriveId drive = topology.sim(leaving.get()).id();
        try {
            List<BlobRef> there = ledger.referred().stream()
                    .map(BlobPage.Entry::blob)
                    .filter(blob -> blob.placement().contains(drive))
                    .toList();
            CatalogStatus status = host.ask(open -> open.catalog().status());
            if (!there.isEmpty() || status.live().contains(drive)) {
                throw new Violation(NAME, drive + " is said to be, and has " + there + ", catalog: " + status);
            }
            looked = true;
        } catch (StoreException.Unavailable | SimHost.Killed | SimHost.NotRunning e) {
            history.say("a look at drained drives waits: " + e.getMessage());
        }
    }

    /** Why the drive that was added has nothing, though there is something to have. */
    Optional<String> unused() {
        if (added.isEmpty()) {
            return Optional.empty();
        }
        List<BlobRef> blobs = ledger.referred().stream()
                .map(BlobPage.Entry::blob)
                .filter(blob -> blob.form() != BlobRef.Form.INLINE)
                .toList();
        int enough = topology.sims().size();
        return added.filter(topology::isMember)
                .map(drive -> topology.sim(drive).id())
                .filter(drive -> blobs.size() >= enough
                        && blobs.stream().noneMatch(blob -> blob.placement().contains(drive)))
                .map(drive -> drive + " was added, and of " + blobs.size() + " blobs has none");
    }

    @Override
    public String toString() {
        List<Integer> members = IntStream.range(0, topology.sims().size())
                .filter(topology::isMember)
                .boxed()
                .toList();
        return "drives " + members + ", leaving " + leaving + ", drained " + topology.drained();
    }
}
