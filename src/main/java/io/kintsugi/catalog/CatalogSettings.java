package io.kintsugi.catalog;

import java.time.Duration;

/**
 * Bounds of the embedded engine.
 *
 * @param queue changes that may wait; what does not fit is refused with {@code SLOW_DOWN}
 * @param batchChanges changes of one commit
 * @param batchBytes about as many bytes of rows in one commit
 * @param commitDeadline a replica that has not synced a commit by then is given up
 * @param readDeadline for one read, all replicas tried
 * @param hedge a read that has not come back by then is asked of the next replica too
 * @param callDeadline a caller that was not answered by then gets {@code TIMEOUT}
 * @param logBytes of commits that a rebuild may have to catch up with
 * @param moveAfter how long a drive may stay away until its replica is made anew on another
 * @param tick pause between two looks at the replicas, when no event comes first
 */
public record CatalogSettings(
        int queue,
        int batchChanges,
        long batchBytes,
        Duration commitDeadline,
        Duration readDeadline,
        Duration hedge,
        Duration callDeadline,
        long logBytes,
        Duration moveAfter,
        Duration tick) {
    public static final CatalogSettings DEFAULT = new CatalogSettings(
            8192,
            1024,
            8L << 20,
            Duration.ofSeconds(3),
            Duration.ofSeconds(3),
            Duration.ofMillis(100),
            Duration.ofSeconds(20),
            64L << 20,
            Duration.ofSeconds(60),
            Duration.ofSeconds(1));

    public CatalogSettings withDeadlines(Duration commit, Duration read, Duration firstHedge) {
        return new CatalogSettings(
                queue, batchChanges, batchBytes, commit, read, firstHedge, callDeadline, logBytes, moveAfter, tick);
    }

    public CatalogSettings withRepair(Duration move, Duration pause) {
        return new CatalogSettings(
                queue,
                batchChanges,
                batchBytes,
                commitDeadline,
                readDeadline,
                hedge,
                callDeadline,
                logBytes,
                move,
                pause);
    }

    public CatalogSettings withQueue(int changes) {
        return new CatalogSettings(
                changes,
                batchChanges,
                batchBytes,
                commitDeadline,
                readDeadline,
                hedge,
                callDeadline,
                logBytes,
                moveAfter,
                tick);
    }

    public CatalogSettings withBatchBytes(long bytes) {
        return new CatalogSettings(
                queue,
                batchChanges,
                bytes,
                commitDeadline,
                readDeadline,
                hedge,
                callDeadline,
                logBytes,
                moveAfter,
                tick);
    }
}
