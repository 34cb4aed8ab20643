package io.kintsugi.cluster;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.drives.DriveStatus;
import java.util.List;

/** The real placement policy, for topologies of simulated drives. */
public final class RealPlacement {
    private RealPlacement() {}

    public static Placement place(BlobId blob, List<DriveStatus> drives, ErasureCode code) {
        List<PlacementPolicy.Candidate> pool = drives.stream()
                .filter(status -> status.state() != DriveStatus.State.DRAINING)
                .map(status -> new PlacementPolicy.Candidate(
                        status.id(),
                        status.online(),
                        status.state() != DriveStatus.State.OFFLINE,
                        PlacementPolicy.weightClass(status.freeBytes())))
                .toList();
        return PlacementPolicy.place(blob, pool, code);
    }
}
