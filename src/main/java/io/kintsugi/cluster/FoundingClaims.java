package io.kintsugi.cluster;

import io.kintsugi.drives.DriveDirectory;
import io.kintsugi.drives.DriveInspection;
import io.kintsugi.drives.FoundingClaim;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * The folders of new pools, locked from before anything is written there until their drives are open, so that two
 * processes that are started at once don't found two stores in one another. In one order for all processes: of two, one
 * gets the first folder that both want, and the other ends.
 */
final class FoundingClaims implements AutoCloseable {
    private final List<FoundingClaim> claims;

    private FoundingClaims(List<FoundingClaim> claims) {
        this.claims = claims;
    }

    /**
     * A folder that can't be locked for any other reason than that somebody has it is left to {@link Groundwork}, which
     * says what is wrong with it.
     *
     * @param found what lies in each folder of each pool
     * @param atMost how long the folders are waited for; a mount may hang
     * @throws TopologyException when another process has one of the folders
     */
    static FoundingClaims take(Deployment deployment, List<List<DriveInspection>> found, Duration atMost) {
        List<Path> folders = IntStream.range(0, found.size())
                .filter(i -> deployment.pools().get(i).fresh())
                .boxed()
                .flatMap(i -> found.get(i).stream())
                .map(inspection -> inspection.path().toAbsolutePath().normalize())
                .sorted()
                .toList();
        CompletableFuture<FoundingClaims> taken = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("claim folders").start(() -> take(folders, taken));
        return await(taken, atMost);
    }

    private static FoundingClaims await(CompletableFuture<FoundingClaims> taken, Duration atMost) {
        FoundingClaims none = new FoundingClaims(List.of());
        // one that hangs is no reason to end here: what is written there next hangs as well, and is told so
        FoundingClaims claims = taken.thenApply(all -> all)
                .completeOnTimeout(none, atMost.toNanos(), TimeUnit.NANOSECONDS)
                .exceptionally(error -> none)
                .join();
        if (claims == none) {
            taken.thenAccept(FoundingClaims::close);
            if (taken.isCompletedExceptionally()) {
                throw (TopologyException) taken.exceptionNow();
            }
        }
        return claims;
    }

    private static void take(List<Path> folders, CompletableFuture<FoundingClaims> taken) {
        FoundingClaims claims = new FoundingClaims(new ArrayList<>());
        try {
            for (Path folder : folders) {
                claims.take(folder);
            }
            taken.complete(claims);
        } catch (RuntimeException | Error e) {
            claims.close();
            taken.completeExceptionally(e);
        }
    }

    private void take(Path folder) {
        try {
            claims.add(DriveDirectory.claim(folder));
            DriveInspection now = DriveDirectory.inspect(folder);
            if (now instanceof DriveInspection.Ours) {
                // by a process that has ended since: what it left must not be told otherwise
                throw new TopologyException(
                        "another process was founding a store here: " + now.message() + " by now. Start again");
            }
        } catch (FoundingClaim.Held e) {
            throw new TopologyException("a new pool is founded by one process, and " + e.getMessage());
        } catch (IOException e) {
            // told by what is written there next
        }
    }

    /** Those of drives that are open by now are theirs. */
    @Override
    public void close() {
        claims.forEach(FoundingClaim::close);
    }
}
