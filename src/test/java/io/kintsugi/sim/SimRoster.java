package io.kintsugi.sim;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.StoreException;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.catalog.CatalogStatus;
import io.kintsugi.sim.Twists.Twist;
import io.kintsugi.sim.engine.OneStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Drives that come and go in a life, as an operator names them: each change at a start of the process. A drive that is
 * to go is drained first; once the store has said that it is, it is taken away for good, and counts as no fault.
 *
 * <p>Real are what follows from the drives that there are: where blobs go ({@code cluster.PlacementPolicy}, over pools
 * and within one), what is moved ({@code objects.BalancePlan}, {@code objects.ShardMover}) and when a drive counts as
 * drained ({@code objects.DrainCheck}). Modelled is how the store knows which drives it has: here each process finds
 * the same list, and what is recorded as drained is known everywhere, and durable, at once. So lives do not see rosters
 * of different generations, changes that are cut off, or drives that come back with an old one; these are met by
 * {@code RosterPolicyTest}, {@code LocalTopologyTest}, {@code LocalDrainTest}, {@code CatalogGrowTest} and
 * {@code GrowIT}, as {@code cluster.RosterPolicy} and {@code cluster.PoolRoster} work on folders and their identity
 * files. A drive that is added is told of the catalog's epoch, as {@code cluster.LocalTopology} does.
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
    private Optional<Duration> poolAt;
    /** Each time, the drives that came together. */
    private final List<List<Integer>> added = new ArrayList<>();

    private final boolean moves;
    private boolean looked;

    /** @param maker of the drive of that number */
    SimRoster(Twists twists, SimTopology topology, Ledger ledger, IntFunction<SimDrive> maker, History history) {
        this.topology = topology;
        this.ledger = ledger;
        this.random = twists.random();
        this.maker = maker;
        this.history = history;
        this.moves = twists.moves();
        this.growAt = twists.has(Twist.GROWTH) ? Optional.of(soon()) : Optional.empty();
        this.poolAt = twists.has(Twist.POOL) ? Optional.of(soon()) : Optional.empty();
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
        return growAt.isEmpty() && poolAt.isEmpty() && drainAt.isEmpty() && leaving.isEmpty();
    }

    /** Whether something waits for the next start. */
    boolean wantsStart(FaultBudget budget) {
        return due(growAt) || due(poolAt) || due(drainAt) && leaving.isEmpty() || mayLeave(budget);
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
            added.add(List.of(number));
            growAt = Optional.empty();
        }
        if (due(poolAt)) {
            addPool();
            poolAt = Optional.empty();
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

    /** As many drives as a blob needs, so that whole blobs can move there. */
    private void addPool() {
        int first = topology.sims().size();
        List<Integer> numbers = IntStream.range(
                        first, first + topology.defaultCode().totalShards())
                .boxed()
                .toList();
        history.say("drives " + numbers + " are added as a pool");
        topology.addPool(numbers.stream().map(maker::apply).toList());
        ledger.added();
        added.add(numbers);
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

    /** Why drives that were added have nothing, though there is something to have. */
    Optional<String> unused() {
        List<BlobRef> blobs = added.isEmpty()
                ? List.of()
                : ledger.referred().stream()
                        .map(BlobPage.Entry::blob)
                        .filter(blob -> blob.form() != BlobRef.Form.INLINE)
                        .toList();
        int enough = topology.sims().size();
        return added.stream()
                .filter(drives -> drives.stream().allMatch(topology::isMember))
                .filter(drives ->
                        shared(blobs, drives) >= enough && blobs.stream().noneMatch(blob -> isOn(blob, drives)))
                .map(drives -> drives + " were added, and have none of " + blobs.size() + " blobs")
                .findFirst();
    }

    /** Of how many blobs they should have some: a pool of all, a drive of those in its pool. */
    private long shared(List<BlobRef> blobs, List<Integer> drives) {
        String pool = topology.poolOf(topology.sim(drives.getFirst()).id());
        return blobs.stream()
                .filter(blob -> !pool.equals(SimTopology.FIRST_POOL)
                        || pool.equals(topology.poolOf(blob.placement().getFirst())))
                .count();
    }

    private boolean isOn(BlobRef blob, List<Integer> drives) {
        return drives.stream()
                .anyMatch(drive -> blob.placement().contains(topology.sim(drive).id()));
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
