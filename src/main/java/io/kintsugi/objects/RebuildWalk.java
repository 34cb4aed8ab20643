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
    private final Clock clock;
    private State state = State.COUNTING;
    private Instant since;
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

    RebuildWalk(Set<DriveId> lost, Clock clock) {
        this.lost = Set.copyOf(lost);
        this.clock = clock;
        this.since = clock.now();
    }

    Set<DriveId> lost() {
        return lost;
    }

    boolean isFor(BlobRef blob) {
        return blob.placement().stream().anyMatch(lost::contains);
    }

    synchronized State state() {
        return state;
    }

    synchronized Instant since() {
        return since;
    }

    /** Whether blobs that lack so many shards are rebuilt now. */
    synchronized boolean isTurnOf(int lacking) {
        return Math.min(lacking, most) == danger;
    }

    synchronized void counted(BlobRef blob, int lacking) {
        total = total.plus(blob);
        most = Math.max(most, lacking);
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
    }

    synchronized UpkeepSnapshot.Walk snapshot() {
        long worked = state == State.HEALING ? clock.nanos() - fromNanos : nanos;
        long rate = worked <= 0 ? 0 : (long) (verified.bytes() / (worked / 1e9));
        Optional<DriveId> one = lost.stream().sorted().findFirst();
        return new UpkeepSnapshot.Walk(one, state, since, total, verified, failed, homeless, rate);
    }
}
