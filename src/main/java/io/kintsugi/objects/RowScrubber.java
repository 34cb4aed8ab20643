package io.kintsugi.objects;

import io.kintsugi.base.Clock;
import io.kintsugi.base.StoreException;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.catalog.RowCheck;
import io.kintsugi.objects.UpkeepSnapshot.RowScrubbing;
import io.kintsugi.objects.UpkeepSnapshot.Scrubbing.State;
import io.kintsugi.shards.DriveRecord;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;

/**
 * Reads every row of every replica of the catalog once in each period, inline objects among them, and has those that
 * are damaged mended: what {@link Scrubber} is for shards. A page at a time ({@link Catalog#checkRows}), as evenly as
 * the last pass tells ({@link ScrubPace}); the first one, of which nobody knows how long it will be, goes faster. How
 * far it has come is kept on the drives every minute ({@link RowScrubMark}), and a restart goes on from there.
 *
 * <p>One thread works; {@link #snapshot} may be called by any.
 */
final class RowScrubber implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RowScrubber.class.getName());
    /** Longest rest: the clock may have been set meanwhile. */
    private static final Duration IDLE = Duration.ofMinutes(1);

    /** Between two pages of the first pass; less in a short period. */
    private static final Duration FIRST_REST = Duration.ofMillis(250);

    private static final int FIRST_PAGES_OF_PERIOD = 1000;
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);
    private static final Duration SAVE_INTERVAL = Duration.ofMinutes(1);

    private final Catalog catalog;
    private final DriveRecord record;
    private final Clock clock;
    private final Optional<Duration> period;
    private final Governor governor;
    private final Worker worker = new Worker("kintsugi-scrub-rows", this::step);

    private Optional<RowScrubMark> kept = Optional.empty();
    /** When the next page may be read. */
    private long dueNanos;

    private long savedNanos;
    /** Whether the mark is to be saved as soon as it may be. */
    private boolean unsaved;

    private long rows;
    private long bytes;
    private long damaged;
    private long undecided;
    private String lastError = "";
    private volatile RowScrubbing seen;

    /**
     * @param record keeps how far scrubbing has come
     * @param period of a pass; empty for no scrubbing
     */
    RowScrubber(Catalog catalog, DriveRecord record, Clock clock, Optional<Duration> period, Governor governor) {
        this.catalog = catalog;
        this.record = record;
        this.clock = clock;
        this.period = period;
        this.governor = governor;
        this.dueNanos = clock.nanos();
        this.seen = new RowScrubbing(
                period.isEmpty() ? State.OFF : State.SCRUBBING, Optional.empty(), 0, 0, 0, 0, lastError);
    }

    void start() {
        if (period.isPresent()) {
            worker.start();
        }
    }

    RowScrubbing snapshot() {
        return seen;
    }

    /** Checks a page whose time has come; returns how long to rest for the next. */
    Duration step() {
        RowScrubMark mark = mark();
        if (mark.since().isAfter(clock.now())) {
            // the clock was set back
            mark = mark.since(clock.now());
            kept = Optional.of(mark);
        }
        Duration rest = mark.ended() ? await(mark) : check(mark);
        if (unsaved) {
            save();
        }
        publish();
        return rest.compareTo(IDLE) < 0 ? rest : IDLE;
    }

    /** What the drives know, when this is the first time. */
    private RowScrubMark mark() {
        if (kept.isEmpty()) {
            kept = RowScrubMark.newest(record.read()).or(() -> Optional.of(RowScrubMark.beginning(clock.now())));
            savedNanos = clock.nanos();
        }
        return kept.get();
    }

    private Duration await(RowScrubMark mark) {
        Duration left = Duration.between(clock.now(), mark.since().plus(period.orElseThrow()));
        if (!left.isPositive()) {
            kept = Optional.of(mark.anew(clock.now()));
            return Duration.ZERO;
        }
        return left;
    }

    private Duration check(RowScrubMark mark) {
        long left = dueNanos - clock.nanos();
        if (left > 0) {
            return Duration.ofNanos(left);
        }
        try (Governor.Permit permit = governor.permit()) {
            permit.next(0);
            long began = clock.nanos();
            checked(mark, catalog.checkRows(mark.place()), began);
        } catch (StoreException.Invalid e) {
            LOG.log(
                    Level.WARNING,
                    "Scrubbing of rows begins anew: the place that it had come to is not one of this catalog");
            kept = Optional.of(mark.anew(clock.now()));
        } catch (StoreException.Unavailable e) {
            // the page is read again; until then the drive is back, or its replica given up
            lastError = String.valueOf(e.getMessage());
            return AFTER_FAILURE;
        }
        return Duration.ZERO;
    }

    private void checked(RowScrubMark mark, RowCheck found, long began) {
        rows += found.rows();
        bytes += found.bytes();
        damaged += found.damaged().size();
        undecided += found.undecided();
        long weight = found.rows() + found.bytes();
        dueNanos = began + time(mark, weight).toNanos();
        RowScrubMark reached = mark.seen(weight, found.next());
        if (found.next().isPresent()) {
            kept = Optional.of(reached);
            saveNowAndThen();
        } else {
            kept = Optional.of(reached.end(clock.now()));
            save();
        }
    }

    /** How long the page should take, with the rest behind it. */
    private Duration time(RowScrubMark mark, long weight) {
        Duration whole = period.orElseThrow();
        if (mark.total() > 0) {
            Duration elapsed = Duration.between(mark.since(), clock.now());
            return ScrubPace.time(whole, elapsed, mark.total(), mark.done(), weight);
        }
        Duration part = whole.dividedBy(FIRST_PAGES_OF_PERIOD);
        return weight == 0 ? Duration.ZERO : part.compareTo(FIRST_REST) < 0 ? part : FIRST_REST;
    }

    private void saveNowAndThen() {
        if (clock.nanos() - savedNanos >= SAVE_INTERVAL.toNanos()) {
            save();
        }
    }

    /** Not while a replica has damaged rows: a process that ends before it was made anew has to meet them again. */
    private void save() {
        unsaved = catalog.status().damaged() > 0;
        if (unsaved) {
            return;
        }
        RowScrubMark next = kept.orElseThrow().next();
        kept = Optional.of(next);
        record.write(next.encode());
        savedNanos = clock.nanos();
    }

    private void publish() {
        RowScrubMark mark = kept.orElseThrow();
        State state = mark.ended() ? State.WAITING : State.SCRUBBING;
        seen = new RowScrubbing(state, mark.lastPass(), rows, bytes, damaged, undecided, lastError);
    }

    @Override
    public void close() {
        worker.close();
    }
}
