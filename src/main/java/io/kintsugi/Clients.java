package io.kintsugi;

import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.DriveOp;
import io.kintsugi.drives.DriveStats;
import io.kintsugi.objects.Foreground;
import io.kintsugi.s3.S3Server;
import io.kintsugi.shards.BlobStatistics;
import io.kintsugi.shards.ErasureBlobStore;
import java.util.List;
import java.util.Optional;

/** What clients ask for and how long they wait, for background work to make way. */
record Clients(S3Server server, Topology topology, ErasureBlobStore blobs) {
    Foreground foreground() {
        return new Foreground(
                () -> new Foreground.Requests(server.requestsBegun(), server.requestsUnderWay()),
                List.of(this::syncs, this::reads));
    }

    /** Group commits of all drives: what every write waits for. */
    private Foreground.Latency syncs() {
        return topology.drives().stream()
                .map(drive -> Optional.ofNullable(drive.stats().operations().get(DriveOp.GROUP)))
                .flatMap(Optional::stream)
                .map(Clients::latency)
                .reduce(new Foreground.Latency(0, 0), Foreground.Latency::plus);
    }

    private static Foreground.Latency latency(DriveStats.Latency of) {
        return new Foreground.Latency(of.count(), of.totalNanos());
    }

    /** Reads of shards that a client waits for; those of background work are not among them. */
    private Foreground.Latency reads() {
        BlobStatistics done = blobs.statistics();
        return new Foreground.Latency(done.shardReads(), done.shardReadNanos());
    }
}
