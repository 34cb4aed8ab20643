package io.kintsugi.objects;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.objects.UpkeepSnapshot.Count;
import io.kintsugi.objects.UpkeepSnapshot.State;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * One way through all blobs, to rebuild elsewhere what drives had that are given up. The blobs are counted first, by
 * the number of their shards that are on drives which are away; then those that lack most are rebuilt, then those that
 * lack one less. Moved on by one thread, its workers report to it, read by any.
 */
final class RebuildWalk {
    private final Set<DriveId> lost;
    private final Set<DriveId> away;
    private final Clock clock;
    private State state = State.COUNTING;
    private Instant since;
    private long sinceNanos;
    private Count total = Count.NONE;
    private Count verified = Count.NONE;
    private Count failed = Count.NONE;
    private Count homeless = Count.NONE;
    private int most;
    private int danger;
    private long fromNanos;
    private long nanos;

    /** What came of one blob. */
    enum Result {
        /** None of its shards is on a lost drive any more. */
        VERIFIED,
        /** There is no drive for at least one of its shards. */
        HOMELESS,
        FAILED
    }

    /** @param away drives that are away when it begins; those that are lost, and others */
    RebuildWalk(Set<DriveId> lost, Set<DriveId> away, Clock clock) {
        this.lost = Set.copyOf(lost);
        this.away = Set.copyOf(away);
        this.clock = clock;
        this.since = clock.now();
        this.sinceNanos = clock.nanos();
    }

    Set<DriveId> lost() {
        return lost;
    }

    /** Drives that its order knows to be away. */
    Set<DriveId> away() {
        return away;
    }

    synchronized boolean isUnderWay() {
        return state == State.COUNTING || state == State.HEALING;
    }

    /** Whether the next one may find less to do. */
    synchronized boolean hasDoneAnything() {
        return verified.blobs() > 0;
    }

    boolean isFor(BlobRef blob) {
        return blob.placement().stream().anyMatch(lost::contains);
    }

    /**
     * How many of its shards are on drives that were away when the walk began: of those that go and come back since,
     * one would never have its turn.
     */
    private int lacking(BlobRef blob) {
        return (int) blob.placement().stream().filter(away::contains).count();
    }

    synchronized State state() {
        return state;
    }

    /** Since when it is in its state. */
    synchronized long sinceNanos() {
        return sinceNanos;
    }

    /** Whether blobs that lack so many shards as this one are rebuilt now. */
    synchronized boolean isTurnOf(BlobRef blob) {
        return Math.min(lacking(blob), most) == danger;
    }

    synchronized void counted(BlobRef blob) {
        total = total.plus(blob);
        most = Math.max(most, lacking(blob));
    }

    synchronized void begin() {
        enter(State.HEALING);
        danger = most;
        fromNanos = clock.nanos();
    }

    synchronized void ended(BlobRef blob, Result result) {
        switch (result) {
            case VERIFIED -> verified = verified.plus(blob);
            case HOMELESS -> homeless = homeless.plus(blob);
            case FAILED -> failed = failed.plus(blob);
        }
    }

    /** All blobs that lack so many were seen. Returns whether there are others. */
    synchronized boolean nextDanger() {
        danger--;
        if (danger > 0) {
            return true;
        }
        nanos = clock.nanos() - fromNanos;
        enter(failed.blobs() > 0 ? State.WAITING : homeless.blobs() > 0 ? State.NO_ROOM : State.DONE);
        return false;
    }

    synchronized void interrupt() {
        enter(State.INTERRUPTED);
    }

    private void enter(State next) {
        state = next;
        since = clock.now();
        sinceNanos = clock.nanos();
    }

    synchronized UpkeepSnapshot.Walk snapshot() {
        long worked = state == State.HEALING ? clock.nanos() - fromNanos : nanos;
        long rate = worked <= 0 ? 0 : (long) (verified.bytes() / (worked / 1e9));
        Optional<DriveId> one = lost.stream().sorted().findFirst();
        return new UpkeepSnapshot.Walk(one, state, since, total, verified, failed, homeless, rate);
    }
}
