package io.kintsugi.drives;

import java.util.List;
import java.util.Map;

/**
 * What a drive has done since it was opened.
 *
 * @param operations by kind, those that ended well, from the call to the answer
 * @param groupSizes how many commits were in how many groups: entry i counts groups of up to 2^i commits (and more than
 *     2^(i-1))
 * @param queued commits that wait now
 * @param bytesRead of shards and rows
 * @param bytesWritten of shards and rows, before the store's own copies
 * @param errors by kind
 */
public record DriveStats(
        Map<DriveOp, Latency> operations,
        List<Long> groupSizes,
        int queued,
        long bytesRead,
        long bytesWritten,
        Map<DriveException.Kind, Long> errors) {
    /** Of a drive that is not open. */
    public static final DriveStats NONE = new DriveStats(Map.of(), List.of(), 0, 0, 0, Map.of());

    public DriveStats {
        operations = Map.copyOf(operations);
        groupSizes = List.copyOf(groupSizes);
        errors = Map.copyOf(errors);
    }

    /**
     * A histogram with powers of two as its bounds.
     *
     * @param buckets entry i counts operations of up to 2^i microseconds (and more than 2^(i-1)); the last has no upper
     *     bound
     * @param totalNanos all durations together
     */
    public record Latency(List<Long> buckets, long count, long totalNanos) {
        public Latency {
            buckets = List.copyOf(buckets);
        }
    }
}
