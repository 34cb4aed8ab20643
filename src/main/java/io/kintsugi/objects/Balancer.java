package io.kintsugi.objects;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.objects.UpkeepSnapshot.Balancing;
import io.kintsugi.objects.UpkeepSnapshot.Drain;
import io.kintsugi.shards.DriveLevels;
import io.kintsugi.shards.DriveLevels.Level;
import io.kintsugi.shards.DriveLevels.Use;
import io.kintsugi.shards.ShardSurvey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Moves shards to where there is room: off drives that are to be emptied, or are none of the store's any more, and from
 * drives that have more than their share to those that have less ({@link BalancePlan}). In turn, all blobs are counted,
 * and what lies wrong is moved. A drive of which two counts in a row found no reference, and {@link DrainCheck} none
 * either, is recorded as drained. Of this only the last count is kept over a restart, and only over an orderly end
 * ({@link OrderlyEnd}): nothing is moved by it, but where it shows nothing to be moved, nothing is counted.
 *
 * <p>One thread works; the other methods may be called by any.
 */
final class Balancer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Balancer.class.getName());
    private static final Duration IDLE = Duration.ofSeconds(5);
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int MAX_DOUBLINGS = 6;
    /** After a way that moved nothing, though something should move. */
    private static final Duration STUCK = Duration.ofSeconds(30);

    private final Catalog catalog;
    private final ShardMover mover;
    private final DriveLevels levels;
    private final DrainCheck check;
    private final Clock clock;
    private final Rule rule;
    private final Governor governor;
    private final Worker worker = new Worker("kintsugi-balance", this::step);

    private Balancing.State state = Balancing.State.IDLE;
    private BlobCursor cursor;
    private DriveUsage usage = new DriveUsage(Set.of());
    private Optional<BalancePlan> plan = Optional.empty();
    /** Drives of which the last count found no reference. */
    private Set<DriveId> clean = Set.of();

    /** What the last process left, until it was asked. */
    private Optional<Supplier<OrderlyEnd.Found>> end = Optional.empty();
    /** Of the last count that came to its end, with all that was moved since. */
    private Optional<DriveUsage> counted = Optional.empty();

    private final SteadyDrives steady = new SteadyDrives();
    private volatile boolean asked;
    private volatile long dueNanos;
    private long movesOfThisWay;
    private long failuresOfThisWay;
    /** What failed in the last way, for people. */
    private String trouble = "";

    private int waits;
    private boolean working;
    private long movedBytes;
    private long movingFromNanos;
    private long movedSince;
    private volatile Balancing seen = Balancing.NONE;

    /** @param survey looks at what lies on a drive */
    record Hands(ShardMover mover, DriveLevels levels, ShardSurvey survey) {}

    /**
     * @param interval between two counts when nothing is to be moved
     * @param slackBytes distances from the shares that are not worth the work
     */
    record Rule(Duration interval, long slackBytes) {}

    /** @param governor of all background work */
    Balancer(Catalog catalog, Hands hands, Clock clock, Rule rule, Governor governor) {
        this.catalog = catalog;
        this.mover = hands.mover();
        this.levels = hands.levels();
        this.check = new DrainCheck(catalog, hands.survey());
        this.clock = clock;
        this.rule = rule;
        this.governor = governor;
        this.cursor = new BlobCursor(catalog);
        this.dueNanos = clock.nanos();
    }

    void start() {
        worker.start();
    }

    /** @param last what the process before this one left; asked once, in the thread that works */
    void take(Supplier<OrderlyEnd.Found> last) {
        end = Optional.of(last);
    }

    /** What is known to lie on each drive; asked when all work has ended. */
    Optional<DriveUsage.Sums> counted() {
        return worker.hasEnded() ? counted.map(DriveUsage::sums) : Optional.empty();
    }

    /** The drives have changed: the next count begins soon. */
    void look() {
        asked = true;
        dueNanos = clock.nanos();
        worker.wake();
    }

    Balancing snapshot() {
        return seen;
    }

    /** Counts a page, or moves a blob; returns how long to rest for it. */
    Duration step() {
        return switch (state) {
            case IDLE -> begin();
            case COUNTING, MOVING -> work();
        };
    }

    private Duration work() {
        try (Governor.Permit permit = governor.permit()) {
            return state == Balancing.State.COUNTING ? count(permit) : move(permit);
        }
    }

    private Duration begin() {
        long left = dueNanos - clock.nanos();
        if (left > 0) {
            return Duration.ofNanos(Math.min(left, IDLE.toNanos()));
        }
        boolean spared = !asked && (isKnown() || steady.spares(levels.levels()));
        asked = false;
        if (spared) {
            return rest(rule.interval());
        }
        steady.forget();
        usage = new DriveUsage(drives(levels.levels()));
        plan = Optional.empty();
        enter(Balancing.State.COUNTING);
        return Duration.ZERO;
    }

    private static Set<DriveId> drives(List<Level> levels) {
        return levels.stream().map(Level::drive).collect(Collectors.toSet());
    }

    /** Whether the last process counted, in order, what shows now that nothing is to be moved. Asked once. */
    private boolean isKnown() {
        Optional<DriveUsage.Sums> last = end.flatMap(of -> of.get().usage());
        end = Optional.empty();
        List<Level> now = levels.levels();
        counted = last.map(sums -> DriveUsage.of(drives(now), sums));
        Set<Use> quiet = Set.of(Use.TAKING, Use.FULL, Use.KEEPING);
        boolean settled = now.stream().map(Level::use).allMatch(quiet::contains);
        return settled
                && counted.map(known -> !new BalancePlan(now, known, rule.slackBytes(), Map.of()).wanted())
                        .orElse(false);
    }

    private void enter(Balancing.State next) {
        state = next;
        cursor = new BlobCursor(catalog);
        publish();
    }

    private Duration count(Governor.Permit pace) {
        cursor.turn(pace);
        while (cursor.isHere()) {
            usage.add(cursor.next().blob());
        }
        return cursor.hasEnded() ? counted(pace) : Duration.ZERO;
    }

    private Duration counted(Governor.Permit pace) {
        List<Level> now = levels.levels();
        BalancePlan next = new BalancePlan(now, usage, rule.slackBytes(), mover.soonFree());
        plan = Optional.of(next);
        counted = Optional.of(usage);
        finishDrains(now, pace);
        if (next.wanted()) {
            movesOfThisWay = 0;
            failuresOfThisWay = 0;
            announce(now, next);
            enter(Balancing.State.MOVING);
            return Duration.ZERO;
        }
        trouble = "";
        boolean leaving = now.stream().anyMatch(level -> level.use() == Use.LEAVING);
        if (working) {
            working = false;
            LOG.log(System.Logger.Level.INFO, "Balancing is done: {0} bytes of shards were moved", movedSince);
        }
        if (leaving) {
            return rest(waiting());
        }
        steady.level(now);
        return rest(rule.interval());
    }

    /** A drive is empty and not drained yet: for a second count, or a replica of the catalog that is still there. */
    private Duration waiting() {
        waits = Math.min(waits + 1, MAX_DOUBLINGS);
        return SOON.multipliedBy(1L << (waits - 1));
    }

    private void announce(List<Level> now, BalancePlan next) {
        if (!working) {
            working = true;
            movedSince = 0;
            movingFromNanos = clock.nanos();
            LOG.log(
                    System.Logger.Level.INFO,
                    "Balancing begins: about {0} bytes of shards are to be moved; drives to be emptied: {1}",
                    next.remainingBytes(),
                    now.stream()
                            .filter(level -> level.use() == Use.LEAVING)
                            .map(Level::where)
                            .toList());
        }
    }

    /** Nothing is put on a drive that leaves: so what two counts and a look at the drive don't find is not there. */
    private void finishDrains(List<Level> now, Governor.Permit pace) {
        Set<DriveId> before = clean;
        // when this is cut off it comes again without another count, and then none was found clean before
        clean = Set.of();
        Set<DriveId> unused = now.stream()
                .filter(level -> level.use() == Use.LEAVING)
                .map(Level::drive)
                .filter(drive -> usage.of(drive).blobs() == 0)
                .collect(Collectors.toSet());
        for (Level level : now) {
            DriveId drive = level.drive();
            if (unused.contains(drive) && before.contains(drive) && isEmpty(drive, pace)) {
                LOG.log(
                        System.Logger.Level.INFO,
                        "Drive {0} at {1} is drained: it may be left out of the volumes and removed",
                        drive,
                        level.where());
                levels.recordDrained(Set.of(drive));
            }
        }
        clean = unused;
    }

    /** One that does not answer is looked at after the next count; the others go on. */
    private boolean isEmpty(DriveId drive, Governor.Permit pace) {
        try {
            return check.isEmpty(drive, pace);
        } catch (Unavailable e) {
            if (e.kind() == Unavailable.Kind.STOPPING) {
                throw e;
            }
            return false;
        }
    }

    private Duration rest(Duration time) {
        dueNanos = clock.nanos() + time.toNanos();
        enter(Balancing.State.IDLE);
        return Duration.ZERO;
    }

    private Duration move(Governor.Permit pace) {
        BalancePlan now = plan.orElseThrow();
        cursor.turn(pace);
        while (cursor.isHere()) {
            BlobPage.Entry entry = cursor.next();
            Optional<List<DriveId>> placement = now.move(entry.blob());
            if (placement.isPresent()) {
                move(now, entry, placement.get(), pace);
                return Duration.ZERO;
            }
        }
        if (!cursor.hasEnded()) {
            return Duration.ZERO;
        }
        trouble = failuresOfThisWay == 0
                ? ""
                : failuresOfThisWay + " blobs could not be moved, and are tried again: "
                        + mover.snapshot().lastError();
        return rest(movesOfThisWay > 0 ? Duration.ZERO : now.pressing() ? STUCK : rule.interval());
    }

    private void move(BalancePlan now, BlobPage.Entry entry, List<DriveId> placement, Governor.Permit pace) {
        BlobRef from = entry.blob();
        ShardMover.Outcome outcome = mover.move(from, entry.origin(), placement, pace);
        failuresOfThisWay += outcome == ShardMover.Outcome.FAILED ? 1 : 0;
        if (outcome == ShardMover.Outcome.MOVED) {
            BlobRef to = from.at(placement);
            now.moved(from, to);
            long bytes = DriveUsage.shardBytes(from) * from.changedIn(placement).size();
            movesOfThisWay++;
            waits = 0;
            movedBytes += bytes;
            movedSince += bytes;
        }
        publish();
    }

    private void publish() {
        long nanos = clock.nanos() - movingFromNanos;
        long rate = working && nanos > 0 ? (long) (movedSince / (nanos / 1e9)) : 0;
        boolean counted = plan.isPresent();
        seen = new Balancing(
                state,
                movedBytes,
                plan.map(BalancePlan::remainingBytes).orElse(seen.remainingBytes()),
                rate,
                levels.levels().stream()
                        .filter(level -> level.use() == Use.LEAVING || level.use() == Use.DRAINED)
                        .map(level -> drain(level, counted))
                        .toList(),
                plan.map(BalancePlan::stuck)
                        .map(stuck -> stuck.isEmpty() ? trouble : stuck)
                        .orElse(seen.stuck()));
    }

    /** While it is counted anew, what was left of it by the last count. */
    private Drain drain(Level level, boolean counted) {
        Optional<Drain> last = seen.drains().stream()
                .filter(drain -> drain.drive().equals(level.drive()))
                .findFirst();
        boolean drained = level.use() == Use.DRAINED;
        return counted
                ? new Drain(level.drive(), drained, true, usage.of(level.drive()))
                : last.map(known -> new Drain(level.drive(), drained, known.counted(), known.remaining()))
                        .orElse(new Drain(level.drive(), drained, false, UpkeepSnapshot.Count.NONE));
    }

    @Override
    public void close() {
        worker.close();
    }
}
