package io.kintsugi.objects;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Clock;
import io.kintsugi.base.StoreException;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.objects.UpkeepSnapshot.Count;
import io.kintsugi.objects.UpkeepSnapshot.Pass;
import io.kintsugi.objects.UpkeepSnapshot.Scrubbing;
import io.kintsugi.objects.UpkeepSnapshot.Scrubbing.State;
import io.kintsugi.shards.DriveRecord;
import io.kintsugi.shards.HealResult;
import io.kintsugi.shards.Pace;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads every shard of every blob once in each period, whole, and mends what is missing or wrong: so bits that rot
 * where nobody reads are found while enough others are left. In turn, all blobs are counted, and verified one at a
 * time, evenly over the period ({@link ScrubPace}). How far it has come is kept on the drives every minute
 * ({@link ScrubMark}), and a restart goes on from there. No blob gets from before that place to behind it by a change
 * of its row ({@link Catalog#blobs}), so a pass that has ended has met all that were there all the while.
 *
 * <p>Inline blobs are rows of the catalog, which {@link RowScrubber} reads.
 *
 * <p>One thread works; {@link #snapshot} may be called by any.
 */
final class Scrubber implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Scrubber.class.getName());
    /** Longest rest: the clock may have been set meanwhile. */
    private static final Duration IDLE = Duration.ofMinutes(1);

    /** How often the blobs are counted in a period, since there may be more than there were. */
    private static final int COUNTS = 30;

    private static final Duration LEAST_COUNT_INTERVAL = Duration.ofMinutes(1);
    private static final Duration SAVE_INTERVAL = Duration.ofMinutes(1);
    /** Nothing is more urgent than what is known to be wrong and could not be mended. */
    private static final int NO_SPARE = 0;

    private final Catalog catalog;
    private final Mender mender;
    private final HealReports reports;
    private final DriveRecord record;
    private final Clock clock;
    private final Optional<Duration> period;
    private final Governor governor;
    private final Worker worker = new Worker("kintsugi-scrub", this::step);

    private State state = State.COUNTING;
    private Optional<ScrubMark> kept = Optional.empty();
    /** Made anew from the mark when it is empty. */
    private Optional<BlobCursor> cursor = Optional.empty();

    private Count ahead = Count.NONE;
    private long countedNanos;
    /** The blob that was verified last: how much it was, and when it began. */
    private Piece piece;

    private long savedNanos;
    private Count read = Count.NONE;
    private volatile Scrubbing seen;

    /**
     * @param mender for this alone, since it counts
     * @param reports take what can't be mended now
     * @param record keeps how far scrubbing has come
     */
    record Hands(Mender mender, HealReports reports, DriveRecord record) {}

    /** @param elapsed of the pass */
    private record Piece(long weight, Duration elapsed, long nanos) {
        static Piece none(Clock clock) {
            return new Piece(0, Duration.ZERO, clock.nanos());
        }
    }

    /** @param period of a pass; empty for no scrubbing */
    Scrubber(Catalog catalog, Hands hands, Clock clock, Optional<Duration> period, Governor governor) {
        this.catalog = catalog;
        this.mender = hands.mender();
        this.reports = hands.reports();
        this.record = hands.record();
        this.clock = clock;
        this.period = period;
        this.governor = governor;
        this.piece = Piece.none(clock);
        this.seen = new Scrubbing(
                period.isEmpty() ? State.OFF : state, Pass.beginning(clock.now()), Optional.empty(), Count.NONE, 0, "");
    }

    void start() {
        if (period.isPresent()) {
            worker.start();
        }
    }

    Scrubbing snapshot() {
        return seen;
    }

    /** Counts a page of blobs, or verifies a blob whose time has come; returns how long to rest for it. */
    Duration step() {
        ScrubMark mark = mark();
        if (mark.pass().since().isAfter(clock.now())) {
            // the clock was set back
            kept = Optional.of(mark.with(mark.pass().since(clock.now()), mark.place()));
            mark = kept.get();
        }
        Duration rest = step(mark);
        publish();
        return rest.compareTo(IDLE) < 0 ? rest : IDLE;
    }

    private Duration step(ScrubMark mark) {
        try {
            return switch (state) {
                case OFF -> IDLE;
                case COUNTING -> count(mark);
                case SCRUBBING -> scrub(mark);
                case WAITING -> await(mark);
            };
        } catch (StoreException.Invalid e) {
            LOG.log(Level.WARNING, "Scrubbing begins anew: the place that it had come to is not one of this catalog");
            enter(State.COUNTING, ScrubMark.beginning(mark.sequence(), clock.now(), mark.lastPass()));
            return Duration.ZERO;
        }
    }

    /** What the drives know, when this is the first time. */
    private ScrubMark mark() {
        if (kept.isEmpty()) {
            Optional<ScrubMark> found = ScrubMark.newest(record.read());
            state = found.map(mark -> mark.ended() ? State.WAITING : State.SCRUBBING)
                    .orElse(State.COUNTING);
            kept = Optional.of(found.orElseGet(() -> ScrubMark.beginning(1, clock.now(), Optional.empty())));
            savedNanos = clock.nanos();
            countedNanos = savedNanos;
        }
        return kept.get();
    }

    private void enter(State next, ScrubMark mark) {
        state = next;
        kept = Optional.of(mark);
        cursor = Optional.empty();
        ahead = Count.NONE;
    }

    private BlobCursor cursor(ScrubMark mark) {
        if (cursor.isEmpty()) {
            cursor = Optional.of(new BlobCursor(catalog, mark.place()));
        }
        return cursor.get();
    }

    private Duration await(ScrubMark mark) {
        boolean empty = mark.pass().total().blobs() == 0;
        Duration pause =
                empty && countInterval().compareTo(period.orElseThrow()) < 0 ? countInterval() : period.orElseThrow();
        Duration left = Duration.between(clock.now(), mark.pass().since().plus(pause));
        if (left.isPositive()) {
            return left;
        }
        enter(State.COUNTING, ScrubMark.beginning(mark.sequence(), clock.now(), mark.lastPass()));
        return Duration.ZERO;
    }

    private Duration countInterval() {
        Duration part = period.orElseThrow().dividedBy(COUNTS);
        return part.compareTo(LEAST_COUNT_INTERVAL) < 0 ? LEAST_COUNT_INTERVAL : part;
    }

    /** Counts what is behind the place. */
    private Duration count(ScrubMark mark) {
        BlobCursor blobs = cursor(mark);
        try (Governor.Permit permit = governor.permit()) {
            blobs.turn(permit);
            while (blobs.isHere()) {
                ahead = ahead.plus(blobs.next().blob());
            }
            if (!blobs.hasEnded()) {
                return Duration.ZERO;
            }
        }
        enter(State.SCRUBBING, mark.with(mark.pass().counted(ahead), mark.place()));
        countedNanos = clock.nanos();
        save();
        return Duration.ZERO;
    }

    private Duration scrub(ScrubMark mark) {
        if (clock.nanos() - countedNanos >= countInterval().toNanos()) {
            enter(State.COUNTING, mark);
            return Duration.ZERO;
        }
        Duration left = left(mark);
        if (left.isPositive()) {
            return left;
        }
        BlobCursor blobs = cursor(mark);
        boolean settled = false;
        try (Governor.Permit permit = governor.permit()) {
            blobs.turn(permit);
            settled = blobs.isHere() ? verified(mark, blobs, permit) : !blobs.hasEnded() || ended(mark);
        } finally {
            if (!settled) {
                // this blob is not done: it is given once more
                cursor = Optional.empty();
            }
        }
        saveNowAndThen();
        return Duration.ZERO;
    }

    /** Until the time of the last blob is over. */
    private Duration left(ScrubMark mark) {
        Pass pass = mark.pass();
        Duration time = ScrubPace.time(
                period.orElseThrow(),
                piece.elapsed(),
                ScrubPace.weight(pass.total()),
                ScrubPace.weight(pass.seen()) - piece.weight(),
                piece.weight());
        return Duration.ofNanos(piece.nanos() + time.toNanos() - clock.nanos());
    }

    private boolean verified(ScrubMark mark, BlobCursor blobs, Pace pace) {
        long began = clock.nanos();
        Duration elapsed = Duration.between(mark.pass().since(), clock.now());
        Pass next = verified(mark.pass(), blobs.next(), pace);
        if (worker.stopping()) {
            return false;
        }
        kept = Optional.of(mark.with(next, blobs.place()));
        piece = new Piece(
                ScrubPace.weight(next.seen()) - ScrubPace.weight(mark.pass().seen()), elapsed, began);
        return true;
    }

    private Pass verified(Pass pass, BlobPage.Entry entry, Pace pace) {
        Mending came = mender.mend(entry.blob().id(), entry.origin(), pace);
        if (worker.stopping()) {
            return pass;
        }
        return switch (came) {
            case Mending.Gone() -> pass;
            case Mending.Done(var blob, var found) -> judged(pass, blob, found);
            // other work may be removing it
            case Mending.Unknown() ->
                catalog.refersTo(entry.blob().id(), entry.origin()) ? failed(pass, entry.blob()) : pass;
        };
    }

    private Pass judged(Pass pass, BlobRef blob, HealResult found) {
        read = read.plus(blob);
        if (!right(found)) {
            return failed(pass, blob);
        }
        if (found.wrong() > 0) {
            told(pass, blob, found);
        }
        return pass.verified(blob, found.whole(), found.wrong() > 0);
    }

    private Pass failed(Pass pass, BlobRef blob) {
        reports.wantsHealing(blob, NO_SPARE);
        return pass.failed(blob);
    }

    /** Nothing is known to be wrong any more. What is on drives that are away can't be judged. */
    private static boolean right(HealResult result) {
        return result.wrong() == result.rebuilt() && (result.restorable() || result.unreachable() > 0);
    }

    /** The first of a pass; the others are counted. */
    private static void told(Pass pass, BlobRef blob, HealResult found) {
        if (pass.mended().blobs() == 0) {
            LOG.log(
                    Level.WARNING,
                    "Scrubbing has found and rebuilt {0} shards of blob {1} that were missing or wrong;"
                            + " more of this pass are counted",
                    found.wrong(),
                    blob.id());
        }
    }

    private boolean ended(ScrubMark mark) {
        if (mark.pass().seen().blobs() > 0) {
            LOG.log(Level.INFO, "A pass of scrubbing has ended: {0}", mark.pass());
        }
        enter(State.WAITING, mark.end(clock.now()));
        save();
        return true;
    }

    private void saveNowAndThen() {
        if (clock.nanos() - savedNanos >= SAVE_INTERVAL.toNanos()) {
            save();
        }
    }

    private void save() {
        ScrubMark next = kept.orElseThrow().next();
        kept = Optional.of(next);
        record.write(next.encode());
        savedNanos = clock.nanos();
    }

    private void publish() {
        ScrubMark mark = kept.orElseThrow();
        UpkeepSnapshot.Healing mended = mender.snapshot(0, List.of());
        seen = new Scrubbing(state, mark.pass(), mark.lastPass(), read, mended.shardsRebuilt(), mended.lastError());
    }

    @Override
    public void close() {
        worker.close();
    }
}
