package io.kintsugi.catalog;

import io.kintsugi.drives.DriveException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Live replicas of which rows can't be read where they lie. Such a one takes commits, and answers for its other rows,
 * until it is made anew: each replica may be damaged in another place, and what it has left may be the only rows.
 * Thread-safe.
 */
final class Damages {
    private final Map<Replica, Damage> replicas = new ConcurrentHashMap<>();

    record Damage(String reason) {
        /** What a failed read tells of the rows; empty when it tells nothing of them. */
        static Optional<Damage> of(Throwable cause) {
            boolean damage = switch (cause) {
                case RowException e -> e.fault() == RowException.Fault.CORRUPT;
                case DriveException e -> e.kind() == DriveException.Kind.CORRUPT;
                default -> false;
            };
            return damage ? Optional.of(new Damage(String.valueOf(cause.getMessage()))) : Optional.empty();
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

    void retain(Collection<Replica> live) {
        replicas.keySet().retainAll(live);
    }
}
