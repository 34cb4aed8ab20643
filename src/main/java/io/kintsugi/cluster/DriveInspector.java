package io.kintsugi.cluster;

import io.kintsugi.drives.DriveDirectory;
import io.kintsugi.drives.DriveInspection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks at folders in parallel, each on a thread of its own, since a mount that hangs holds the thread that looks: one
 * at most for each folder, however often it is asked for. Used by one thread at a time.
 */
final class DriveInspector {
    private final Map<Path, CompletableFuture<Look>> pending = new HashMap<>();
    private final Map<Path, DriveDirectory.Place> places = new HashMap<>();
    private final Set<Path> mounts = new HashSet<>();
    private final Set<Path> everMounts = new HashSet<>();

    private record Look(DriveInspection inspection, DriveDirectory.Place place, boolean mount) {}

    /** What is at each place. One that does not answer in time is unreadable. */
    List<DriveInspection> inspect(List<Path> paths, Duration atMost) {
        paths.forEach(path -> pending.computeIfAbsent(path, DriveInspector::start));
        long deadline = System.nanoTime() + atMost.toNanos();
        Map<Path, DriveInspection> found = new HashMap<>();
        // one may be named twice
        paths.forEach(path -> found.computeIfAbsent(path, each -> await(each, deadline)));
        return paths.stream().map(found::get).toList();
    }

    /**
     * The first two of these directories that are one, or of which one lies in the other, as they were when they were
     * last looked at; one that did not answer is known by its name only.
     */
    Optional<DriveDirectory.Overlap> overlap(List<Path> paths) {
        return DriveDirectory.overlap(paths.stream()
                .map(path -> places.getOrDefault(path, DriveDirectory.Place.unknown(path)))
                .toList());
    }

    /** Which places were file systems of their own when they were last looked at, or before. */
    SlotPolicy.Mounts mounts() {
        Set<Path> gone = new HashSet<>(everMounts);
        gone.removeAll(mounts);
        return new SlotPolicy.Mounts(mounts, gone);
    }

    private static CompletableFuture<Look> start(Path path) {
        CompletableFuture<Look> found = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("inspect " + path).start(() -> {
            try {
                found.complete(new Look(DriveDirectory.inspect(path), DriveDirectory.Place.of(path), isMount(path)));
            } catch (RuntimeException | Error e) {
                found.completeExceptionally(e);
            }
        });
        return found;
    }

    private static boolean isMount(Path path) {
        try {
            Path parent = path.toAbsolutePath().getParent();
            return parent != null && !Files.getFileStore(path).equals(Files.getFileStore(parent));
        } catch (IOException e) {
            return false;
        }
    }

    private DriveInspection await(Path path, long deadline) {
        try {
            long left = Math.max(0, deadline - System.nanoTime());
            Look found = pending.get(path).get(left, TimeUnit.NANOSECONDS);
            pending.remove(path);
            places.put(path, found.place());
            if (found.mount()) {
                mounts.add(path);
                everMounts.add(path);
            } else {
                mounts.remove(path);
            }
            return found.inspection();
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
