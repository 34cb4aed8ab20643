package io.kintsugi.drives;

import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Seldom;
import io.kintsugi.drives.DriveException.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What state the drive is in, and what an error means. Threads: any; nothing here blocks except {@link #failed}, which
 * looks at the identity file.
 *
 * <p>Gone is for ever: the owner closes the drive, and opens it anew when it is back. Full and read-only pass by
 * themselves. A drive that has stopped to answer ("stalled") counts as gone until it does: all its readers or all its
 * writers hang, or its commits do, or a single read or write does, or the sync of a few bytes.
 */
final class DriveHealth {
    private static final System.Logger LOG = System.getLogger(DriveHealth.class.getName());
    private static final Duration LINES_PERIOD = Duration.ofSeconds(10);
    private static final int IO_ERRORS_IN_A_ROW = 8;
    private static final int NOT_KEPT_IN_A_ROW = 8;
    private static final int NOT_READ_IN_A_ROW = 16;

    /** Why writing is refused. */
    private record Refusal(Kind kind, String reason) {}

    private final DriveId id;
    private final Path where;
    private final Clock clock;
    private final long stallNanos;
    private final LongSupplier ranNanos;
    private final DriveWatch watch;
    private final DriveMeter meter;
    private final AtomicReference<Optional<String>> gone = new AtomicReference<>(Optional.empty());
    private final AtomicReference<Optional<Refusal>> refusal = new AtomicReference<>(Optional.empty());
    private final AtomicInteger ioErrors = new AtomicInteger();
    private final AtomicInteger commitsNotKept = new AtomicInteger();
    private final AtomicInteger shardsNotKept = new AtomicInteger();
    private final AtomicInteger shardsNotRead = new AtomicInteger();
    private final AtomicInteger rowsNotRead = new AtomicInteger();
    private volatile boolean commitRefused;
    private volatile boolean damaged;
    private volatile boolean toBeReopened;
    private final AtomicReference<Optional<String>> rot = new AtomicReference<>(Optional.empty());
    private volatile Consumer<String> rotKeeper = reason -> {};
    private final Seldom ioLines;
    private final Seldom corruptLines;
    private volatile Space space = new Space(0, 0, 0, 0);
    private volatile long lastBeat;
    private volatile long readersBeat;
    private volatile long writersBeat;
    private volatile long committingSince;
    private volatile boolean committing;
    private volatile boolean overdue;

    /**
     * Of the file system, in bytes.
     *
     * @param written how much the drive had written when this was looked up
     */
    record Space(long total, long usable, long reserve, long written) {
        /** What is left over the reserve by now, if nothing but the drive uses the file system. */
        long left(long writtenByNow) {
            return usable - reserve - (writtenByNow - written);
        }
    }

    /** The parts of a drive that its health needs. */
    record Parts(DriveId id, Path where, Clock clock, DriveWatch watch, DriveMeter meter) {}

    /** @param ranNanos for how long the process has run since it stood still: who did not, may not have answered */
    DriveHealth(Parts parts, Duration stallLimit, LongSupplier ranNanos) {
        this.ranNanos = ranNanos;
        this.id = parts.id();
        this.where = parts.where();
        this.clock = parts.clock();
        this.watch = parts.watch();
        this.meter = parts.meter();
        this.ioLines = new Seldom(clock, LINES_PERIOD);
        this.corruptLines = new Seldom(clock, LINES_PERIOD);
        this.stallNanos = stallLimit.toNanos();
        this.lastBeat = clock.nanos();
        this.readersBeat = lastBeat;
        this.writersBeat = lastBeat;
    }

    // ---- asked before work

    /** Why nothing can be asked of the drive; empty when it can. */
    Optional<DriveException> refusesAll() {
        return goneReason().map(reason -> new DriveException(Kind.GONE, id, reason));
    }

    /** Why no shard of this size can be written; empty when one can. */
    Optional<DriveException> refusesShards(long bytes) {
        Optional<DriveException> refused = refusesWrites();
        if (refused.isPresent() || bytes <= left()) {
            return refused;
        }
        return Optional.of(new DriveException(Kind.FULL, id, "it is full but for what is kept for deleting"));
    }

    /**
     * Why no row can be written; empty when one can. Rows may use half of the reserve: without them nothing can be
     * deleted.
     */
    Optional<DriveException> refusesRows() {
        Optional<DriveException> refused = refusesWrites();
        boolean full = refused.isPresent() && refused.get().kind() == Kind.FULL;
        return full && left() > -space.reserve() / 2 ? Optional.empty() : refused;
    }

    private Optional<DriveException> refusesWrites() {
        Optional<DriveException> all = refusesAll();
        return all.isPresent() ? all : refusal.get().map(r -> new DriveException(r.kind(), id, r.reason()));
    }

    private long left() {
        Space now = space;
        return now.total() == 0 ? Long.MAX_VALUE : now.left(meter.bytesWritten());
    }

    private Optional<String> goneReason() {
        Optional<String> reason = gone.get();
        return reason.isPresent() ? reason : stalled();
    }

    private Optional<String> stalled() {
        long now = clock.nanos();
        boolean silent = overdue
                || now - lastBeat > stallNanos
                || now - readersBeat > stallNanos
                || now - writersBeat > stallNanos
                || committing && now - committingSince > stallNanos;
        if (silent && hadTime()) {
            return Optional.of("it does not answer for more than "
                    + Duration.ofNanos(stallNanos).toSeconds() + " s");
        }
        return Optional.empty();
    }

    /** Whether the process itself has run for longer than the limit. */
    private boolean hadTime() {
        return ranNanos.getAsLong() > stallNanos;
    }

    long stallNanos() {
        return stallNanos;
    }

    /**
     * Whether the drive does not answer, also when it is being closed, and nobody asks its threads any more.
     *
     * @param watched whether its watcher has not ended yet
     */
    boolean hangs(boolean watched) {
        long now = clock.nanos();
        boolean silent = watched && now - lastBeat > stallNanos || committing && now - committingSince > stallNanos;
        return silent && hadTime();
    }

    // ---- told of what happened

    void beat(long total, long usable, long reserve) {
        space = new Space(total, usable, reserve, meter.bytesWritten());
        lastBeat = clock.nanos();
        if (left() < 0) {
            refuse(Kind.FULL, "it is full: " + usable + " bytes are free, and " + reserve + " are kept for deleting");
        }
    }

    /** Whether the drive is, for longer than the limit, at something that takes no device that works so long. */
    void overdue(boolean is) {
        overdue = is;
    }

    /** One of the drive's readers took a task. When none does for long, all hang. */
    void readersAnswer() {
        readersBeat = clock.nanos();
    }

    /** One of the drive's writers took a task. */
    void writersAnswer() {
        writersBeat = clock.nanos();
    }

    /** A file could be made: what kept the drive from writing has passed, unless there is too little space. */
    void writable() {
        cleared(Kind.READ_ONLY);
        if (left() >= 0) {
            cleared(Kind.FULL);
        }
    }

    /**
     * What kept the drive from writing has passed. A commit that met it has stopped the key-value store, which repeats
     * that error until it is opened anew: so the drive is.
     */
    private void cleared(Kind kind) {
        boolean was = refusal.get().filter(r -> r.kind() == kind).isPresent();
        refusal.updateAndGet(r -> r.filter(x -> x.kind() != kind));
        if (was && commitRefused) {
            toBeReopened = true;
            giveUp("its key-value store has stopped while the drive took no writes, and is opened anew");
        }
    }

    /**
     * Whether only a try can tell if the drive takes writes again: it is read-only; or it was full and is not by the
     * bytes that are free, while inodes or a quota may still be used up.
     */
    boolean awaitsTry() {
        return refusal.get()
                .filter(r -> r.kind() == Kind.READ_ONLY || left() >= 0)
                .isPresent();
    }

    void commitBegins() {
        committingSince = clock.nanos();
        committing = true;
    }

    void commitEnds() {
        committing = false;
    }

    void succeeded() {
        if (ioErrors.get() != 0) {
            ioErrors.set(0);
        }
    }

    /** What was to be made durable is, or what was to be read was. Told beside {@link #succeeded}. */
    void kept(DriveOp op) {
        if (op == DriveOp.GROUP) {
            commitRefused = false;
        }
        inARow(op).ifPresent(count -> {
            if (count.get() != 0) {
                count.set(0);
            }
        });
    }

    /**
     * What was to be made durable is not, or nothing could be read. Told beside {@link #failed}, and counted apart from
     * it: a drive on which every sync fails, or whose key-value store has stopped to take writes, is of no use however
     * well it reads, and one that reads nothing is of none however well it writes. Either may be cured by being opened
     * anew.
     */
    void notKept(DriveOp op, DriveException failure) {
        if (op == DriveOp.GROUP && failure.kind() == Kind.CORRUPT) {
            // a commit reads nothing: a compaction or a flush met it, and the store takes no change any more
            damaged(failure.getMessage());
            return;
        }
        boolean refused = failure.kind() == Kind.FULL || failure.kind() == Kind.READ_ONLY;
        commitRefused |= op == DriveOp.GROUP && refused;
        boolean reads = op == DriveOp.READ || op == DriveOp.GET;
        // what is corrupt says nothing of the device that reads it
        if (failure.kind() != Kind.IO && (failure.kind() != Kind.CORRUPT || reads)) {
            return;
        }
        inARow(op).ifPresent(count -> {
            if (count.incrementAndGet() >= (reads ? NOT_READ_IN_A_ROW : NOT_KEPT_IN_A_ROW)) {
                String nothing = reads ? "nothing can be read from it" : "it keeps nothing";
                giveUp(nothing + " any more, the last failure: " + failure.getMessage());
            }
        });
    }

    private Optional<AtomicInteger> inARow(DriveOp op) {
        return switch (op) {
            case GROUP -> Optional.of(commitsNotKept);
            case PUBLISH -> Optional.of(shardsNotKept);
            case READ -> Optional.of(shardsNotRead);
            case GET -> Optional.of(rowsNotRead);
            default -> Optional.empty();
        };
    }

    private void refuse(Kind kind, String reason) {
        Optional<Refusal> before = refusal.getAndSet(Optional.of(new Refusal(kind, reason)));
        if (before.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, "Drive {0} at {1} takes no more writes: {2}", id, where, reason);
        }
    }

    /** The drive is gone for good. Only the first reason counts, and is logged. */
    void giveUp(String reason) {
        if (gone.compareAndSet(Optional.empty(), Optional.of(reason))) {
            LOG.log(System.Logger.Level.WARNING, "Drive {0} at {1} is given up: {2}", id, where, reason);
        }
    }

    /** Whether it was given up only since another opening of it will do what this one can't any more. */
    boolean isToBeReopened() {
        return toBeReopened;
    }

    boolean givenUp() {
        return gone.get().isPresent();
    }

    /** Its key-value store is of no use any more: the drive is given up, and opened with another. */
    void damaged(String reason) {
        damaged = true;
        giveUp("a file of its key-value store is damaged: " + reason);
    }

    /** Whether its key-value store is to be set aside, since a file of it is damaged. */
    boolean damaged() {
        return damaged;
    }

    /** From now on what is found first is told there, to be kept for the next opening. */
    void keepRot(Consumer<String> keeper) {
        rotKeeper = keeper;
    }

    /** A file of the key-value store is damaged: a read has met it, now or before the drive was opened. */
    void rotten(String reason) {
        if (rot.compareAndSet(Optional.empty(), Optional.of(reason))) {
            rotKeeper.accept(reason);
        }
    }

    /** What is damaged of the key-value store, though it may still be of use. */
    Optional<String> rot() {
        return rot.get();
    }

    /** The device failed in the background, where nobody waits for an answer. */
    void ioError(String what) {
        note(new DriveException(Kind.IO, id, what));
    }

    /** The owner closes it: nothing to be logged. Returns whether it was not given up before. */
    boolean close() {
        return gone.compareAndSet(Optional.empty(), Optional.of("it is closed"));
    }

    /**
     * Fails when the path does not lead to the drive any more. To be called between the sync and the acknowledgement.
     */
    void verifyIdentity() throws DriveException {
        Optional<String> lost = watch.lost();
        if (lost.isPresent()) {
            giveUp(lost.get());
            throw new DriveException(Kind.GONE, id, lost.get());
        }
    }

    /** What this failure means to the caller; takes note of it. */
    DriveException failed(Throwable failure, String doing) {
        if (failure instanceof DriveException e) {
            meter.failed(e.kind());
            return e;
        }
        Optional<String> lost = watch.lost();
        lost.ifPresent(this::giveUp);
        if (lost.isPresent()) {
            return new DriveException(Kind.GONE, id, lost.get());
        }
        DriveException known = new DriveException(kindOf(failure), id, doing + ": " + describe(failure), failure);
        note(known);
        return known;
    }

    /**
     * A file that this process may not read, as where somebody else has put it there. It says nothing of what the drive
     * takes, nor of its device: whoever asked goes on as with a damaged one.
     */
    DriveException denied(AccessDeniedException failure, String doing) {
        Optional<String> lost = watch.lost();
        if (lost.isPresent()) {
            return failed(failure, doing);
        }
        DriveException known =
                new DriveException(Kind.IO, id, doing + ": may not be read: " + describe(failure), failure);
        meter.failed(known.kind());
        complain(ioLines, known);
        return known;
    }

    private void note(DriveException failure) {
        meter.failed(failure.kind());
        switch (failure.kind()) {
            case FULL, READ_ONLY -> refuse(failure.kind(), failure.getMessage());
            case IO -> {
                complain(ioLines, failure);
                if (ioErrors.incrementAndGet() >= IO_ERRORS_IN_A_ROW) {
                    giveUp("too many errors of the device in a row, the last: " + failure.getMessage());
                }
            }
            case CORRUPT -> {
                // of all that a drive reads only the key-value store says so
                complain(corruptLines, failure);
                rotten(failure.getMessage());
            }
            case MISSING, BUSY, GONE -> {}
        }
    }

    /** A drive that fails at every touch is one line in a while, with the number of the others. */
    private static void complain(Seldom lines, DriveException failure) {
        lines.admit()
                .ifPresent(held ->
                        LOG.log(System.Logger.Level.WARNING, "{0}{1}", failure.getMessage(), Seldom.suffix(held)));
    }

    private static String describe(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    static Kind kindOf(Throwable failure) {
        return switch (failure) {
            case NoSuchFileException e -> Kind.MISSING;
            case AccessDeniedException e -> Kind.READ_ONLY;
            case ReadOnlyFileSystemException e -> Kind.READ_ONLY;
            case IOException e -> kindOfMessage(describe(e));
            default -> KvStore.kindOf(failure);
        };
    }

    /** The JDK passes the text of {@code strerror} on and keeps its number to itself. */
    static Kind kindOfMessage(String message) {
        if (message.contains("No space left") || message.contains("quota exceeded")) {
            return Kind.FULL;
        }
        if (message.contains("Too many open files")) {
            return Kind.BUSY;
        }
        return message.contains("Read-only file system") ? Kind.READ_ONLY : Kind.IO;
    }

    DriveStatus status() {
        Optional<String> reason = goneReason();
        Optional<Refusal> refused = refusal.get();
        DriveStatus.State state = reason.isPresent()
                ? DriveStatus.State.OFFLINE
                : refused.isPresent() ? DriveStatus.State.READ_ONLY : DriveStatus.State.ONLINE;
        String why = reason.orElseGet(() -> refused.map(Refusal::reason).orElse(""));
        long total = space.total();
        boolean full = refused.filter(r -> r.kind() == Kind.FULL).isPresent();
        long free = full || total == 0 ? 0 : Math.max(left(), 0);
        return new DriveStatus(id, where.toString(), state, why, total, free, meter.errorCount());
    }
}
