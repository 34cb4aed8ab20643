package io.kintsugi.cluster;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.cluster.PlacementPolicy.Candidate;
import io.kintsugi.drives.DriveStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One pool: its folders, and the handles of its drives in the order of the roster. */
record PoolSlots(Deployment.Pool founded, PoolRoster roster, List<Path> paths, List<SlotDrive> drives) {
    static PoolSlots of(Deployment.Pool pool, List<Path> paths) {
        return new PoolSlots(
                pool,
                new PoolRoster(pool.roster()),
                List.copyOf(paths),
                IntStream.range(0, paths.size())
                        .mapToObj(i -> new SlotDrive(pool.roster().drives().get(i), paths.get(i)))
                        .toList());
    }

    /** The pool as it was opened, with the roster of now. */
    Deployment.Pool pool(boolean first) {
        return first ? founded : founded.settled(roster.newest());
    }

    ErasureCode code() {
        return founded.code();
    }

    /** What the request means for this pool. */
    DrainPolicy.Pool asked(DrainRequest request) {
        List<DriveId> ids = drives.stream().map(SlotDrive::id).toList();
        Set<DriveId> wanted = drives.stream()
                .filter(drive -> request.names(founded.name(), drive.where()))
                .map(SlotDrive::id)
                .collect(Collectors.toSet());
        return new DrainPolicy.Pool(
                founded.name(), code(), ids, wanted, Set.copyOf(roster.newest().drained()));
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

    /** The drives as placement sees them now; without those that are drained. */
    List<Candidate> candidates() {
        List<Candidate> all = new ArrayList<>(drives.size());
        for (SlotDrive drive : drives) {
            DriveStatus status = drive.status();
            if (drive.draining()) {
                continue;
            }
            all.add(new Candidate(
                    drive.id(), status.online(), status.answers(), PlacementPolicy.weightClass(status.freeBytes())));
        }
        return all;
    }

    /**
     * Tells the drives that no folder was found to be what was found in the folders that are of no use: of its own
     * slot, or of any other.
     */
    void explain(List<SlotPolicy.Verdict> verdicts) {
        List<SlotPolicy.Verdict.Refused> left = new ArrayList<>();
        Set<DriveId> found = new HashSet<>();
        for (SlotPolicy.Verdict verdict : verdicts) {
            switch (verdict) {
                case SlotPolicy.Verdict.Open(var path, var identity) -> found.add(identity.drive());
                case SlotPolicy.Verdict.Format(var path, var drive) -> found.add(drive);
                case SlotPolicy.Verdict.Finish(var path, var identity) -> found.add(identity.drive());
                case SlotPolicy.Verdict.Refused refusal -> left.add(refusal);
            }
        }
        for (int pass = 0; pass < 2; pass++) {
            for (int i = 0; i < drives.size() && !left.isEmpty(); i++) {
                SlotDrive drive = drives.get(i);
                Path own = paths.get(i);
                boolean any = pass == 1;
                if (drive.attached().isEmpty() && !found.contains(drive.id())) {
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
