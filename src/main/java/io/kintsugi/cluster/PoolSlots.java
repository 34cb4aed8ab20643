package io.kintsugi.cluster;

import io.kintsugi.base.DriveId;
import io.kintsugi.cluster.PlacementPolicy.Candidate;
import io.kintsugi.drives.DriveStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One pool: its folders, and the handles of its drives in the order of the roster. */
record PoolSlots(Deployment.Pool pool, List<Path> paths, List<SlotDrive> drives) {
    static PoolSlots of(Deployment.Pool pool, List<Path> paths) {
        return new PoolSlots(
                pool,
                List.copyOf(paths),
                IntStream.range(0, paths.size())
                        .mapToObj(i -> new SlotDrive(pool.roster().get(i), paths.get(i)))
                        .toList());
    }

    /** The same when it is not new any more. */
    PoolSlots settled() {
        return new PoolSlots(new Deployment.Pool(pool.name(), pool.code(), pool.roster(), false), paths, drives);
    }

    SlotDrive drive(DriveId id) {
        return find(id).orElseThrow();
    }

    Optional<SlotDrive> find(DriveId id) {
        return drives.stream().filter(drive -> drive.id().equals(id)).findFirst();
    }

    /** Folders whose drives are open. */
    Set<Path> attachedPaths() {
        return drives.stream()
                .filter(drive -> drive.attached().isPresent())
                .map(SlotDrive::where)
                .collect(Collectors.toSet());
    }

    boolean complete() {
        return drives.stream().allMatch(drive -> drive.attached().isPresent());
    }

    /** The drives as placement sees them now. */
    List<Candidate> candidates() {
        List<Candidate> all = new ArrayList<>(drives.size());
        for (SlotDrive drive : drives) {
            DriveStatus status = drive.status();
            all.add(new Candidate(
                    drive.id(),
                    status.online(),
                    status.state() != DriveStatus.State.OFFLINE,
                    PlacementPolicy.weightClass(status.freeBytes())));
        }
        return all;
    }

    /**
     * Tells the drives that are not there what was found in the folders that are of no use: of its own slot, or of any
     * other.
     */
    void explain(List<SlotPolicy.Verdict.Refused> refused) {
        List<SlotPolicy.Verdict.Refused> left = new ArrayList<>(refused);
        for (int pass = 0; pass < 2; pass++) {
            for (int i = 0; i < drives.size() && !left.isEmpty(); i++) {
                SlotDrive drive = drives.get(i);
                Path own = paths.get(i);
                boolean any = pass == 1;
                if (drive.attached().isEmpty()) {
                    left.stream()
                            .filter(r -> any || r.path().equals(own))
                            .findFirst()
                            .ifPresent(r -> {
                                drive.explain(r.path(), r.reason());
                                left.remove(r);
                            });
                }
            }
        }
    }
}
