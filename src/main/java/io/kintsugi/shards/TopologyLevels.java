package io.kintsugi.shards;

import io.kintsugi.base.DriveId;
import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.DriveStatus;
import java.util.List;
import java.util.Set;

/** The levels of the drives of a topology. Any thread. */
public final class TopologyLevels implements DriveLevels {
    private final Topology topology;

    public TopologyLevels(Topology topology) {
        this.topology = topology;
    }

    @Override
    public List<Level> levels() {
        Set<DriveId> drained = topology.drained();
        return topology.statuses().stream()
                .map(status -> new Level(
                        status.id(),
                        status.where(),
                        topology.poolOf(status.id()),
                        use(status, drained),
                        new Room(status.totalBytes(), status.freeBytes())))
                .toList();
    }

    private static Use use(DriveStatus status, Set<DriveId> drained) {
        return switch (status.state()) {
            case ONLINE -> Use.TAKING;
            // a drive that is read-only for another reason tells how much is free
            case READ_ONLY -> status.freeBytes() == 0 ? Use.FULL : Use.KEEPING;
            case DRAINING -> drained.contains(status.id()) ? Use.DRAINED : Use.LEAVING;
            // who takes it away before the next start leaves it out does as he was told
            case OFFLINE -> drained.contains(status.id()) ? Use.DRAINED : Use.AWAY;
        };
    }

    @Override
    public void recordDrained(Set<DriveId> drives) {
        topology.recordDrained(drives);
    }
}
