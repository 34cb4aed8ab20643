package io.kintsugi.objects;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.shards.Pace;
import io.kintsugi.shards.SpareDrives;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where a shard goes that its drive does not take, since that is read-only: to another drive, when it has been so for
 * as long as a drive may be away before what it had is rebuilt. What is good on it stays, and is read from there; so
 * only blobs come here that could not be mended. Any thread.
 */
final class Refuge {
    private final ShardMover mover;
    private final SpareDrives drives;
    private final Clock clock;
    private final Optional<Duration> after;
    /** Since when a drive is known to be read-only. Guarded by itself. */
    private final Map<DriveId, Long> sinceNanos = new HashMap<>();

    /** @param after how long a drive may be read-only; empty for as long as it likes */
    Refuge(ShardMover mover, SpareDrives drives, Clock clock, Optional<Duration> after) {
        this.mover = mover;
        this.drives = drives;
        this.clock = clock;
        this.after = after;
    }

    /**
     * Takes a blob that lacks shards off such drives, as far as there are others.
     *
     * @param blob as it is recorded now; nobody has claimed it
     * @return whether it lies elsewhere now
     */
    boolean takeIn(BlobRef blob, BlobOrigin origin, Pace pace) {
        Set<DriveId> closed = closed();
        List<DriveId> elsewhere = closed.isEmpty() ? blob.placement() : drives.elsewhere(blob, closed);
        return !elsewhere.equals(blob.placement())
                && mover.move(blob, origin, elsewhere, pace) == ShardMover.Outcome.MOVED;
    }

    /** Drives that have been read-only for long enough. */
    private Set<DriveId> closed() {
        if (after.isEmpty()) {
            return Set.of();
        }
        long now = clock.nanos();
        Set<DriveId> readOnly = drives.readOnly();
        Set<DriveId> closed = new HashSet<>();
        synchronized (sinceNanos) {
            sinceNanos.keySet().retainAll(readOnly);
            for (DriveId drive : readOnly) {
                sinceNanos.putIfAbsent(drive, now);
                if (now - sinceNanos.get(drive) >= after.get().toNanos()) {
                    closed.add(drive);
                }
            }
        }
        return closed;
    }
}
