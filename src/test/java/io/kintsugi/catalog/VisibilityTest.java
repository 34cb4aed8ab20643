package io.kintsugi.catalog;

import static io.kintsugi.catalog.Samples.BUCKET;
import static io.kintsugi.catalog.Samples.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Deletion;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimOp;
import io.kintsugi.sim.SimTopology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Nobody sees a commit before it is durable on every live replica, and everybody sees it afterwards. */
class VisibilityTest {
    private static final Executor THREADS = task -> Thread.ofPlatform().daemon().start(task);
    private static final ListQuery ALL = new ListQuery(BUCKET, "", Optional.empty(), new ListQuery.Beginning(), 1000);

    /** What a reader has read, and the thread that it reads in. */
    private static final class Reader<T> {
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private final Thread thread;

        Reader(Supplier<T> read) {
            thread = Thread.ofPlatform().daemon().start(() -> {
                try {
                    result.complete(read.get());
                } catch (RuntimeException e) {
                    result.completeExceptionally(e);
                }
            });
        }

        /** Until it has come to where it waits. */
        void assertWaits() {
            SimCatalogs.until(() -> result.isDone() || thread.getState() == Thread.State.TIMED_WAITING);
            assertFalse(result.isDone(), "a read has shown a commit that is not durable yet");
        }
    }

    private static void waitUntilHeld(SimTopology drives, int... held) {
        for (int drive : held) {
            SimCatalogs.until(() -> drives.sim(drive).waiting() > 0);
        }
    }

    private static EmbeddedCatalog openPatiently(SimTopology drives) {
        return EmbeddedCatalog.open(drives, Clock.SYSTEM, CatalogSettings.DEFAULT);
    }

    @Test
    void readsThatMetACommitUnderWayWaitForIt() {
        SimTopology drives = new SimTopology(new ErasureCode(2, 1));
        try (EmbeddedCatalog catalog = openPatiently(drives)) {
            catalog.createBucket(Samples.bucket(Versioning.ENABLED));
            ObjectVersion before = Samples.object("other", Samples.newVersion());
            catalog.put(before, Optional.empty(), WriteCondition.NONE);
            drives.sim(1).hang(SimOp.COMMIT);
            drives.sim(2).holdAnswers(SimOp.COMMIT);
            ObjectVersion version = Samples.object("k", Samples.newVersion());
            CompletableFuture<Void> put = CompletableFuture.runAsync(
                    () -> catalog.put(version, Optional.empty(), WriteCondition.NONE), THREADS);
            waitUntilHeld(drives, 1, 2);
            assertEquals(
                    Optional.of(before),
                    catalog.find(BUCKET, before.key(), Optional.empty()),
                    "who asks for something else waits for nothing");
            Reader<Optional<ObjectVersion>> find = new Reader<>(() -> catalog.find(BUCKET, key("k"), Optional.empty()));
            Reader<Optional<ObjectVersion>> named =
                    new Reader<>(() -> catalog.find(BUCKET, key("k"), Optional.of(version.id())));
            Reader<ListPage> list = new Reader<>(() -> catalog.listObjects(ALL));
            Reader<ListPage> versions = new Reader<>(() -> catalog.listVersions(ALL));
            List.of(find, named, list, versions).forEach(Reader::assertWaits);
            assertFalse(put.isDone());
            drives.sim(1).release();
            drives.sim(2).release();
            put.join();
            assertEquals(Optional.of(version), find.result.join());
            assertEquals(Optional.of(version), named.result.join());
            assertEquals(2, list.result.join().entries().size());
            assertEquals(2, versions.result.join().entries().size());
        }
    }

    @Test
    void whatFailsOnOneReplicaIsNotShownBeforeItWasDropped() {
        SimTopology drives = new SimTopology(new ErasureCode(2, 1));
        try (EmbeddedCatalog catalog = SimCatalogs.open(drives)) {
            catalog.createBucket(Samples.bucket(Versioning.OFF));
            long epoch = catalog.status().epoch();
            drives.sim(2).hang(SimOp.COMMIT);
            ObjectVersion version = Samples.object("k", VersionId.NULL);
            CompletableFuture<Void> put = CompletableFuture.runAsync(
                    () -> catalog.put(version, Optional.empty(), WriteCondition.NONE), THREADS);
            waitUntilHeld(drives, 2);
            Optional<ObjectVersion> found = catalog.find(BUCKET, key("k"), Optional.empty());
            assertEquals(Optional.of(version), found);
            assertTrue(catalog.status().epoch() > epoch, "the replica that lacks it was given up first");
            put.join();
        }
    }

    /** All replicas fail at a commit just when somebody has read a row of it: it may be lost, and then it is. */
    @Test
    void whatMayBeLostIsNotShown() {
        AtomicReference<Runnable> behindRead = new AtomicReference<>(() -> {});
        SimTopology drives = new SimTopology(new ErasureCode(2, 1), done -> {
            done.run();
            behindRead.get().run();
        });
        CatalogSettings idle = CatalogSettings.DEFAULT.withRepair(Duration.ofHours(1), Duration.ofHours(1));
        try (EmbeddedCatalog catalog = EmbeddedCatalog.open(drives, Clock.SYSTEM, idle)) {
            catalog.createBucket(Samples.bucket(Versioning.OFF));
            assertEquals(Optional.empty(), catalog.find(BUCKET, key("k"), Optional.empty()));
            drives.sim(1).hang(SimOp.COMMIT);
            drives.sim(2).hang(SimOp.COMMIT);
            ObjectVersion version = Samples.object("k", VersionId.NULL);
            CompletableFuture<Void> put = CompletableFuture.runAsync(
                    () -> catalog.put(version, Optional.empty(), WriteCondition.NONE), THREADS);
            waitUntilHeld(drives, 1, 2);
            Thread reader = Thread.currentThread();
            AtomicBoolean once = new AtomicBoolean();
            behindRead.set(() -> {
                if (Thread.currentThread() == reader && once.compareAndSet(false, true)) {
                    drives.sim(0).goOffline("pulled");
                    drives.sim(1).crash();
                    drives.sim(2).crash();
                    assertThrows(CompletionException.class, put::join);
                    // behind that commit, so it is over
                    assertThrows(Unavailable.class, () -> catalog.createBucket(Samples.bucket(Versioning.OFF)));
                }
            });
            assertThrows(Unavailable.class, () -> catalog.find(BUCKET, key("k"), Optional.empty()));
        }
        behindRead.set(() -> {});
        try (EmbeddedCatalog left = openPatiently(drives)) {
            assertEquals(Optional.empty(), left.find(BUCKET, key("k"), Optional.empty()));
        }
    }

    /**
     * Readers and writers on a few keys, with drives that answer late: values never go back, and what was acknowledged
     * is seen.
     */
    @Test
    void valuesNeverGoBack() {
        SimTopology drives = new SimTopology(new ErasureCode(2, 1), THREADS);
        try (EmbeddedCatalog catalog = openPatiently(drives)) {
            catalog.createBucket(Samples.bucket(Versioning.SUSPENDED));
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int k = 0; k < 3; k++) {
                Counter counter = new Counter(catalog, "k" + k);
                all.add(CompletableFuture.runAsync(counter::write, THREADS));
                all.add(CompletableFuture.runAsync(() -> counter.read(false), THREADS));
                all.add(CompletableFuture.runAsync(() -> counter.read(true), THREADS));
            }
            all.forEach(CompletableFuture::join);
        }
    }

    private static final class Counter {
        private static final int WRITES = 150;
        private final Catalog catalog;
        private final String key;
        private volatile int acked;

        Counter(Catalog catalog, String key) {
            this.catalog = catalog;
            this.key = key;
        }

        void write() {
            for (int i = 1; i <= WRITES; i++) {
                ObjectVersion plain = Samples.object(key, i % 3 == 0 ? VersionId.NULL : Samples.newVersion());
                catalog.put(withValue(plain, i), Optional.empty(), WriteCondition.NONE);
                acked = i;
                if (i % 10 == 0 && i % 3 != 0) {
                    Deletion hide =
                            new Deletion.Hide(key(key), Samples.newVersion(), Samples.NOON, WriteCondition.NONE);
                    Deletion show = new Deletion.Remove(key(key), VersionId.NULL, WriteCondition.NONE);
                    catalog.delete(BUCKET, List.of(hide, show));
                }
            }
        }

        /** In the storage class, which is all of the metadata that a listing tells. */
        private static ObjectVersion withValue(ObjectVersion v, int value) {
            ObjectMetadata metadata = ObjectMetadata.ofStorageClass("" + value);
            return new ObjectVersion(
                    v.bucket(),
                    v.key(),
                    v.id(),
                    false,
                    v.size(),
                    v.etag(),
                    v.lastModified(),
                    metadata,
                    false,
                    v.parts(),
                    v.checksum());
        }

        void read(boolean byListing) {
            int seen = 0;
            while (seen < WRITES) {
                int before = acked;
                int value = byListing ? listed() : found();
                assertTrue(value >= before, key + ": " + before + " was acknowledged, " + value + " was read");
                assertTrue(value >= seen, key + ": " + seen + " was read before " + value);
                seen = value;
            }
        }

        private int found() {
            return catalog.find(BUCKET, key(key), Optional.empty())
                    .map(Counter::valueOf)
                    .orElse(0);
        }

        private static int valueOf(ObjectVersion version) {
            assertFalse(version.deleteMarker(), "both changes are of one commit");
            return Integer.parseInt(version.metadata().storageClass());
        }

        private int listed() {
            ListPage page =
                    catalog.listVersions(new ListQuery(BUCKET, key, Optional.empty(), new ListQuery.Beginning(), 1000));
            return page.entries().stream()
                    .map(e -> (ListPage.Version) e)
                    .filter(ListPage.Version::latest)
                    .mapToInt(v -> valueOf(v.version()))
                    .max()
                    .orElse(0);
        }
    }

    @Test
    void moreThanMayWaitIsRefused() {
        SimTopology drives = new SimTopology(new ErasureCode(2, 1));
        try (EmbeddedCatalog catalog =
                EmbeddedCatalog.open(drives, Clock.SYSTEM, CatalogSettings.DEFAULT.withQueue(4))) {
            catalog.createBucket(Samples.bucket(Versioning.OFF));
            drives.sims().forEach(sim -> sim.hang(SimOp.COMMIT));
            List<CompletableFuture<Void>> puts = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                ObjectVersion version = Samples.object("k" + i, VersionId.NULL);
                puts.add(CompletableFuture.runAsync(
                        () -> catalog.put(version, Optional.empty(), WriteCondition.NONE), THREADS));
            }
            SimCatalogs.until(
                    () -> puts.stream().filter(CompletableFuture::isDone).count() >= 11);
            drives.sims().forEach(SimDrive::release);
            long refused = puts.stream().filter(VisibilityTest::isRefused).count();
            int stored = catalog.listObjects(ALL).entries().size();
            assertEquals(20, refused + stored, "what was refused had no effect, all else had");
        }
    }

    private static boolean isRefused(CompletableFuture<Void> put) {
        try {
            put.join();
            return false;
        } catch (CompletionException e) {
            Unavailable refused = (Unavailable) e.getCause();
            assertEquals(Unavailable.Kind.SLOW_DOWN, refused.kind());
            return true;
        }
    }
}
