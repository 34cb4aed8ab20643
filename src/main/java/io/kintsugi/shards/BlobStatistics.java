package io.kintsugi.shards;

/**
 * What a blob store has done since it started.
 *
 * @param blobsWritten blobs whose quorum was durable
 * @param bytesWritten plain bytes of those
 * @param bytesRead plain bytes given to sinks
 * @param shardBytesRead bytes that were read from drives for that
 * @param shardReads reads of drives for that
 * @param shardReadNanos how long those took together
 * @param stripesRead stripes, or parts of stripes, that were restored
 * @param stripesDecoded of those, how many needed parity
 * @param hedges stripes for which more was read since a drive was late
 * @param wrongFrames reads of a shard that did not match; never served
 * @param missingShards shards that were not where they belong
 * @param shardsNotWritten shards that a drive did not take while its blob was written
 * @param writesFailed blobs that too few drives took
 * @param shardsRebuilt shards restored by healing, where they belong
 */
public record BlobStatistics(
        long blobsWritten,
        long bytesWritten,
        long bytesRead,
        long shardBytesRead,
        long shardReads,
        long shardReadNanos,
        long stripesRead,
        long stripesDecoded,
        long hedges,
        long wrongFrames,
        long missingShards,
        long shardsNotWritten,
        long writesFailed,
        long shardsRebuilt) {}
