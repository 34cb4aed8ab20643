package io.kintsugi.catalog;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.KeyValueRot;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Has key-value stores set aside in which a file is damaged, one at a time. What the file held was written anew above
 * it, a row of the catalog with its whole replica, a packed shard alone; and there it stays, until a compaction meets
 * it and stops the store.
 *
 * <p>The caller knows that no blob lacks a shard. Here it is seen to that every drive answers, and that the other
 * replicas have every row: an earlier process may have found damage in several stores, and ended.
 */
final class RottenStores {
    private static final Logger LOG = Logger.getLogger("io.kintsugi.catalog");

    private final Topology topology;
    private final ReplicaSet replicas;
    private final Rebuilder rebuilder;
    /** Openings of drives of which it was said that they keep their damaged file. */
    private final Map<DriveId, Long> told = new ConcurrentHashMap<>();

    RottenStores(Topology topology, ReplicaSet replicas, Rebuilder rebuilder) {
        this.topology = topology;
        this.replicas = replicas;
        this.rebuilder = rebuilder;
    }

    /**
     * @return the drive whose store is set aside
     * @throws Unavailable when a row can't be read in any of the other replicas
     */
    Optional<DriveId> setAside() {
        boolean allAnswer =
                topology.drives().stream().allMatch(drive -> drive.status().answers());
        if (!allAnswer || replicas.halted().isPresent() || !replicas.damaged().isEmpty()) {
            return Optional.empty();
        }
        return topology.drives().stream()
                .sorted(Comparator.comparing(Drive::id))
                .filter(this::setAside)
                .map(Drive::id)
                .findFirst();
    }

    private boolean setAside(Drive drive) {
        Optional<KeyValueRot> rot = drive.rot();
        if (rot.isEmpty() || !othersSuffice(drive)) {
            return false;
        }
        if (!rot.get().mayBeSetAside()) {
            stays(drive, rot.get());
            return false;
        }
        return othersHaveAllRows(drive) && drive.setAsideKeyValue(rot.get().reason());
    }

    /** Of what is damaged in one of them only it makes note: that is mended first. */
    private boolean othersHaveAllRows(Drive drive) {
        List<Replica> own = replicas.live().stream()
                .filter(replica -> replica.id().equals(drive.id()))
                .toList();
        if (!own.isEmpty()) {
            rebuilder.requireAllRows(own);
        }
        return replicas.damaged().isEmpty();
    }

    private boolean othersSuffice(Drive drive) {
        long others = replicas.live().stream()
                .filter(replica -> !replica.id().equals(drive.id()))
                .count();
        return others >= Math.max(1, replicas.wanted() - 1);
    }

    private void stays(Drive drive, KeyValueRot rot) {
        Long opening = drive.openings();
        if (!opening.equals(told.put(drive.id(), opening))) {
            LOG.warnf(
                    "A damaged file of the key-value store of drive %s (%s) stays below its new rows: there is no"
                            + " parity, or a store that was set aside still lies there, or on as many drives as the"
                            + " parity restores. When nothing is healing, remove what was set aside",
                    drive.id(), rot.reason());
        }
    }
}
