package io.kintsugi.shards;

import io.kintsugi.cluster.Fanout;
import io.kintsugi.cluster.Quorum;
import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvSpace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A record in the space LOCAL of each drive of a topology. Any thread. */
public final class TopologyRecord implements DriveRecord {
    /** How far scrubbing has come ({@code docs/DISK-FORMAT.md}). The key 01 is the catalog's. */
    private static final byte[] SCRUBBING = {2};
    /** The same of the rows of the catalog. */
    private static final byte[] ROW_SCRUBBING = {3};
    /** What was known when the last process ended in order. 04 is the drive's own. */
    private static final byte[] ENDED = {5};

    private final Topology topology;
    private final Duration deadline;
    private final byte[] key;

    private TopologyRecord(Topology topology, Duration deadline, byte[] key) {
        this.topology = topology;
        this.deadline = deadline;
        this.key = key;
    }

    /** @param deadline of reading or writing all copies */
    public static DriveRecord ofScrubbing(Topology topology, Duration deadline) {
        return new TopologyRecord(topology, deadline, SCRUBBING);
    }

    /** @param deadline of reading or writing all copies */
    public static DriveRecord ofRowScrubbing(Topology topology, Duration deadline) {
        return new TopologyRecord(topology, deadline, ROW_SCRUBBING);
    }

    /** @param deadline of reading or writing all copies */
    public static DriveRecord ofEnding(Topology topology, Duration deadline) {
        return new TopologyRecord(topology, deadline, ENDED);
    }

    @Override
    public List<byte[]> read() {
        Fanout<Optional<byte[]>> asked = ask(drive -> drive.keyValue().get(KvSpace.LOCAL, key));
        List<byte[]> copies = new ArrayList<>();
        for (int i = 0; i < topology.drives().size(); i++) {
            asked.value(i).flatMap(copy -> copy).ifPresent(copies::add);
        }
        return copies;
    }

    @Override
    public void write(byte[] value) {
        ask(drive -> drive.keyValue().commit(new KvBatch().put(KvSpace.LOCAL, key, value)));
    }

    private <T> Fanout<T> ask(Function<Drive, CompletableFuture<T>> question) {
        List<Drive> drives = topology.drives();
        Fanout<T> asked = Fanout.start(Quorum.all(drives.size()), i -> question.apply(drives.get(i)));
        asked.awaitAll(deadline);
        return asked;
    }
}
