package io.kintsugi.objects;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.StoreException;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.codec.ShardSet;
import io.kintsugi.shards.BlobStore;
import io.kintsugi.shards.Pace;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Shards that were moved, where they lay before: removed when a grace has passed and no read of this process is at
 * their blob. Kept in memory, and bounded: what finds no room, or is left when the process ends, is the orphan sweep's.
 *
 * <p>Also moves whose commit may have taken effect or not: their blobs stay claimed until the catalog has said which.
 * Thread-safe; the catalog and the drives are asked by one thread.
 */
final class Superseded {
    private static final System.Logger LOG = System.getLogger(Superseded.class.getName());
    static final int MAX_MOVES = 10_000;
    static final int MAX_UNSURE = 1_000;

    private final Catalog catalog;
    private final BlobStore blobs;
    private final BlobGuards guards;
    private final Clock clock;
    private final Duration grace;
    private final List<Move> moved = new ArrayList<>();
    private final List<Unsure> unsure = new ArrayList<>();
    private long removed;
    private long left;

    Superseded(Catalog catalog, BlobStore blobs, BlobGuards guards, Clock clock, Duration grace) {
        this.catalog = catalog;
        this.blobs = blobs;
        this.guards = guards;
        this.clock = clock;
        this.grace = grace;
    }

    private record Move(BlobRef from, BlobRef to, BlobOrigin origin, long dueNanos) {}

    private record Unsure(BlobRef from, BlobRef to, BlobOrigin origin, BlobClaims.Claim claim) {}

    BlobGuards guards() {
        return guards;
    }

    /** The move is recorded: what {@code to} does not have any more of {@code from} may go. */
    synchronized void moved(BlobRef from, BlobRef to, BlobOrigin origin) {
        if (moved.size() >= MAX_MOVES) {
            left++;
        } else {
            moved.add(new Move(from, to, origin, clock.nanos() + grace.toNanos()));
        }
    }

    /** Whether so many moves are unsure that no other should be begun. */
    synchronized boolean full() {
        return unsure.size() >= MAX_UNSURE;
    }

    /** It is not known whether the move was recorded. The claim is this one's from here on. */
    synchronized void unsure(BlobRef from, BlobRef to, BlobOrigin origin, BlobClaims.Claim claim) {
        unsure.add(new Unsure(from, to, origin, claim));
    }

    /** Moves whose old shards wait, or that are not known to be recorded. */
    synchronized int waiting() {
        return moved.size() + unsure.size();
    }

    /** About the bytes on each drive of old shards that are to go. */
    synchronized Map<DriveId, Long> soonFree() {
        Map<DriveId, Long> bytes = new HashMap<>();
        for (Move move : moved) {
            for (int shard : move.from().changedIn(move.to().placement())) {
                bytes.merge(move.from().placement().get(shard), DriveUsage.shardBytes(move.from()), Long::sum);
            }
        }
        return bytes;
    }

    /** Old shards that were removed. */
    synchronized long removed() {
        return removed;
    }

    /** Moves whose old shards are left to the orphan sweep. */
    synchronized long left() {
        return left;
    }

    /**
     * Removes what is due.
     *
     * @param late asked before what has been due for so long that it does not wait any more ({@link Reclaimer#LATE})
     */
    void step(Pace pace, Pace late) {
        for (Unsure move : unsureNow()) {
            pace.next(0);
            settle(move);
        }
        for (Move move : dueNow()) {
            boolean isLate = clock.nanos() - move.dueNanos() >= Reclaimer.LATE.toNanos();
            (isLate ? late : pace).next(0);
            if (remove(move)) {
                synchronized (this) {
                    moved.remove(move);
                }
            }
        }
    }

    private synchronized List<Unsure> unsureNow() {
        return List.copyOf(unsure);
    }

    private synchronized List<Move> dueNow() {
        long now = clock.nanos();
        return moved.stream().filter(move -> move.dueNanos() - now <= 0).toList();
    }

    /**
     * A change that changes nothing comes behind the one that is not known, which has taken effect or never will when
     * this one is answered.
     */
    private void settle(Unsure move) {
        try {
            boolean before = catalog.relocate(move.from(), move.from().placement(), move.origin());
            if (before) {
                discardUnlessRecorded(move.to(), move.from(), move.origin());
            } else {
                moved(move.from(), move.to(), move.origin());
            }
        } catch (RuntimeException e) {
            // whatever it was: it is asked again at the next step, and holds up no other
            return;
        }
        synchronized (this) {
            unsure.remove(move);
        }
        move.claim().close();
    }

    /** Whether nothing is left to do for this move. */
    private boolean remove(Move move) {
        BlobId id = move.from().id();
        Optional<BlobClaims.Claim> claim =
                guards.pins().pinned(id) ? Optional.empty() : guards.claims().claim(id);
        if (claim.isEmpty()) {
            return false;
        }
        try (BlobClaims.Claim _ = claim.get()) {
            discardUnlessRecorded(move.from(), move.to(), move.origin());
            return true;
        } catch (StoreException e) {
            return false;
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "old shards of blob " + id + " stay until the orphan sweep", e);
            synchronized (this) {
                left++;
            }
            return true;
        }
    }

    /**
     * Removes the shards of one placement that another does not have; but none that the catalog names now, since the
     * blob may have been moved again, and back. The caller has claimed the blob.
     */
    void discardUnlessRecorded(BlobRef gone, BlobRef instead, BlobOrigin origin) {
        Optional<BlobRef> recorded = catalog.referred(gone.id(), origin);
        ShardSet shards = ShardSet.empty();
        for (int i : gone.changedIn(instead.placement())) {
            boolean named = recorded.filter(now ->
                            now.placement().get(i).equals(gone.placement().get(i)))
                    .isPresent();
            shards = named ? shards : shards.with(i);
        }
        blobs.discard(gone, shards);
        synchronized (this) {
            removed += shards.size();
        }
    }
}
