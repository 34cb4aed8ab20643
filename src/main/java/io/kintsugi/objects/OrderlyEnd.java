package io.kintsugi.objects;

import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.Id128;
import io.kintsugi.base.StoreException;
import io.kintsugi.catalog.CatalogStatus;
import io.kintsugi.shards.DriveLevels;
import io.kintsugi.shards.DriveLevels.Level;
import io.kintsugi.shards.DriveLevels.Use;
import io.kintsugi.shards.DriveRecord;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Whether the last process ended in order, with every shard in its place: then this one need not look for what it left
 * undone. True only when each drive of the deployment is there and has the same mark ({@link EndMark}), and nobody has
 * opened the catalog since; so a kill, a power cut, a drive that was away, replaced, added, emptied or put back to what
 * it once was, and a key-value store that was set aside all lead to the walks. The mark is taken away before anything
 * is spared by it. Decision 0029 says what it can't know.
 *
 * <p>Thread-safe.
 */
final class OrderlyEnd {
    private static final System.Logger LOG = System.getLogger(OrderlyEnd.class.getName());

    private final DriveRecord record;
    private final DriveLevels levels;
    private final Chance chance;
    private final CatalogStatus opened;
    private final ReentrantLock lock = new ReentrantLock();
    private Optional<Found> found = Optional.empty();

    /** @param opened the catalog before this process changed anything */
    OrderlyEnd(DriveRecord record, DriveLevels levels, Chance chance, CatalogStatus opened) {
        this.record = record;
        this.levels = levels;
        this.chance = chance;
        this.opened = opened;
    }

    /** What names of marks are made of. */
    record Chance(Clock clock, Entropy entropy) {
        Id128 next() {
            return Id128.next(clock, entropy);
        }
    }

    /**
     * @param whole whether no shard was missing
     * @param usage what lay on each drive then, if that was counted
     */
    record Found(boolean whole, Optional<DriveUsage.Sums> usage) {
        static final Found NOTHING = new Found(false, Optional.empty());
    }

    /** What the last process left; waits for the drives the first time. */
    Found found() {
        lock.lock();
        try {
            if (found.isEmpty()) {
                found = Optional.of(take());
            }
            return found.get();
        } finally {
            lock.unlock();
        }
    }

    private Found take() {
        try {
            List<byte[]> copies = record.read();
            Optional<EndMark> mark = agreed(copies);
            if (!copies.isEmpty()) {
                record.write(EndMark.begun(chance.next()).encode());
            }
            return mark.filter(of -> isTakenAway())
                    .map(of -> new Found(true, of.usage()))
                    .orElse(Found.NOTHING);
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.DEBUG, "no mark of the last end", e);
            return Found.NOTHING;
        }
    }

    /** Else this process could be killed, and the next one believe what the last but one knew. */
    private boolean isTakenAway() {
        return decoded(record.read()).stream().noneMatch(EndMark::whole);
    }

    private static List<EndMark> decoded(List<byte[]> copies) {
        return copies.stream().map(EndMark::decode).flatMap(Optional::stream).toList();
    }

    private Optional<EndMark> agreed(List<byte[]> copies) {
        Optional<Set<DriveId>> answering = answering();
        List<EndMark> marks = decoded(copies);
        if (answering.isEmpty() || marks.size() != answering.get().size()) {
            return Optional.empty();
        }
        EndMark first = marks.getFirst();
        boolean valid = first.whole()
                && marks.stream().allMatch(mark -> mark.id().equals(first.id()))
                && first.drives().equals(answering.get())
                && isNext(first);
        return Optional.of(first).filter(mark -> valid);
    }

    /**
     * Whether this is the first process since that opened the catalog: each begins one epoch by one commit, and leaves
     * a gap in the numbers of epochs if it is cut off there.
     */
    private boolean isNext(EndMark mark) {
        return opened.epoch() == mark.epoch() + 1 && opened.sequence() == mark.sequence() + 1;
    }

    /** All drives of the deployment; empty when one does not answer. */
    private Optional<Set<DriveId>> answering() {
        List<Level> now = levels.levels();
        return now.isEmpty() || now.stream().anyMatch(level -> level.use() == Use.AWAY)
                ? Optional.empty()
                : Optional.of(now.stream().map(Level::drive).collect(Collectors.toSet()));
    }

    /**
     * This process ends in order, and all its work has come to an end. Leaves the mark if nothing is known to be
     * missing; asks that once more when the mark is written, as shards that are late may be heard of meanwhile, and a
     * drive may have come that is empty but for the mark.
     *
     * @param status the catalog's
     * @param whole whether each shard is in its place, as far as is known
     */
    void leave(Supplier<CatalogStatus> status, BooleanSupplier whole, Optional<DriveUsage.Sums> usage) {
        try {
            CatalogStatus last = status.get();
            Optional<Set<DriveId>> drives = answering();
            if (drives.isEmpty() || !last.writable() || !whole.getAsBoolean()) {
                return;
            }
            Id128 id = chance.next();
            record.write(new EndMark(id, true, last.epoch(), last.sequence(), drives.get(), usage).encode());
            if (!whole.getAsBoolean()) {
                record.write(EndMark.begun(chance.next()).encode());
            }
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.DEBUG, "no mark of this end is left", e);
        }
    }
}
