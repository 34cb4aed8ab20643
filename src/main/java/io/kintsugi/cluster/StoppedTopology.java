package io.kintsugi.cluster;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.DriveInspection;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.drives.Roster;
import io.kintsugi.drives.StoppedDrive;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The drives of a store that is not running, to be looked at: they are locked and not changed, no folder is formatted,
 * and nothing can be placed. One thread.
 */
public final class StoppedTopology implements Topology {
    private static final Duration INSPECTION = Duration.ofSeconds(20);

    private final Deployment deployment;
    private final List<PoolSlots> pools;
    private final List<StoppedDrive> opened;

    private StoppedTopology(Deployment deployment, List<PoolSlots> pools, List<StoppedDrive> opened) {
        this.deployment = deployment;
        this.pools = pools;
        this.opened = opened;
    }

    /**
     * Opens what is there.
     *
     * @throws TopologyException when no drive of ours is named, or a process has one of them open
     */
    public static StoppedTopology open(List<List<Path>> folders, DriveResources resources) {
        List<Path> paths = folders.stream().flatMap(List::stream).toList();
        DriveInspector inspector = new DriveInspector();
        List<DriveInspection> found = inspector.inspect(paths, INSPECTION);
        inspector.overlap(paths).ifPresent(overlap -> {
            throw new TopologyException(overlap.message() + ": name each folder once");
        });
        if (found.stream().noneMatch(DriveInspection.Ours.class::isInstance)) {
            throw new TopologyException("there is no drive of Kintsugi in "
                    + String.join(
                            "; ", found.stream().map(DriveInspection::message).toList()));
        }
        List<List<DriveInspection>> split = LocalTopology.split(folders, found);
        Deployment deployment = Founding.decide(
                new Founding.Asked(split, inspector.mounts().now(), CodeWish.NONE, DrainRequest.NOTHING),
                () -> Id128.next(Clock.SYSTEM, Entropy.FAST));
        List<PoolSlots> pools = new ArrayList<>();
        List<StoppedDrive> opened = new ArrayList<>();
        try {
            for (int i = 0; i < folders.size(); i++) {
                PoolSlots pool = PoolSlots.of(deployment.pools().get(i), folders.get(i));
                pools.add(pool);
                attach(deployment, pool, split.get(i), new Opening(resources, opened));
            }
            return new StoppedTopology(deployment, List.copyOf(pools), List.copyOf(opened));
        } catch (RuntimeException | Error e) {
            opened.forEach(StoppedDrive::close);
            throw e;
        }
    }

    private record Opening(DriveResources resources, List<StoppedDrive> opened) {}

    private static void attach(Deployment deployment, PoolSlots pool, List<DriveInspection> found, Opening opening) {
        List<SlotPolicy.Verdict> verdicts =
                SlotPolicy.decide(deployment, pool.pool(true), found, SlotPolicy.Known.NOTHING);
        for (SlotPolicy.Verdict verdict : verdicts) {
            switch (verdict) {
                case SlotPolicy.Verdict.Open(var path, var identity) -> {
                    try {
                        StoppedDrive drive = StoppedDrive.open(path, identity, opening.resources());
                        opening.opened().add(drive);
                    } catch (DriveException e) {
                        if (e.kind() == DriveException.Kind.BUSY) {
                            throw new TopologyException(e.getMessage());
                        }
                        pool.drive(identity.drive()).explain(path, e.getMessage());
                    }
                }
                case SlotPolicy.Verdict.Format(var path, var id) ->
                    pool.drive(id)
                            .explain(path, path + " is empty: the next start makes it drive " + id + ", and heals it");
                case SlotPolicy.Verdict.Finish(var path, var identity) ->
                    pool.drive(identity.drive())
                            .explain(
                                    path,
                                    path + " is to become drive " + identity.drive()
                                            + ", and its first start was cut off: the next one finishes it");
                case SlotPolicy.Verdict.Refused refusal -> {
                    // explained below
                }
            }
        }
        pool.explain(verdicts);
    }

    /** The drives that could be opened. */
    public List<StoppedDrive> opened() {
        return opened;
    }

    public String deployment() {
        return deployment.id().toString();
    }

    /** The drives of the pool that these belong to, in the order of its roster. */
    public List<DriveId> pool(DriveId drive) {
        return pools.stream()
                .filter(pool -> pool.find(drive).isPresent())
                .findFirst()
                .map(pool -> pool.drives().stream().map(SlotDrive::id).toList())
                .orElse(List.of());
    }

    /** As it is recorded on the drives; what the next start is asked to drain is not known here. */
    @Override
    public Set<DriveId> drained() {
        return pools.stream()
                .flatMap(pool -> opened.stream()
                        .filter(drive -> pool.find(drive.id()).isPresent())
                        .map(drive -> drive.identity().roster())
                        .max(Comparator.comparingLong(Roster::generation))
                        .stream())
                .flatMap(roster -> roster.drained().stream())
                // one that was left out of the volumes since is none of the drives any more
                .filter(id -> drive(id).isPresent())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public List<Drive> drives() {
        return pools.stream()
                .flatMap(pool -> pool.drives().stream())
                .map(this::handle)
                .toList();
    }

    @Override
    public Optional<Drive> drive(DriveId id) {
        return pools.stream()
                .flatMap(pool -> pool.find(id).stream())
                .findFirst()
                .map(this::handle);
    }

    /** A slot whose drive is not there says why, and fails. */
    private Drive handle(SlotDrive slot) {
        for (StoppedDrive drive : opened) {
            if (drive.id().equals(slot.id())) {
                return drive;
            }
        }
        return slot;
    }

    @Override
    public ErasureCode defaultCode() {
        return pools.getFirst().code();
    }

    @Override
    public Placement place(BlobId blob) {
        throw new Unavailable(Unavailable.Kind.STOPPING, "nothing is written to a store that is only looked at");
    }

    @Override
    public List<DriveStatus> statuses() {
        return drives().stream().map(Drive::status).toList();
    }

    @Override
    public void subscribe(DriveListener listener) {
        // nothing goes or comes back
    }

    @Override
    public void close() {
        opened.forEach(StoppedDrive::close);
    }
}
