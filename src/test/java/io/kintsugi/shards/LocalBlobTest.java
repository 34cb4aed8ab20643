package io.kintsugi.shards;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef;
import io.kintsugi.cluster.DriveFolders;
import io.kintsugi.cluster.DriveListener;
import io.kintsugi.cluster.LocalTopology;
import io.kintsugi.drives.DriveResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * I7 on real folders: they vanish under the store, which goes on, and mends itself when empty ones take their place.
 */
class LocalBlobTest {
    /** Every drive that is there gets its shard before a write returns, so that any two may go right then. */
    private static final BlobTimes ALL_SHARDS = new BlobTimes(
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofMillis(25),
            Duration.ofSeconds(2),
            Duration.ofSeconds(30));

    @TempDir
    Path folder;

    private List<Path> paths() {
        return DriveFolders.in(folder, 4);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            tree.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }

    /** What was written, and where. */
    private static final class Written {
        final List<BlobRef> blobs = new ArrayList<>();
        final List<byte[]> contents = new ArrayList<>();

        void write(BlobHarness<LocalTopology> harness, int rounds) {
            for (int i = 0; i < rounds; i++) {
                for (int size : new int[] {20_000, 200_000, 300_000, 2_000_000}) {
                    byte[] content = BlobHarness.bytes(size + contents.size());
                    contents.add(content);
                    blobs.add(harness.write(content));
                }
            }
        }

        void assertReadable(BlobHarness<LocalTopology> harness) {
            for (int i = 0; i < blobs.size(); i++) {
                harness.assertReads(contents.get(i), blobs.get(i));
            }
        }
    }

    @Test
    void foldersVanishUnderTheStore() throws Exception {
        try (DriveResources resources = new DriveResources(8 << 20, 8 << 20);
                BlobHarness<LocalTopology> harness =
                        new BlobHarness<>(DriveFolders.open(paths(), resources), ALL_SHARDS)) {
            BlockingQueue<DriveListener.Event> events = new LinkedBlockingQueue<>();
            harness.topology.subscribe((drive, event) -> events.add(event));
            Written written = new Written();
            written.write(harness, 3);
            delete(folder.resolve("drive2"));
            delete(folder.resolve("drive3"));
            // at once: nobody has noticed yet, and no client may
            written.write(harness, 3);
            written.assertReadable(harness);
            for (String name : List.of("drive2", "drive3")) {
                Files.createDirectories(folder.resolve(name));
            }
            awaitReplaced(events);
            for (BlobRef blob : written.blobs) {
                HealResult result = harness.store.heal(blob, BlobHarness.ORIGIN);
                assertTrue(result.whole(), blob.form() + ": " + result);
            }
            assertEquals(
                    0,
                    written.blobs.stream()
                            .filter(blob -> !harness.store
                                    .heal(blob, BlobHarness.ORIGIN)
                                    .equals(new HealResult(0, 0, 0, true)))
                            .count());
            delete(folder.resolve("drive1"));
            delete(folder.resolve("drive4"));
            written.assertReadable(harness);
            harness.assertNoMemoryLent();
        }
    }

    private static void awaitReplaced(BlockingQueue<DriveListener.Event> events) throws InterruptedException {
        int replaced = 0;
        while (replaced < 2) {
            DriveListener.Event event = events.poll(180, TimeUnit.SECONDS);
            assertTrue(event != null, "the empty folders were not taken in");
            replaced += event == DriveListener.Event.REPLACED ? 1 : 0;
        }
    }
}
