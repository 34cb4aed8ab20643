package io.kintsugi.shards;

import java.util.concurrent.atomic.LongAdder;

/** Counts what {@link BlobStatistics} tells. Any thread. */
final class BlobCounters {
    final LongAdder blobsWritten = new LongAdder();
    final LongAdder bytesWritten = new LongAdder();
    final LongAdder bytesRead = new LongAdder();
    final LongAdder shardBytesRead = new LongAdder();
    final LongAdder shardReads = new LongAdder();
    final LongAdder shardReadNanos = new LongAdder();
    final LongAdder stripesRead = new LongAdder();
    final LongAdder stripesDecoded = new LongAdder();
    final LongAdder hedges = new LongAdder();
    final LongAdder wrongFrames = new LongAdder();
    final LongAdder missingShards = new LongAdder();
    final LongAdder shardsNotWritten = new LongAdder();
    final LongAdder writesFailed = new LongAdder();
    final LongAdder shardsRebuilt = new LongAdder();

    BlobStatistics snapshot() {
        return new BlobStatistics(
                blobsWritten.sum(),
                bytesWritten.sum(),
                bytesRead.sum(),
                shardBytesRead.sum(),
                shardReads.sum(),
                shardReadNanos.sum(),
                stripesRead.sum(),
                stripesDecoded.sum(),
                hedges.sum(),
                wrongFrames.sum(),
                missingShards.sum(),
                shardsNotWritten.sum(),
                writesFailed.sum(),
                shardsRebuilt.sum());
    }
}
