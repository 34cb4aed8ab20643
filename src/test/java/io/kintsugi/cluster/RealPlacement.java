package io.kintsugi.cluster;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.drives.DriveStatus;
import java.util.List;
import java.util.Set;

/** The real placement policy, for topologies of simulated drives. */
public final class RealPlacement {
    private RealPlacement() {}

    /** @param pools what the drives of each pool say of themselves */
    public static Placement place(BlobId blob, List<List<DriveStatus>> pools, ErasureCode code) {
        return PlacementPolicy.place(
                blob,
                pools.stream()
                        .map(pool -> new PlacementPolicy.Pool(candidates(pool), code))
                        .toList());
    }

    /** @param pool the drives of the blob's pool */
    public static List<DriveId> elsewhere(BlobRef blob, Set<DriveId> leaving, List<DriveStatus> pool) {
        return PlacementPolicy.elsewhere(blob, leaving, candidates(pool));
    }

    private static List<PlacementPolicy.Candidate> candidates(List<DriveStatus> pool) {
        return pool.stream()
                .filter(status -> status.state() != DriveStatus.State.DRAINING)
                .map(status -> new PlacementPolicy.Candidate(
                        status.id(),
                        status.online(),
                        status.state() != DriveStatus.State.OFFLINE,
                        PlacementPolicy.weightClass(status.freeBytes())))
                .toList();
    }
}
