package io.kintsugi.cluster;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.drives.DriveInspection;
import io.kintsugi.drives.Roster;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides at start which drives a pool that is known has from now on: a pure function of what lies in the folders that
 * are named for it, but for the names of new drives. The newest roster that any of its drives knows counts. More
 * folders than it has drives: the empty ones among them are added. Fewer: those are left out that are drained and not
 * there. Whatever is not clear is refused, and nothing has changed then.
 */
final class RosterPolicy {
    private final Asked asked;
    private final Supplier<Id128> names;

    /**
     * What was found, and what is wanted.
     *
     * @param slots what was found in each folder that is named for the pool
     * @param recorded the code that the pool was founded with
     * @param code of new blobs
     * @param mounts folders that are file systems of their own
     */
    record Asked(
            Id128 deployment,
            String pool,
            List<DriveInspection> slots,
            ErasureCode recorded,
            ErasureCode code,
            Set<Path> mounts,
            DrainRequest drain) {
        Asked {
            slots = List.copyOf(slots);
            mounts = Set.copyOf(mounts);
        }
    }

    /** @param added those of the roster that are new */
    record Decision(Roster roster, Set<DriveId> added) {}

    private RosterPolicy(Asked asked, Supplier<Id128> names) {
        this.asked = asked;
        this.names = names;
    }

    /** @throws TopologyException with the reason and the cure */
    static Decision decide(Asked asked, Supplier<Id128> names) {
        return new RosterPolicy(asked, names).decide();
    }

    private Decision decide() {
        Roster now = newest();
        int more = asked.slots().size() - now.size();
        List<DriveId> leaving = more < 0 ? leaving(now, -more) : List.of();
        List<DriveId> coming = more > 0 ? coming(now, more) : List.of();
        Set<DriveId> drained = drained(now);
        if (more == 0 && drained.equals(Set.copyOf(now.drained()))) {
            return new Decision(now, Set.of());
        }
        return new Decision(now.next(leaving, coming, drained), Set.copyOf(coming));
    }

    private Stream<DriveInspection.Ours> members() {
        return asked.slots().stream()
                .filter(DriveInspection.Ours.class::isInstance)
                .map(DriveInspection.Ours.class::cast)
                .filter(slot -> slot.identity().deployment().equals(asked.deployment())
                        && slot.identity().pool().equals(asked.pool()));
    }

    private Roster newest() {
        Map<Roster, Set<Path>> known = new LinkedHashMap<>();
        members()
                .forEach(slot -> known.computeIfAbsent(slot.identity().roster(), r -> new TreeSet<>())
                        .add(slot.path()));
        long generation =
                known.keySet().stream().mapToLong(Roster::generation).max().orElseThrow();
        known.keySet().removeIf(roster -> roster.generation() < generation);
        if (known.size() > 1) {
            throw new TopologyException("the drives of pool " + asked.pool()
                    + " disagree about which drives it has: "
                    + known.values().stream()
                            .map(paths -> paths + " say one thing")
                            .collect(Collectors.joining(", "))
                    + ". A change of the pool was cut off, and another was made without the drives that had heard of"
                    + " it: take away the drives of the change that was cut off and empty them, or restore the identity"
                    + " files from a backup");
        }
        return known.keySet().iterator().next();
    }

    /** Drives of this roster that are in one of the folders. */
    private Set<DriveId> there(Roster roster) {
        return members()
                .map(slot -> slot.identity().drive())
                .filter(roster::contains)
                .collect(Collectors.toSet());
    }

    /** A drive that is drained stays so until it is seen in a folder that is not to be drained any more. */
    private Set<DriveId> drained(Roster now) {
        Set<DriveId> drained =
                now.drained().stream().filter(this::mayCount).collect(Collectors.toCollection(HashSet::new));
        members()
                .filter(slot -> !asked.drain().names(asked.pool(), slot.path()))
                .forEach(slot -> drained.remove(slot.identity().drive()));
        return drained;
    }

    /**
     * Whether the mark that this drive is drained can ever have been known to enough drives to count: no more than the
     * parity lack it then. One that never counted may be older than data which the drive took after a start that had
     * not heard of it.
     */
    private boolean mayCount(DriveId drained) {
        int parity = Math.max(asked.recorded().parityShards(), asked.code().parityShards());
        return members()
                        .filter(slot -> !slot.identity().roster().drained().contains(drained))
                        .count()
                <= parity;
    }

    private List<DriveId> leaving(Roster now, int count) {
        Set<DriveId> there = there(now);
        List<DriveId> free = now.drained().stream()
                .filter(drive -> !there.contains(drive) && mayCount(drive))
                .toList();
        if (free.size() < count) {
            throw new TopologyException("pool " + asked.pool() + " has " + now.size() + " drives, and "
                    + asked.slots().size() + " folders are named: name all of them, also those that are lost. A drive"
                    + " may be left out when it was drained (KINTSUGI_DRAIN), and of those that are not there "
                    + (free.isEmpty() ? "none is" : "only " + free.size() + " are")
                    + ". Drives that are not there: "
                    + now.drives().stream()
                            .filter(drive -> !there.contains(drive))
                            .toList());
        }
        if (asked.slots().size() < asked.code().totalShards()) {
            throw new TopologyException(
                    "pool " + asked.pool() + " needs " + asked.code().totalShards() + " drives for its code "
                            + asked.code() + ", and " + asked.slots().size() + " folders are named: name more");
        }
        return free.subList(free.size() - count, free.size());
    }

    private List<DriveId> coming(Roster now, int count) {
        requireEmpty(now, count);
        requireEnough(now);
        requireMounts();
        return Stream.generate(() -> new DriveId(names.get())).limit(count).toList();
    }

    private void requireEmpty(Roster now, int count) {
        Predicate<DriveInspection> empty = DriveInspection.Empty.class::isInstance;
        if (asked.slots().stream().filter(empty).count() >= count) {
            return;
        }
        Set<Path> own = members()
                .filter(slot -> now.contains(slot.identity().drive()))
                .map(DriveInspection::path)
                .collect(Collectors.toSet());
        throw new TopologyException("pool " + asked.pool() + " has " + now.size() + " drives, and "
                + asked.slots().size() + " folders are named: those that are added must be there and be empty. "
                + asked.slots().stream()
                        .filter(slot -> !own.contains(slot.path()) && !empty.test(slot))
                        .map(slot -> slot.cure().isEmpty()
                                ? slot.message() + ": empty it to add it as a new drive"
                                : slot.message() + ": " + slot.cure())
                        .collect(Collectors.joining("; ")));
    }

    /**
     * So many of the old drives must hear of the new ones that no start without them is possible; and the new ones,
     * which know nothing of the catalog's epochs, must not outweigh them.
     */
    private void requireEnough(Roster now) {
        int before = asked.recorded().parityShards();
        int parity = asked.code().parityShards();
        int needed = Math.max(1, now.size() - Math.min(before, parity));
        int there = there(now).size();
        if (there < needed) {
            throw new TopologyException("drives can't be added to pool " + asked.pool() + " while only " + there
                    + " of its " + now.size() + " drives are there, and " + needed
                    + " are needed: bring the others back first");
        }
        if (parity > before && now.size() - before <= parity) {
            throw new TopologyException("drives can't be added to pool " + asked.pool() + " in the same start that"
                    + " raises its parity from " + before + " to " + parity + ": add the drives first, and set"
                    + " KINTSUGI_STORAGE_CLASS_STANDARD at the next start");
        }
    }

    /** An empty folder among mounts is a mount that failed. */
    private void requireMounts() {
        if (!members().allMatch(slot -> asked.mounts().contains(slot.path()))) {
            return;
        }
        List<Path> failed = asked.slots().stream()
                .filter(DriveInspection.Empty.class::isInstance)
                .map(DriveInspection::path)
                .filter(path -> !asked.mounts().contains(path))
                .toList();
        if (!failed.isEmpty()) {
            throw new TopologyException(failed + " are to be added to pool " + asked.pool()
                    + " and are no mounts, while all its other drives are: mount the new drives there");
        }
    }
}
