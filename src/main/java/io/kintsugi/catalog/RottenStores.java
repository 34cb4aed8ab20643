package io.kintsugi.catalog;

import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.KeyValueRot;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Has key-value stores set aside in which a file is damaged, one at a time. What the file held was written anew above
 * it, a row of the catalog with its whole replica, a packed shard alone; and there it stays, until a compaction meets
 * it and stops the store.
 *
 * <p>The caller says whether a blob lacks a shard, and whether all that were late have come: a blob of k + 1 shards of
 * which others are under way can lose one too, but then no other. Here it is seen to that every drive answers, and that
 * the other replicas have every row: an earlier process may have found damage in several stores, and ended. Reading the
 * rows takes minutes, in which all of that may change: it is asked again before each page, and before the store goes.
 *
 * <p>A drive that has just come back, perhaps empty, is there a moment before the caller has heard of it, and may still
 * say that no blob lacks a shard. So a store goes only when nothing has come to any drive for some seconds.
 */
final class RottenStores {
    private static final Logger LOG = Logger.getLogger("io.kintsugi.catalog");
    /** Far more than it takes until everybody has heard of a drive. */
    static final Duration QUIET = Duration.ofSeconds(4);

    private final Topology topology;
    private final ReplicaSet replicas;
    private final Rebuilder rebuilder;
    /** Openings of drives of which it was said that they keep their damaged file. */
    private final Map<DriveId, Long> told = new ConcurrentHashMap<>();

    private final Clock clock;
    private volatile Optional<Quiet> quiet = Optional.empty();

    RottenStores(Topology topology, ReplicaSet replicas, Rebuilder rebuilder, Clock clock) {
        this.topology = topology;
        this.replicas = replicas;
        this.rebuilder = rebuilder;
        this.clock = clock;
    }

    /**
     * One caller at a time, who asks again and again.
     *
     * @param whole whether no blob is known to lack a shard
     * @param settled whether no shard is late, of which nobody knows yet whether it comes. Not asked before each page:
     *     one that does not come while rows are read is reported then, and the blob not whole
     * @return the drive whose store is set aside
     * @throws Unavailable when a row can't be read in any of the other replicas
     */
    Optional<DriveId> setAside(BooleanSupplier whole, BooleanSupplier settled) {
        Optional<Calm> calm = quietCalm();
        return calm.flatMap(before -> topology.drives().stream()
                .sorted(Comparator.comparing(Drive::id))
                .filter(drive -> setAside(drive, () -> whole.getAsBoolean() && calm().equals(calm), settled))
                .map(Drive::id)
                .findFirst());
    }

    /** Since when it was found as it is now, at each look. */
    private record Quiet(Calm calm, long since) {}

    /** What is now and has been for a while; empty when something has come up since. */
    private Optional<Calm> quietCalm() {
        Optional<Calm> calm = calm();
        long now = clock.nanos();
        if (!quiet.map(Quiet::calm).equals(calm)) {
            quiet = calm.map(found -> new Quiet(found, now));
        }
        return quiet.filter(since -> now - since.since() >= QUIET.toNanos()).map(Quiet::calm);
    }

    /** Nothing has come to any drive or replica between two of these that are equal. */
    private record Calm(List<Long> openings, List<Replica> live) {}

    /** Empty when a drive is away, or the catalog is not at its best. */
    private Optional<Calm> calm() {
        // in this order: what comes to a drive behind the look at it is in the next Calm
        List<Long> openings = topology.drives().stream().map(Drive::openings).toList();
        List<Replica> live = replicas.live();
        boolean allAnswer =
                topology.drives().stream().allMatch(drive -> drive.status().answers());
        boolean allRead = replicas.damaged().isEmpty() && !replicas.hasSuspects();
        return allAnswer && allRead && replicas.halted().isEmpty()
                ? Optional.of(new Calm(openings, live))
                : Optional.empty();
    }

    /** @param goOn whether nothing has happened since that makes it dangerous: the rows are read for minutes */
    private boolean setAside(Drive drive, BooleanSupplier goOn, BooleanSupplier settled) {
        Optional<KeyValueRot> rot = drive.rot();
        if (rot.isEmpty() || !othersSuffice(drive)) {
            return false;
        }
        if (!rot.get().mayBeSetAside()) {
            stays(drive, rot.get());
            return false;
        }
        // settled first: what is late and does not come is reported before
        return settled.getAsBoolean()
                && othersHaveAllRows(drive, goOn)
                && settled.getAsBoolean()
                && goOn.getAsBoolean()
                && drive.setAsideKeyValue(rot.get().reason());
    }

    /** Of what is damaged in one of them only it makes note: that is mended first. */
    private boolean othersHaveAllRows(Drive drive, BooleanSupplier goOn) {
        List<Replica> own = replicas.live().stream()
                .filter(replica -> replica.id().equals(drive.id()))
                .toList();
        return own.isEmpty() || rebuilder.requireAllRows(own, goOn);
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
