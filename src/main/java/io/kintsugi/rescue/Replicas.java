package io.kintsugi.rescue;

import io.kintsugi.base.DriveId;
import io.kintsugi.catalog.ReplicaSource;
import io.kintsugi.catalog.ReplicaVerdict;
import io.kintsugi.cluster.LocalTopology;
import io.kintsugi.cluster.StoppedTopology;
import io.kintsugi.cluster.TopologyException;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.drives.StoppedDrive;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The replicas of a store that is stopped. */
final class Replicas {
    private Replicas() {}

    /** All key-value stores that may hold rows, also those that were set aside. */
    static List<ReplicaSource> of(StoppedTopology topology) {
        List<ReplicaSource> sources = new ArrayList<>();
        for (StoppedDrive drive : topology.opened()) {
            String where = drive.path().toString();
            sources.add(ReplicaSource.of(drive.id(), where, drive.keyValue(), drive.catalogEpoch()));
            drive.setAside()
                    .ifPresent(rows -> sources.add(ReplicaSource.of(
                            drive.id(), where + " (set aside as damaged)", rows, drive.catalogEpoch())));
        }
        return List.copyOf(sources);
    }

    /** The replicas of drives that are open to be written. */
    static List<ReplicaSource> of(LocalTopology topology) {
        return topology.drives().stream()
                .filter(drive -> drive.status().state() != DriveStatus.State.OFFLINE)
                .map(drive ->
                        ReplicaSource.of(drive.id(), drive.status().where(), drive.keyValue(), drive.catalogEpoch()))
                .toList();
    }

    /** Those that answer at all. */
    static List<ReplicaSource> readable(List<ReplicaSource> sources) {
        return sources.stream()
                .filter(source -> source.state().isPresent() || source.fault().isEmpty())
                .toList();
    }

    static String describe(ReplicaSource source, ReplicaVerdict verdict) {
        if (source.state().isEmpty()) {
            return source.fault().isEmpty() ? "no replica" : "unreadable: " + source.fault();
        }
        String what = "a replica of epoch " + source.epoch() + ", commit " + source.sequence();
        return what + (verdict.good().contains(source) ? "" : ", stale: the drives have seen epoch " + verdict.floor());
    }

    /** A line for each drive that is not there. */
    static List<String> absent(StoppedTopology topology) {
        return topology.statuses().stream()
                .filter(status -> status.state() == DriveStatus.State.OFFLINE)
                .map(status -> "drive " + status.id() + ": " + status.reason())
                .toList();
    }

    /** Drives that are away, or of which nothing could be read. */
    static Set<DriveId> unseen(StoppedTopology topology, List<ReplicaSource> sources) {
        Set<DriveId> seen = readable(sources).stream().map(ReplicaSource::drive).collect(Collectors.toSet());
        return topology.drives().stream()
                .map(Drive::id)
                .filter(drive -> !seen.contains(drive))
                .collect(Collectors.toSet());
    }

    /** What a start makes readable again is not to be replaced, and not to be missed where rows are gathered. */
    static void requireNoneTorn(StoppedTopology topology) {
        topology.opened().stream().filter(StoppedDrive::isTorn).findFirst().ifPresent(drive -> {
            throw new TopologyException(drive.path() + ": " + drive.keyValueFault());
        });
    }

    /** Below that a start would not be possible, and what is missing could not be told from what is away. */
    static void requireEnough(StoppedTopology topology) {
        int all = topology.drives().size();
        int enough = Math.max(1, all - topology.defaultCode().parityShards());
        if (topology.opened().size() < enough) {
            throw new TopologyException("only " + topology.opened().size() + " of " + all + " drives are there, and "
                    + enough + " are needed: " + String.join("; ", absent(topology)));
        }
    }
}
