package io.kintsugi.sim;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.shards.SpareDrives;
import io.kintsugi.sim.engine.OneStep;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Sees that no drive is given up before it was away for as long as the settings say. */
@OneStep
final class SimSpares implements SpareDrives {
    private final SpareDrives drives;
    private final Optional<Duration> after;
    private final History history;
    private final Map<DriveId, Long> awaySince = new HashMap<>();
    private final Map<DriveId, Long> readOnlySince = new HashMap<>();

    SimSpares(SpareDrives drives, Optional<Duration> after, History history) {
        this.drives = drives;
        this.after = after;
        this.history = history;
    }

    @Override
    public Set<DriveId> away() {
        return noted(drives.away(), awaySince);
    }

    @Override
    public Set<DriveId> readOnly() {
        return noted(drives.readOnly(), readOnlySince);
    }

    private static Set<DriveId> noted(Set<DriveId> now, Map<DriveId, Long> since) {
        since.keySet().retainAll(now);
        now.forEach(drive -> since.putIfAbsent(drive, System.nanoTime()));
        return now;
    }

    @Override
    public List<DriveId> elsewhere(BlobRef blob, Set<DriveId> lost) {
        for (DriveId drive : lost) {
            long never = System.nanoTime();
            long since = Math.min(awaySince.getOrDefault(drive, never), readOnlySince.getOrDefault(drive, never));
            if (System.nanoTime() - since < after.orElseThrow().toNanos()) {
                history.finds(new Violation(
                        "NoDriveIsGivenUpEarly",
                        drive + " was away, or read-only, for " + Duration.ofNanos(System.nanoTime() - since)
                                + " only"));
            }
        }
        return drives.elsewhere(blob, lost);
    }
}
