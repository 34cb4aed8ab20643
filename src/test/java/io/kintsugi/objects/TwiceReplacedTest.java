package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.kintsugi.base.BlobRef;
import io.kintsugi.drives.Drive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A drive that is replaced amid the healing of its replacement, in a whole store on folders. */
class TwiceReplacedTest {
    private static final int OBJECTS = 120;
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    @TempDir
    Path root;

    @TempDir
    Path aside;

    private static byte[] content(int i) {
        int size = List.of(100, 50_000, 400_000).get(i % 3);
        return TestBody.bytes(size, i);
    }

    private void readAll(LocalStore store) {
        for (int i = 0; i < OBJECTS; i++) {
            assertArrayEquals(content(i), store.get("k" + i), "object " + i);
        }
    }

    private static void await(LocalStore store, String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                fail(what + ": " + store.topology.statuses() + store.upkeep.snapshot());
            }
            Thread.sleep(5);
        }
    }

    private static boolean is(LocalStore store, boolean online) {
        return store.topology.statuses().get(1).online() == online;
    }

    private static int shards(LocalStore store, int number) {
        Drive drive = store.topology.drives().get(number - 1);
        return drive.listShards(BlobRef.Form.FILES, Optional.empty(), 10_000)
                        .join()
                        .names()
                        .size()
                + drive.listShards(BlobRef.Form.PACKED, Optional.empty(), 10_000)
                        .join()
                        .names()
                        .size();
    }

    @Test
    void theSecondReplacementIsFilledAndTheFirstIsKnownAsStale() throws IOException, InterruptedException {
        Path own = LocalStore.folder(root, 2);
        try (LocalStore store = new LocalStore(root)) {
            store.objects.createBucket(LocalStore.BUCKET);
            for (int i = 0; i < OBJECTS; i++) {
                store.put("k" + i, content(i));
            }
            Files.move(own, aside.resolve("original"));
            await(store, "it was not missed", () -> is(store, false));
            Files.createDirectory(own);
            await(store, "it was not taken in", () -> is(store, true));
            Files.move(own, aside.resolve("first"));
            await(store, "the first was not missed", () -> is(store, false));
            Files.createDirectory(own);
            await(store, "the second was not taken in", () -> is(store, true));
            Files.move(own, aside.resolve("second"));
            await(store, "the second was not missed", () -> is(store, false));
            Files.move(aside.resolve("first"), own);
            await(
                    store,
                    "the first is not told",
                    () -> store.topology.statuses().get(1).reason().contains("stale"));
            readAll(store);
            Files.move(own, aside.resolve("first"));
            Files.move(aside.resolve("second"), own);
            await(store, "the second did not return", () -> is(store, true));
            store.awaitHealed(Set.of(2));
            assertEquals(shards(store, 1), shards(store, 2));
            readAll(store);
        }
        assertTrue(Files.isDirectory(aside.resolve("first")));
        Files.move(LocalStore.folder(root, 3), aside.resolve("third"));
        Files.move(LocalStore.folder(root, 4), aside.resolve("fourth"));
        try (LocalStore store = new LocalStore(root)) {
            readAll(store);
        }
    }

    @Test
    void theFirstReplacementComesBackToAProcessThatKnowsNoOther() throws IOException, InterruptedException {
        Path own = LocalStore.folder(root, 2);
        try (LocalStore store = new LocalStore(root)) {
            store.objects.createBucket(LocalStore.BUCKET);
            for (int i = 0; i < OBJECTS / 2; i++) {
                store.put("k" + i, content(i));
            }
            Files.move(own, aside.resolve("original"));
            await(store, "it was not missed", () -> is(store, false));
            Files.createDirectory(own);
            await(store, "it was not taken in", () -> is(store, true));
            Files.move(own, aside.resolve("first"));
            await(store, "the first was not missed", () -> is(store, false));
            Files.createDirectory(own);
            await(store, "the second was not taken in", () -> is(store, true));
            for (int i = OBJECTS / 2; i < OBJECTS; i++) {
                store.put("k" + i, content(i));
            }
            store.awaitHealed(Set.of(2));
        }
        Files.move(own, aside.resolve("second"));
        Files.move(aside.resolve("first"), own);
        try (LocalStore store = new LocalStore(root)) {
            await(
                    store,
                    "no census",
                    () -> store.upkeep.snapshot().healing().walks().stream()
                            .anyMatch(w -> w.state() == UpkeepSnapshot.State.DONE));
            store.awaitHealed(Set.of());
            assertEquals(shards(store, 1), shards(store, 2));
            readAll(store);
        }
        Files.move(LocalStore.folder(root, 3), aside.resolve("third"));
        Files.move(LocalStore.folder(root, 4), aside.resolve("fourth"));
        try (LocalStore store = new LocalStore(root)) {
            readAll(store);
        }
    }
}
