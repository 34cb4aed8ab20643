package io.kintsugi.cluster;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.Id128;
import io.kintsugi.drives.DriveDirectory;
import io.kintsugi.drives.DriveIdentity;
import io.kintsugi.drives.DriveInspection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * The first half of founding pools: each of their folders is told, durably, which drive it is to become, before any
 * becomes one. So a start that finds drives of a pool, and all its other folders told, knows that the founding was cut
 * off and may be finished ({@link SlotPolicy}); a folder that was not told is none of those, but perhaps a mount that
 * failed. One that does not take it is no drive to begin a store with: nothing is founded then.
 */
final class Groundwork {
    private final Deployment deployment;
    private final Supplier<Id128> names;
    private final Map<Path, CompletableFuture<Void>> begun = new LinkedHashMap<>();

    private Groundwork(Deployment deployment, Supplier<Id128> names) {
        this.deployment = deployment;
        this.names = names;
    }

    /**
     * @param found what lies in each folder of each pool
     * @param atMost how long the folders are waited for
     * @return the same as it is now
     * @throws TopologyException when a folder of a new pool does not take it
     */
    static List<List<DriveInspection>> lay(
            Deployment deployment, List<List<DriveInspection>> found, Supplier<Id128> names, Duration atMost) {
        return new Groundwork(deployment, names).lay(found, atMost);
    }

    private List<List<DriveInspection>> lay(List<List<DriveInspection>> found, Duration atMost) {
        List<List<DriveInspection>> now = new ArrayList<>();
        for (int i = 0; i < found.size(); i++) {
            Deployment.Pool pool = deployment.pools().get(i);
            now.add(pool.fresh() ? lay(pool, found.get(i)) : found.get(i));
        }
        await(System.nanoTime() + atMost.toNanos());
        return now;
    }

    private List<DriveInspection> lay(Deployment.Pool pool, List<DriveInspection> slots) {
        List<DriveInspection> now = new ArrayList<>();
        for (int i = 0; i < slots.size(); i++) {
            Path path = slots.get(i).path();
            DriveId drive = pool.roster().drives().get(i);
            DriveIdentity identity = deployment.identity(pool, drive, names.get(), deployment.epoch());
            begun.put(path, begin(path, identity));
            now.add(new DriveInspection.Empty(path, Optional.of(identity)));
        }
        return now;
    }

    /** On a thread of its own, since a mount may hang. */
    private static CompletableFuture<Void> begin(Path path, DriveIdentity identity) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("prepare " + path).start(() -> {
            try {
                DriveDirectory.prepare(path, identity);
                done.complete(null);
            } catch (IOException | RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private void await(long deadline) {
        List<String> wrong = new ArrayList<>();
        begun.forEach((path, done) -> failure(done, deadline).ifPresent(why -> wrong.add(path + " (" + why + ")")));
        if (!wrong.isEmpty()) {
            throw new TopologyException("a new pool is founded on all of its folders or on none, and these can't be"
                    + " made drives: " + String.join("; ", wrong)
                    + ". See that each is there, is empty and takes writes, and start again");
        }
    }

    private static Optional<String> failure(CompletableFuture<Void> done, long deadline) {
        try {
            done.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            return Optional.empty();
        } catch (TimeoutException e) {
            return Optional.of("it does not answer");
        } catch (ExecutionException e) {
            return Optional.of(String.valueOf(e.getCause().getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }
}
