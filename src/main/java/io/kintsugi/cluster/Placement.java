package io.kintsugi.cluster;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import java.util.List;

/**
 * Where the shards of a blob go.
 *
 * @param drives shard i goes to drive i; some may be offline, and are mended later
 * @param writeQuorum shards that must be durable before the write may be acknowledged: k + 1, or all that a degraded or
 *     parity-less layout can have
 */
public record Placement(ErasureCode code, List<DriveId> drives, int writeQuorum) {
    public Placement {
        drives = List.copyOf(drives);
        if (drives.size() != code.totalShards() || writeQuorum < code.dataShards() || writeQuorum > drives.size()) {
            throw new IllegalArgumentException(
                    "placement of code " + code + " on " + drives.size() + " drives with quorum " + writeQuorum);
        }
    }
}
