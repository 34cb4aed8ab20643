package io.kintsugi.objects;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A moment of the background work, for health and metrics. Counters are since the start of the process; bytes are those
 * of blobs, without parity.
 */
public record UpkeepSnapshot(
        Reclaiming reclaiming,
        Sweeping sweeping,
        Healing healing,
        Moving moving,
        Balancing balancing,
        Scrubbing scrubbing,
        RowScrubbing rowScrubbing,
        Governing governing) {
    /**
     * The budget of all background work together; shares in thousandths of the time.
     *
     * @param allowed while clients are served
     * @param share now
     * @param slowdown how long clients wait, as a multiple of what they would wait alone
     * @param permits pieces of work under way
     * @param workedNanos of all
     * @param waitedNanos that work has waited for its share
     * @param bytes of shards that were read and written
     */
    public record Governing(
            int allowed, int share, double slowdown, int permits, long workedNanos, long waitedNanos, long bytes) {}

    /**
     * @param removed blobs that were removed from the drives
     * @param failures removals that failed, and will be tried again
     * @param pinned blobs that reads under way keep
     * @param lastError empty when there was none
     */
    public record Reclaiming(Count removed, long failures, int pinned, String lastError) {}

    /**
     * @param sweeps that were finished
     * @param examined shards that were old enough to be judged
     * @param unreadable of those, how many have a header that can't be trusted; they are not removed
     * @param waiting orphans that will be looked at once more before they are removed
     * @param removed orphans that were removed
     * @param lastError empty when there was none
     */
    public record Sweeping(
            long sweeps,
            long examined,
            long unreadable,
            long waiting,
            long removed,
            String lastError,
            Optional<Instant> lastSweep) {}

    /**
     * @param moved blobs some of whose shards were moved to other drives, verified and recorded there
     * @param shards that were moved
     * @param failed moves that were given up; nothing was changed by them
     * @param waiting moves whose old shards are not removed yet, for readers that may be at them
     * @param removed old shards that were removed
     * @param left moves whose old shards are left to the orphan sweep
     * @param lastError empty when there was none
     */
    public record Moving(
            Count moved, long shards, long failed, int waiting, long removed, long left, String lastError) {}

    /**
     * Shards that move to where there is room; bytes are those of shards here, without headers and seals.
     *
     * @param movedBytes since the start
     * @param remainingBytes about what is left to be moved, as far as it was counted
     * @param bytesPerSecond since moving began; 0 when nothing moves
     * @param drains drives that are to be emptied, or are empty
     * @param stuck why something that is to move can't, or failed to; empty when everything could
     */
    public record Balancing(
            State state, long movedBytes, long remainingBytes, long bytesPerSecond, List<Drain> drains, String stuck) {
        static final Balancing NONE = new Balancing(State.IDLE, 0, 0, 0, List.of(), "");

        public Balancing {
            drains = List.copyOf(drains);
        }

        /** What balancing is at. */
        public enum State {
            IDLE,
            COUNTING,
            MOVING
        }
    }

    /**
     * @param drained nothing refers to the drive any more, and that is recorded: it may be left out and removed
     * @param counted whether what remains is known yet
     * @param remaining shards on the drive that are referred to, and their bytes
     */
    public record Drain(DriveId drive, boolean drained, boolean counted, Count remaining) {}

    /**
     * @param queued blobs that were reported and wait
     * @param mended blobs that lacked shards, and have them all again, verified, as far as their drives are there
     * @param shardsRebuilt and verified
     * @param failed times that a blob could not be mended; it is tried again
     * @param unrestorable of those, how often too few good shards were found
     * @param lost blobs of which too few good shards were left when they were looked at last, with all of their drives
     *     there; a thousand at most
     * @param walks what is, was and will be done for drives, the last of each
     * @param lastError empty when there was none
     */
    public record Healing(
            long queued,
            Count mended,
            long shardsRebuilt,
            long failed,
            long unrestorable,
            int lost,
            List<Walk> walks,
            String lastError) {
        public Healing {
            walks = List.copyOf(walks);
        }

        /** Whether nothing that is known of waits to be healed. */
        public boolean idle() {
            return queued == 0
                    && walks.stream().allMatch(walk -> walk.state() == State.DONE || walk.state() == State.NO_ROOM);
        }
    }

    /** What a walk is at. */
    public enum State {
        /** For its turn, or for a while until it is walked again since something failed. */
        WAITING,
        COUNTING,
        HEALING,
        /** Some blobs are as endangered as before, since no other drive has room for what they lack. */
        NO_ROOM,
        /** Every blob that the walk is for was verified, and rebuilt where it had to be. */
        DONE,
        /** The drive went away; the walk begins anew when it is back. */
        INTERRUPTED
    }

    /**
     * One way through all blobs.
     *
     * @param drive whose blobs are verified byte by byte and rebuilt: on it when it is back or was replaced, on others
     *     when it is given up (one of them, when several are); empty for the census of all blobs, which looks whether
     *     each shard is there, and heals the blobs that lack one
     * @param since when this state was reached
     * @param total what the walk is for, as counted when it began
     * @param verified of those, what was found or made right
     * @param failed of those, what is not right yet
     * @param homeless of those, what no drive has room for
     * @param bytesPerSecond since healing began; 0 before
     */
    public record Walk(
            Optional<DriveId> drive,
            State state,
            Instant since,
            Count total,
            Count verified,
            Count failed,
            Count homeless,
            long bytesPerSecond) {
        /** What is left. Blobs that were removed since they were counted are left until the walk has ended. */
        public Count remaining() {
            return state == State.DONE ? Count.NONE : total.minus(verified);
        }

        /** For people. */
        @Override
        public String toString() {
            return verified + " are right of " + total + ", " + failed.blobs() + " failed, " + homeless.blobs()
                    + " have no room: " + state;
        }
    }

    /**
     * Every blob is read whole in every period, and mended where it is wrong.
     *
     * @param pass the one under way, or the last
     * @param lastPass when one ended last, also before a restart
     * @param read blobs whose shards were read since the start
     * @param shardsMended since the start: they were missing or wrong, and are verified again
     * @param lastError empty when there was none
     */
    public record Scrubbing(
            State state, Pass pass, Optional<Instant> lastPass, Count read, long shardsMended, String lastError) {
        /** What scrubbing is at. */
        public enum State {
            OFF,
            COUNTING,
            SCRUBBING,
            /** The pass has ended before its period; the next begins with the next period. */
            WAITING
        }
    }

    /**
     * Every row of every replica of the catalog is read in every period, and compared with the others. Counted since
     * the start.
     *
     * @param state {@code COUNTING} never
     * @param lastPass when a pass ended last, also before a restart
     * @param rows that were read and verified, each copy counted
     * @param bytes of those
     * @param damaged how often a replica was found damaged, and given up to be made anew
     * @param undecided rows whose copies differ, and none of them is in most replicas
     * @param lastError why a replica could not be read; empty when there was none
     */
    public record RowScrubbing(
            Scrubbing.State state,
            Optional<Instant> lastPass,
            long rows,
            long bytes,
            long damaged,
            long undecided,
            String lastError) {}

    /**
     * One way through all blobs, in the period that it may take. It goes on after a restart. The blobs that it has seen
     * are verified, partly verified or failed.
     *
     * @param since when it began
     * @param total what there is, as it was counted when it began and now and then since
     * @param verified every shard was read, and is right now
     * @param partly shards are on drives that were away, or were removed from the deployment; those that could be read
     *     are right now. A drive that comes back is verified by healing
     * @param mended of the verified and partly verified, what had wrong shards
     * @param failed what could not be read or made right; it was handed to healing
     */
    public record Pass(Instant since, Count total, Count verified, Count partly, Count mended, Count failed) {
        static Pass beginning(Instant now) {
            return new Pass(now, Count.NONE, Count.NONE, Count.NONE, Count.NONE, Count.NONE);
        }

        /** There is so much behind what was seen. */
        Pass counted(Count ahead) {
            return new Pass(since, seen().plus(ahead), verified, partly, mended, failed);
        }

        Pass verified(BlobRef blob, boolean whole, boolean wasWrong) {
            return new Pass(
                    since,
                    total,
                    whole ? verified.plus(blob) : verified,
                    whole ? partly : partly.plus(blob),
                    wasWrong ? mended.plus(blob) : mended,
                    failed);
        }

        /** For people. */
        @Override
        public String toString() {
            return verified + " were verified of " + total + ", " + partly.blobs() + " in part; " + mended.blobs()
                    + " of them mended, " + failed.blobs() + " failed";
        }

        Pass failed(BlobRef blob) {
            return new Pass(since, total, verified, partly, mended, failed.plus(blob));
        }

        Pass since(Instant begun) {
            return new Pass(begun, total, verified, partly, mended, failed);
        }

        /** What was seen. */
        public Count seen() {
            return verified.plus(partly).plus(failed);
        }
    }

    /** Blobs, and their bytes without parity. */
    public record Count(long blobs, long bytes) {
        public static final Count NONE = new Count(0, 0);

        Count plus(BlobRef blob) {
            return new Count(blobs + 1, bytes + blob.size());
        }

        Count plus(Count other) {
            return new Count(blobs + other.blobs, bytes + other.bytes);
        }

        Count minus(Count other) {
            return new Count(Math.max(0, blobs - other.blobs), Math.max(0, bytes - other.bytes));
        }

        /** For people. */
        @Override
        public String toString() {
            return blobs + " blobs of " + bytes + " bytes";
        }
    }
}
