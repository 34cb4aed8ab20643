package io.kintsugi.catalog;

import io.kintsugi.base.DriveId;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Live replicas of which rows can't be read where they lie. Such a one takes commits, and answers for its other rows,
 * until it is made anew: each replica may be damaged in another place, and what it has left may be the only rows. And
 * drives whose replica was given up for that while the damage is in a file of the key-value store: there the file lies
 * on, below what is made anew, until the store is set aside. Thread-safe.
 */
final class Damages {
    private final Map<Replica, Damage> replicas = new ConcurrentHashMap<>();
    private final Map<DriveId, Rot> rotten = new ConcurrentHashMap<>();

    /** @param inFile whether the key-value store itself met it, in a table or a file of values */
    record Damage(String reason, boolean inFile) {
        /** What a failed read tells of the rows; empty when it tells nothing of them. */
        static Optional<Damage> of(Throwable cause) {
            String reason = String.valueOf(cause.getMessage());
            return switch (cause) {
                case RowException e
                when e.fault() == RowException.Fault.CORRUPT -> Optional.of(new Damage(reason, false));
                case DriveException e
                when e.kind() == DriveException.Kind.CORRUPT -> Optional.of(new Damage(reason, true));
                default -> Optional.empty();
            };
        }
    }

    /** @param opening of the drive, since another one may have no such file */
    record Rot(Drive drive, long opening, String reason) {
        boolean isStill() {
            return drive.openings() == opening;
        }
    }

    /** @return whether that is news */
    boolean add(Replica replica, Damage damage) {
        return replicas.putIfAbsent(replica, damage) == null;
    }

    boolean isDamaged(Replica replica) {
        return replicas.containsKey(replica);
    }

    boolean isEmpty() {
        return replicas.isEmpty();
    }

    Optional<Damage> of(Replica replica) {
        return Optional.ofNullable(replicas.get(replica));
    }

    /** The replica is given up; what is damaged below it stays. */
    void leaves(Replica replica) {
        of(replica)
                .filter(Damage::inFile)
                .ifPresent(damage -> rotten.put(
                        replica.id(), new Rot(replica.drive(), replica.drive().openings(), damage.reason())));
    }

    void retain(Collection<Replica> live) {
        replicas.keySet().retainAll(live);
    }

    /** Drives with a damaged file, in the order of their ids. */
    List<Rot> rotten() {
        rotten.values().removeIf(rot -> !rot.isStill());
        return rotten.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .toList();
    }

    void forget(Rot rot) {
        rotten.remove(rot.drive().id(), rot);
    }
}
