package io.kintsugi.shards;

import java.time.Duration;

/**
 * How long a blob store waits.
 *
 * @param append for one stripe on enough drives
 * @param publish for the sync of a shard on enough drives
 * @param read for one stripe to be restored
 * @param straggler for the other drives, when enough have answered; those that take longer are left behind, and not
 *     waited for again while they are late
 * @param hedgeAtLeast before parity is read since a drive is late; the drive's own p95 counts when it is longer
 * @param hedgeAtMost the same, however slow the drive is
 * @param memory for a buffer to become free
 */
public record BlobTimes(
        Duration append,
        Duration publish,
        Duration read,
        Duration straggler,
        Duration hedgeAtLeast,
        Duration hedgeAtMost,
        Duration memory) {
    public static final BlobTimes DEFAULT = new BlobTimes(
            Duration.ofSeconds(15),
            Duration.ofSeconds(60),
            Duration.ofSeconds(15),
            Duration.ofMillis(500),
            Duration.ofMillis(25),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10));
}
