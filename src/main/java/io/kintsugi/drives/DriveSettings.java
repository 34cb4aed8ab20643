package io.kintsugi.drives;

import java.time.Duration;

/**
 * The bounds of one drive.
 *
 * @param resources memory and threads that all drives of the process share
 * @param threads of this drive
 * @param reserveBytes free space below which the drive takes no more shards, so that it can go on committing and
 *     deleting; at most a fiftieth of the file system is kept
 * @param stallLimit how long the drive may not answer before it is treated as gone; well below the deadline of whoever
 *     waits for several drives, so that there is time left to do without it
 * @param closeLimit how long a close waits for what was accepted
 */
public record DriveSettings(
        DriveResources resources, Threads threads, long reserveBytes, Duration stallLimit, Duration closeLimit) {
    private static final long DEFAULT_RESERVE = 1L << 30;
    private static final Duration DEFAULT_STALL = Duration.ofSeconds(10);
    private static final Duration DEFAULT_CLOSE = Duration.ofSeconds(30);

    /**
     * @param readers threads for reads that may touch the device
     * @param writers threads for shard files
     * @param queued tasks that may wait for each of the two
     */
    public record Threads(int readers, int writers, int queued) {
        static final Threads DEFAULT = new Threads(8, 16, 4096);
    }

    public static DriveSettings with(DriveResources resources) {
        return new DriveSettings(resources, Threads.DEFAULT, DEFAULT_RESERVE, DEFAULT_STALL, DEFAULT_CLOSE);
    }
}
