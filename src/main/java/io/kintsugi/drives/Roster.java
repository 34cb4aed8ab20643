package io.kintsugi.drives;

import io.kintsugi.base.DriveId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;

/**
 * Which drives a pool has, as one of them knows it. A change makes the next generation; of two that differ, the one of
 * the greater generation is right. Two of one generation come only from a change that was cut off and another that was
 * made without the drives that had heard of it.
 *
 * @param generation 1 when the pool is founded
 * @param drives in the order of their slots
 * @param drained those of them to which nothing refers any more: they may be left out. None in the first generation
 */
public record Roster(long generation, List<DriveId> drives, List<DriveId> drained) {
    private static final int MAX_DRIVES = 65_536;

    /** @throws IllegalArgumentException when the parts do not make a roster, with the reason */
    public Roster {
        drives = List.copyOf(drives);
        drained = List.copyOf(drained);
        if (drives.size() > MAX_DRIVES || new HashSet<>(drives).size() != drives.size()) {
            throw new IllegalArgumentException("the roster names a drive twice, or more than " + MAX_DRIVES);
        }
        if (generation < 1) {
            throw new IllegalArgumentException("generation " + generation + " of a roster is less than 1");
        }
        if (!new HashSet<>(drives).containsAll(drained) || new HashSet<>(drained).size() != drained.size()) {
            throw new IllegalArgumentException("a drive is drained twice, or is none of the roster");
        }
        if (generation == 1 && !drained.isEmpty()) {
            throw new IllegalArgumentException("a drive is drained in the first generation of a roster");
        }
    }

    /** The roster of a new pool. */
    public static Roster founded(List<DriveId> drives) {
        return new Roster(1, drives, List.of());
    }

    /**
     * The next generation.
     *
     * @param removed drives that leave
     * @param added drives that come, behind the others
     * @param nowDrained those that are drained then, of which only those that are in the roster count
     */
    public Roster next(Collection<DriveId> removed, List<DriveId> added, Collection<DriveId> nowDrained) {
        List<DriveId> all = new ArrayList<>(drives);
        all.removeAll(removed);
        all.addAll(added);
        return new Roster(
                generation + 1, all, all.stream().filter(nowDrained::contains).toList());
    }

    public int size() {
        return drives.size();
    }

    public boolean contains(DriveId drive) {
        return drives.contains(drive);
    }

    public boolean newerThan(Roster other) {
        return generation > other.generation;
    }
}
