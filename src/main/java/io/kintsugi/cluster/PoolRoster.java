package io.kintsugi.cluster;

import io.kintsugi.base.DriveId;
import io.kintsugi.drives.LocalDrive;
import io.kintsugi.drives.Roster;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The roster of a pool while the store runs, and its way to the drives that have not heard of it. Thread-safe. */
final class PoolRoster {
    private volatile Roster newest;
    private final Map<DriveId, CompletableFuture<Void>> underWay = new HashMap<>();

    PoolRoster(Roster newest) {
        this.newest = newest;
    }

    Roster newest() {
        return newest;
    }

    /** These drives are drained: nothing refers to them any more. Nobody has heard of it yet. */
    synchronized void drained(Set<DriveId> drives) {
        Set<DriveId> all = new HashSet<>(newest.drained());
        if (all.addAll(drives)) {
            newest = newest.next(List.of(), List.of(), all);
        }
    }

    /**
     * A drive has come that knows another roster. Ours is in force, since enough drives knew it when the store was
     * opened: what is newer there is of a change that was cut off, and is overruled.
     */
    synchronized void meet(Roster other) {
        if (!newest.newerThan(other) && !newest.equals(other)) {
            newest = new Roster(other.generation() + 1, newest.drives(), newest.drained());
        }
    }

    /** Records the roster on each drive that is there and has an older one; one at a time on each. */
    synchronized CompletableFuture<Void> spread(List<SlotDrive> drives) {
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (SlotDrive slot : drives) {
            slot.attached().filter(this::isBehind).ifPresent(drive -> all.add(record(slot.id(), drive)));
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> record(DriveId id, LocalDrive drive) {
        CompletableFuture<Void> before = underWay.get(id);
        if (before != null && !before.isDone()) {
            return before;
        }
        CompletableFuture<Void> now = drive.recordRoster(newest);
        underWay.put(id, now);
        return now;
    }

    /** One that takes no rows would only refuse; a full one takes them. */
    private boolean isBehind(LocalDrive drive) {
        return drive.takesRows() && newest.newerThan(drive.identity().roster());
    }

    /** On how many of these it is durable. */
    long knownTo(List<SlotDrive> drives) {
        Roster now = newest;
        return drives.stream()
                .flatMap(slot -> slot.attached().stream())
                .filter(drive -> !now.newerThan(drive.identity().roster()))
                .count();
    }
}
