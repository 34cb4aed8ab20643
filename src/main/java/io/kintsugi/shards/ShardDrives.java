package io.kintsugi.shards;

import io.kintsugi.base.DriveId;
import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.DriveException.Kind;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The drives of the topology, each with its tempo. Any thread. */
final class ShardDrives {
    private final Topology topology;
    private final Map<DriveId, DriveTempo> tempos = new ConcurrentHashMap<>();

    ShardDrives(Topology topology) {
        this.topology = topology;
    }

    DriveTempo tempo(DriveId id) {
        return tempos.computeIfAbsent(id, unused -> new DriveTempo());
    }

    /** Starts an operation; a drive that is not (any more) of the deployment, and one that throws, have failed. */
    <T> CompletableFuture<T> call(DriveId id, Function<Drive, CompletableFuture<T>> operation) {
        try {
            return topology.drive(id)
                    .map(operation)
                    .orElseGet(() -> CompletableFuture.failedFuture(
                            new DriveException(Kind.GONE, id, "it does not belong to this deployment any more")));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** What went wrong, without the wrapping of futures. */
    static Throwable cause(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    static boolean isKind(Throwable error, Kind kind) {
        return cause(error) instanceof DriveException e && e.kind() == kind;
    }
}
