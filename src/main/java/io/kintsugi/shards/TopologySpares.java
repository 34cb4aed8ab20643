package io.kintsugi.shards;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.DriveStatus;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The spare drives of a topology. Any thread. */
public record TopologySpares(Topology topology) implements SpareDrives {
    @Override
    public Set<DriveId> away() {
        Set<DriveId> drained = topology.drained();
        return topology.statuses().stream()
                .filter(status -> status.state() == DriveStatus.State.OFFLINE)
                .map(DriveStatus::id)
                .filter(drive -> !drained.contains(drive))
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Set<DriveId> readOnly() {
        return new TopologyLevels(topology)
                .levels().stream()
                        .filter(level -> level.use() == DriveLevels.Use.KEEPING)
                        .map(DriveLevels.Level::drive)
                        .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public List<DriveId> elsewhere(BlobRef blob, Set<DriveId> lost) {
        return topology.elsewhere(blob, lost);
    }
}
