package io.kintsugi.shards;

import io.kintsugi.base.DriveId;
import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.DriveException.Kind;
import io.kintsugi.drives.DriveStatus;
import java.util.Map;
import java.util.Optional;
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

    /** Why a drive will not answer what it was asked, as far as is known; empty while it may. */
    Optional<Throwable> lost(DriveId id) {
        Optional<DriveStatus> status = topology.drive(id).map(Drive::status);
        return status.isPresent() && status.get().answers()
                ? Optional.empty()
                : Optional.of(new DriveException(
                        Kind.GONE, id, status.map(DriveStatus::reason).orElse("it does not belong here any more")));
    }

    /** What went wrong, without the wrapping of futures. */
    static Throwable cause(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    static boolean isKind(Throwable error, Kind kind) {
        return cause(error) instanceof DriveException e && e.kind() == kind;
    }
}
