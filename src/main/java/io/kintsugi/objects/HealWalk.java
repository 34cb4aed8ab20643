package io.kintsugi.objects;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.objects.UpkeepSnapshot.Count;
import io.kintsugi.objects.UpkeepSnapshot.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One way through all blobs, to make some of them whole: those of a drive that came back or was replaced, or those that
 * lack a shard. First they are counted, then each is healed; what is left undone is tried again, without the others.
 * Moved on by the healing thread, interrupted and read by any.
 */
final class HealWalk {
    /** What failed is tried again soon, since its cause may be gone; then later and later. */
    private static final Duration AGAIN = Duration.ofSeconds(2);

    /** What lacks good shards, or is too much to be kept in mind, in about an hour at last. */
    private static final int MAX_DOUBLINGS = 11;
    /** What its drive did not take in about eight minutes: if that was full, somebody may have made room. */
    private static final int MAX_DOUBLINGS_OF_RESTORABLE = 8;
    /** What failed is kept in mind, so that nothing else is looked at again; of more than this, all is. */
    static final int MOST_UNDONE = 1000;

    private final Optional<DriveId> drive;
    private final Clock clock;
    private State state = State.WAITING;
    private Instant since;
    private long dueNanos;
    private Count total = Count.NONE;
    private Count verified = Count.NONE;
    private Count failed = Count.NONE;
    /** Of the failed, as many as may be kept in mind. */
    private final List<BlobPage.Entry> undone = new ArrayList<>();
    /** How many of the failed have too few good shards. */
    private long unrestorable;
    /** Rounds in a row after which no less was undone than before. */
    private int failures;

    private long failedBefore = Long.MAX_VALUE;
    private long verifiedBefore;
    private long healingFromNanos;
    private long healingNanos;

    HealWalk(Optional<DriveId> drive, Clock clock) {
        this.drive = drive;
        this.clock = clock;
        this.since = clock.now();
        this.dueNanos = clock.nanos();
    }

    boolean isFor(BlobRef blob) {
        return drive.isEmpty() || blob.placement().contains(drive.get());
    }

    Optional<DriveId> drive() {
        return drive;
    }

    synchronized State state() {
        return state;
    }

    synchronized boolean due() {
        return state == State.WAITING && dueNanos - clock.nanos() <= 0;
    }

    /**
     * Begins a round: with what failed in the last one, if all of that is known, else by counting all blobs.
     *
     * @return what failed; empty when all blobs are to be counted
     */
    synchronized List<BlobPage.Entry> begin() {
        List<BlobPage.Entry> again = undone.size() == failed.blobs() ? List.copyOf(undone) : List.of();
        undone.clear();
        unrestorable = 0;
        if (enter(again.isEmpty() ? State.COUNTING : State.HEALING)) {
            failed = Count.NONE;
        }
        return again;
    }

    /** @return whether the walk may go on from here: not when it was interrupted */
    synchronized boolean enter(State next) {
        if (state == State.INTERRUPTED) {
            return false;
        }
        state = next;
        since = clock.now();
        if (next == State.COUNTING) {
            total = Count.NONE;
            verified = Count.NONE;
            failed = Count.NONE;
            healingNanos = 0;
        } else if (next == State.HEALING) {
            healingFromNanos = clock.nanos();
            verifiedBefore = verified.bytes();
        }
        return true;
    }

    synchronized void counted(BlobRef blob) {
        total = total.plus(blob);
    }

    synchronized void healed(BlobPage.Entry entry, boolean right) {
        if (right) {
            verified = verified.plus(entry.blob());
            return;
        }
        failed = failed.plus(entry.blob());
        if (undone.size() < MOST_UNDONE) {
            undone.add(entry);
        }
    }

    /** The blob that is about to be told as failed has too few good shards. */
    synchronized void unrestorable() {
        unrestorable++;
    }

    /** At the end of the blobs: done, unless something failed. */
    synchronized void end() {
        healingNanos = clock.nanos() - healingFromNanos;
        failures = failed.blobs() < failedBefore ? 0 : failures + 1;
        failedBefore = failed.blobs();
        if (enter(failed.blobs() == 0 ? State.DONE : State.WAITING)) {
            boolean hope = unrestorable < failed.blobs() && undone.size() == failed.blobs();
            int most = hope ? MAX_DOUBLINGS_OF_RESTORABLE : MAX_DOUBLINGS;
            dueNanos = clock.nanos() + (AGAIN.toNanos() << Math.min(failures, most));
        }
    }

    /** The drive is gone. What was done is done, but it may miss writes from here on. */
    synchronized void interrupt() {
        state = State.INTERRUPTED;
        since = clock.now();
    }

    synchronized UpkeepSnapshot.Walk snapshot() {
        return new UpkeepSnapshot.Walk(drive, state, since, total, verified, failed, Count.NONE, rate());
    }

    private long rate() {
        long nanos = state == State.HEALING ? clock.nanos() - healingFromNanos : healingNanos;
        return nanos <= 0 ? 0 : (long) ((verified.bytes() - verifiedBefore) / (nanos / 1e9));
    }
}
