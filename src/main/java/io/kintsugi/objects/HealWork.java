package io.kintsugi.objects;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.objects.UpkeepSnapshot.State;
import io.kintsugi.shards.Pace;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes blobs whole again, one at a time: first those that reads and writes reported, the most endangered first; then,
 * for each drive that came back or was replaced, every blob that belongs on it. Takes its time from the
 * {@link Governor}.
 *
 * <p>One thread works; all other methods may be called by any, and do not wait for it.
 */
final class HealWork implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HealWork.class.getName());
    private static final Duration IDLE = Duration.ofSeconds(5);
    /** Looks at a blob that nothing refers to: a minute in all, far more than a commit may take. */
    private static final int UNREFERRED_LOOKS = 5;

    private static final Optional<DriveId> ALL = Optional.empty();

    private final Catalog catalog;
    private final HealReports reports;
    private final Mender mender;
    private final Clock clock;
    private final Governor governor;
    private final Worker worker = new Worker("kintsugi-heal", this::step);
    /** The last walk of each drive, and of all. Guarded by itself. */
    private final Map<Optional<DriveId>, HealWalk> walks = new LinkedHashMap<>();
    /** The walk under way, and where it is. Touched by the worker only. */
    private Optional<Under> under = Optional.empty();
    /** What the last process left, until it was asked. */
    private Optional<OrderlyEnd> end = Optional.empty();
    /** Whether every blob was looked at, if not by this process then by the last. Guarded as the walks. */
    private boolean looked;
    /** Whether reports were missed that the census under way may not make good. Guarded as the walks. */
    private boolean missed;
    /** The opening of each drive that was there at the beginning, or came with a walk. Guarded as the walks. */
    private final Map<DriveId, Long> heard;

    HealWork(Catalog catalog, HealReports reports, Mender mender, Clock clock, Governor governor) {
        this.catalog = catalog;
        this.reports = reports;
        this.mender = mender;
        this.clock = clock;
        this.governor = governor;
        this.heard = new HashMap<>(mender.openings());
    }

    /** @param undone what the walk is for, if that is not all that the catalog has */
    private record Under(HealWalk walk, BlobCursor blobs, Optional<Deque<BlobPage.Entry>> undone) {}

    void start() {
        reports.onReport(worker::wake);
        worker.start();
    }

    /** Verifies and rebuilds everything that belongs on this drive. A walk for it that is under way begins anew. */
    void restore(DriveId drive) {
        // before the walk begins: it goes through what was there then
        Map<DriveId, Long> now = mender.openings();
        ask(Optional.of(drive));
        synchronized (walks) {
            heard.computeIfPresent(drive, (id, before) -> Math.max(before, now.get(id)));
        }
    }

    /**
     * Looks at every blob, unless the last process ended in order and knew that nothing is missing. Of drives that come
     * from now on this is told.
     */
    void begin(OrderlyEnd last) {
        end = Optional.of(last);
        Map<DriveId, Long> now = mender.openings();
        synchronized (walks) {
            heard.putAll(now);
        }
        census();
    }

    /** Looks at every blob, and heals those that lack a shard. */
    void census() {
        ask(ALL);
    }

    private void ask(Optional<DriveId> key) {
        synchronized (walks) {
            Optional.ofNullable(walks.remove(key)).ifPresent(HealWalk::interrupt);
            walks.put(key, new HealWalk(key, clock));
        }
        worker.wake();
    }

    /** What is done for this drive stops until it is back. */
    void lost(DriveId drive) {
        synchronized (walks) {
            Optional.ofNullable(walks.get(Optional.of(drive)))
                    .filter(walk -> walk.state() != State.DONE)
                    .ifPresent(HealWalk::interrupt);
        }
    }

    UpkeepSnapshot.Healing snapshot() {
        return snapshot(Optional.empty());
    }

    /** @param rebuilding what is done for drives that are given up */
    UpkeepSnapshot.Healing snapshot(Optional<UpkeepSnapshot.Walk> rebuilding) {
        synchronized (walks) {
            List<UpkeepSnapshot.Walk> all = Stream.concat(
                            walks.values().stream().map(HealWalk::snapshot), rebuilding.stream())
                    .toList();
            return mender.snapshot(reports.size(), all);
        }
    }

    /** Heals one blob, or counts a page of blobs; returns how long to rest for it. */
    Duration step() {
        end.ifPresent(this::spareCensus);
        makeGood(reports.takeMissed() > 0);
        try (Governor.Permit permit = governor.permit()) {
            Optional<HealReports.Report> report = reports.poll();
            if (report.isPresent()) {
                mend(report.get(), permit);
                return Duration.ZERO;
            }
            if (walk(permit)) {
                return Duration.ZERO;
            }
        }
        if (nothingIsMissing()) {
            setAsideRotten();
        }
        return IDLE;
    }

    /** A census that is under way goes on; where it may have passed by what was missed, another follows. */
    private void makeGood(boolean more) {
        boolean begin;
        synchronized (walks) {
            Optional<State> census = Optional.ofNullable(walks.get(ALL)).map(HealWalk::state);
            missed |= more;
            begin = missed && census.filter(state -> state == State.HEALING).isEmpty();
            missed &= !begin;
            begin &= census.filter(state -> state == State.COUNTING).isEmpty();
        }
        if (begin) {
            census();
        }
    }

    private void spareCensus(OrderlyEnd last) {
        boolean whole = last.found().whole();
        end = Optional.empty();
        synchronized (walks) {
            if (whole) {
                walks.remove(ALL);
                looked = true;
            }
        }
        LOG.log(
                Level.INFO,
                whole
                        ? "The last process ended in order, and no shard was missing: not every blob is looked at"
                        : "Every blob is looked at: nothing says that the last process ended well, with all drives");
    }

    /** The packed shards of the drive are made anew, like all that is missing on a drive that comes back. */
    private void setAsideRotten() {
        try (Governor.Permit permit = governor.permit()) {
            catalog.setAsideRotten(
                            () -> {
                                permit.next(0);
                                return nothingIsMissing();
                            },
                            mender::isSettled)
                    .ifPresent(drive -> LOG.log(
                            Level.WARNING,
                            "The key-value store of drive {0} has a damaged file: it is set aside, and filled anew",
                            drive));
        }
    }

    /**
     * Whether no step is under way any more, and nothing was known to be missing when the last ended.
     *
     * @return also false as long as not every blob was looked at
     */
    boolean hasEndedWhole() {
        return worker.hasEnded() && nothingIsMissing();
    }

    /**
     * Whether every blob was looked at since an orderly end or the start, and all that was found is mended. Not when a
     * drive has come, perhaps empty, and its walk is not asked for yet: it is there a moment before that is told.
     */
    private boolean nothingIsMissing() {
        Map<DriveId, Long> now = mender.openings();
        synchronized (walks) {
            return !missed
                    && (looked || walks.containsKey(ALL))
                    && walks.values().stream().allMatch(walk -> walk.state() == State.DONE)
                    && reports.size() == 0
                    && heard.equals(now);
        }
    }

    private void mend(HealReports.Report report, Pace pace) {
        boolean settled = false;
        try {
            settled = settled(report, pace);
        } finally {
            // also when the catalog could not be asked: nobody would report it again
            if (!settled) {
                reports.retry(report);
            }
        }
    }

    private boolean settled(HealReports.Report report, Pace pace) {
        return switch (mender.mend(report.blob(), pace)) {
            // a report may come before the commit that will refer to the blob: it is looked at a few times more
            case Mending.Gone() -> report.attempts() >= UNREFERRED_LOOKS;
            case Mending.Done done -> done.right();
            case Mending.Unknown() -> false;
        };
    }

    /** Takes a step of the walk under way, or begins the next; returns whether there was any. */
    private boolean walk(Pace pace) {
        if (under.isEmpty()) {
            under = nextDue().map(this::begun);
        }
        if (under.isEmpty()) {
            return false;
        }
        HealWalk walk = under.get().walk();
        switch (walk.state()) {
            case COUNTING -> count(under.get(), pace);
            case HEALING -> {
                Under now = under.get();
                now.undone().ifPresentOrElse(left -> healAgain(walk, left, pace), () -> heal(now, pace));
            }
            case INTERRUPTED, WAITING, NO_ROOM, DONE -> under = Optional.empty();
        }
        return true;
    }

    private Under begun(HealWalk walk) {
        List<BlobPage.Entry> undone = walk.begin();
        return new Under(
                walk,
                new BlobCursor(catalog),
                undone.isEmpty() ? Optional.empty() : Optional.of(new ArrayDeque<>(undone)));
    }

    private Optional<HealWalk> nextDue() {
        synchronized (walks) {
            return walks.values().stream().filter(HealWalk::due).findFirst();
        }
    }

    private void count(Under now, Pace pace) {
        now.blobs().turn(pace);
        while (now.blobs().isHere()) {
            BlobRef blob = now.blobs().next().blob();
            if (now.walk().isFor(blob)) {
                now.walk().counted(blob);
            }
        }
        if (now.blobs().hasEnded()) {
            counted(now.walk());
        }
    }

    /** What was not there to be counted was written since, and is reported when it lacks anything. */
    private void counted(HealWalk walk) {
        if (!walk.enter(State.HEALING) || walk.snapshot().total().blobs() > 0) {
            under = Optional.of(new Under(walk, new BlobCursor(catalog), Optional.empty()));
        } else {
            end(walk);
        }
    }

    private void heal(Under now, Pace pace) {
        now.blobs().turn(pace);
        while (now.blobs().isHere()) {
            BlobPage.Entry entry = now.blobs().next();
            if (now.walk().isFor(entry.blob())) {
                heal(now.walk(), entry, pace);
                return;
            }
        }
        if (now.blobs().hasEnded()) {
            end(now.walk());
        }
    }

    /** Heals one of the blobs that the last round has left undone. */
    private void healAgain(HealWalk walk, Deque<BlobPage.Entry> left, Pace pace) {
        heal(walk, left.remove(), pace);
        if (left.isEmpty()) {
            end(walk);
        }
    }

    private void heal(HealWalk walk, BlobPage.Entry entry, Pace pace) {
        pace.next(0);
        boolean right = false;
        try {
            right = right(walk, entry, pace);
        } finally {
            // also when the catalog could not be asked: the walk is at the next blob already
            walk.healed(entry, right);
        }
    }

    private void end(HealWalk walk) {
        walk.end();
        under = Optional.empty();
        UpkeepSnapshot.Walk came = walk.snapshot();
        if (came.state() == State.DONE) {
            came.drive()
                    .ifPresent(drive -> LOG.log(
                            Level.INFO,
                            "Drive {0} has all that belongs on it: {1} were verified there, or rebuilt",
                            drive,
                            came.verified()));
        }
    }

    private boolean right(HealWalk walk, BlobPage.Entry entry, Pace pace) {
        boolean census = walk.drive().isEmpty();
        if (census && mender.complete(entry.blob())) {
            return true;
        }
        return switch (mender.mend(entry.blob().id(), entry.origin(), pace)) {
            case Mending.Gone() -> true;
            case Mending.Done done -> {
                if (!done.result().restorable()) {
                    walk.unrestorable();
                }
                yield done.right();
            }
            case Mending.Unknown() -> false;
        };
    }

    @Override
    public void close() {
        worker.close();
    }
}
