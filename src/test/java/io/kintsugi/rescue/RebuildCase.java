package io.kintsugi.rescue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.Bucket;
import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.Upload;
import io.kintsugi.catalog.RescueCopy;
import io.kintsugi.cluster.CodeWish;
import io.kintsugi.cluster.DrainRequest;
import io.kintsugi.cluster.LocalTopology;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveDirectory;
import io.kintsugi.drives.DriveInspection;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveSettings;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ScratchStore;
import io.kintsugi.rescue.CatalogRebuild.Outcome;
import io.kintsugi.rescue.RescueStore.Line;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

/** A store that is filled, stopped and rebuilt, and what is said meanwhile. */
abstract class RebuildCase {
    static final int PACKED = 90_000;
    static final int FILES = 700_000;
    static final List<String> ODD = List.of("a/b/c", "ä 𝄞/ü", "nul\0in\0key", "trailing/", " ", "k".repeat(1024));

    @TempDir
    Path root;

    final List<String> lines = new ArrayList<>();

    final Outcome rebuild(boolean dryRun, boolean force) {
        return rebuild(
                new CatalogRebuild.Order(RescueStore.folders(root), DrainRequest.NOTHING, dryRun, force, lines::add));
    }

    final Outcome rebuild(CatalogRebuild.Order order) {
        lines.clear();
        try (DriveResources resources = new DriveResources(8 << 20, 8 << 20)) {
            return new CatalogRebuild(order, resources).run();
        }
    }

    /** What needs no row of a catalog to come back. */
    static void fillWithShards(RescueStore store) {
        BucketName plain = store.bucket("plain", Versioning.OFF);
        BucketName versioned = store.bucket("versioned", Versioning.ENABLED);
        int seed = 1;
        for (String key : ODD) {
            store.put(plain, key, seed % 2 == 0 ? PACKED : FILES, seed++);
            store.put(versioned, key, PACKED, seed++);
            store.put(versioned, key, FILES, seed++);
            store.put(versioned, key, PACKED + 1, seed++);
        }
        for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
            store.put(plain, "sum/" + algorithm, PACKED, algorithm);
            store.put(plain, "sum/files/" + algorithm, FILES, algorithm);
        }
        for (BucketName bucket : List.of(plain, versioned)) {
            Upload upload = store.upload(bucket, "in parts");
            store.complete(upload, List.of(store.part(upload, 2, PACKED), store.part(upload, 7, FILES)));
        }
    }

    /** What only rows know of. */
    static void fillWithRows(RescueStore store) {
        BucketName plain = new BucketName("plain");
        BucketName versioned = new BucketName("versioned");
        BucketName suspended = store.bucket("suspended", Versioning.ENABLED);
        store.bucket("empty", Versioning.SUSPENDED);
        store.put(plain, "inline", 500, 99);
        store.put(plain, "nothing", 0, 99);
        store.put(versioned, "marked", PACKED, 98);
        store.delete(versioned, "marked", Optional.empty());
        store.put(suspended, "key", PACKED, 1);
        store.objects.setVersioning(suspended, Versioning.SUSPENDED);
        store.put(suspended, "key", 300, 2);
        store.put(suspended, "key", PACKED, 3);
        ObjectVersion gone = store.put(versioned, "removed", FILES, 97);
        store.delete(versioned, "removed", Optional.of(gone.id()));
        store.put(plain, "deleted", PACKED, 96);
        store.delete(plain, "deleted", Optional.empty());
        Upload upload = store.upload(plain, "under way");
        store.part(upload, 1, PACKED);
        Upload aborted = store.upload(plain, "aborted");
        store.part(aborted, 1, PACKED);
        Upload tail = store.upload(versioned, "inline tail");
        store.complete(tail, List.of(store.part(tail, 1, PACKED), store.part(tail, 2, 10)));
    }

    final Map<Bucket, List<Line>> fill(boolean withRows) {
        try (RescueStore store = new RescueStore(root)) {
            fillWithShards(store);
            if (withRows) {
                fillWithRows(store);
            }
            return store.namespace();
        }
    }

    final Map<Bucket, List<Line>> namespace() {
        try (RescueStore store = new RescueStore(root)) {
            return store.namespace();
        }
    }

    static void assertSame(Map<Bucket, List<Line>> before, Map<Bucket, List<Line>> after) {
        assertEquals(before.keySet(), after.keySet());
        before.forEach((bucket, lines) -> assertEquals(
                String.join("\n", lines.stream().map(Line::toString).toList()),
                String.join("\n", after.get(bucket).stream().map(Line::toString).toList()),
                bucket.name().value()));
    }

    final void assertNoStart() {
        assertThrows(StoreException.Unavailable.class, () -> new RescueStore(root).close());
    }

    /** Flips a bit in the first row, when there is one. */
    static boolean damage(Drive drive, KvSpace space) {
        List<KvRow> rows = CatalogRows.read(drive).get(space);
        if (rows.isEmpty()) {
            return false;
        }
        byte[] value = rows.getFirst().value();
        value[value.length / 2] ^= 1;
        drive.keyValue()
                .commit(new KvBatch().put(space, rows.getFirst().key(), value))
                .join();
        return true;
    }

    /** @return the drive with the work space, the only one that has rows now */
    final Path cutOffWhileCopying() {
        try (DriveResources resources = new DriveResources(8 << 20, 8 << 20)) {
            CatalogRebuild cut = new CatalogRebuild(
                    new CatalogRebuild.Order(RescueStore.folders(root), DrainRequest.NOTHING, false, false, line -> {
                        if (line.startsWith("rows copied")) {
                            throw new IllegalStateException("cut off");
                        }
                    }),
                    resources);
            assertThrows(IllegalStateException.class, cut::run);
        }
        Path home = RescueStore.folders(root).getFirst().stream()
                .filter(ScratchStore::isThere)
                .findFirst()
                .orElseThrow();
        copyAPage(home);
        return home;
    }

    private void copyAPage(Path home) {
        DriveId drive =
                ((DriveInspection.Ours) DriveDirectory.inspect(home)).identity().drive();
        try (DriveResources resources = new DriveResources(8 << 20, 8 << 20);
                LocalTopology topology = LocalTopology.openToRebuild(new LocalTopology.Config(
                        RescueStore.folders(root),
                        CodeWish.NONE,
                        DrainRequest.NOTHING,
                        DriveSettings.with(resources),
                        Clock.SYSTEM,
                        Entropy.FAST));
                ScratchStore work = ScratchStore.open(home, resources)) {
            RescueCopy copy = new RescueCopy(topology, work.keyValue(), drive);
            var planned = assertInstanceOf(RescueCopy.Planned.Complete.class, RescueCopy.planned(work.keyValue()));
            assertThrows(
                    IllegalStateException.class,
                    () -> copy.run(planned.plan(), rows -> {
                        throw new IllegalStateException("cut off");
                    }));
        }
    }
}
