package io.kintsugi.cluster;

import io.kintsugi.drives.DriveDirectory;
import io.kintsugi.drives.DriveInspection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks at folders in parallel, each on a thread of its own, since a mount that hangs holds the thread that looks: one
 * at most for each folder, however often it is asked for. Used by one thread at a time.
 */
final class DriveInspector {
    private final Map<Path, CompletableFuture<DriveInspection>> pending = new HashMap<>();

    /** What is at each place. One that does not answer in time is unreadable. */
    List<DriveInspection> inspect(List<Path> paths, Duration atMost) {
        paths.forEach(path -> pending.computeIfAbsent(path, DriveInspector::start));
        long deadline = System.nanoTime() + atMost.toNanos();
        return paths.stream().map(path -> await(path, deadline)).toList();
    }

    private static CompletableFuture<DriveInspection> start(Path path) {
        CompletableFuture<DriveInspection> found = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("inspect " + path).start(() -> {
            try {
                found.complete(DriveDirectory.inspect(path));
            } catch (RuntimeException | Error e) {
                found.completeExceptionally(e);
            }
        });
        return found;
    }

    private DriveInspection await(Path path, long deadline) {
        try {
            long left = Math.max(0, deadline - System.nanoTime());
            DriveInspection found = pending.get(path).get(left, TimeUnit.NANOSECONDS);
            pending.remove(path);
            return found;
        } catch (TimeoutException e) {
            return new DriveInspection.Unreadable(path, "it does not answer");
        } catch (ExecutionException e) {
            pending.remove(path);
            return new DriveInspection.Unreadable(
                    path, String.valueOf(e.getCause().getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new DriveInspection.Unreadable(path, "the look at it was interrupted");
        }
    }
}
