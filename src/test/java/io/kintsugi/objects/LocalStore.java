package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.fail;

import io.kintsugi.base.BucketName;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.catalog.CatalogSettings;
import io.kintsugi.catalog.EmbeddedCatalog;
import io.kintsugi.cluster.CodeWish;
import io.kintsugi.cluster.DrainRequest;
import io.kintsugi.cluster.LocalTopology;
import io.kintsugi.codec.SlabPool;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveSettings;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.objects.UpkeepSnapshot.State;
import io.kintsugi.objects.UpkeepSnapshot.Walk;
import io.kintsugi.shards.BlobTimes;
import io.kintsugi.shards.ErasureBlobStore;
import io.kintsugi.shards.TopologyLevels;
import io.kintsugi.shards.TopologyRecord;
import io.kintsugi.shards.TopologySpares;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A whole store without a wire, on four folders, with its background work: as the process puts it together. */
final class LocalStore implements AutoCloseable {
    static final BucketName BUCKET = new BucketName("bucket");
    /** No sync of a busy machine is taken for one of a drive that hangs. */
    private static final CatalogSettings PATIENT = CatalogSettings.DEFAULT.withDeadlines(
            Duration.ofSeconds(60), Duration.ofSeconds(60), CatalogSettings.DEFAULT.hedge());

    private static final Duration HEALED = Duration.ofSeconds(180);

    final Path root;
    final LocalTopology topology;
    final EmbeddedCatalog catalog;
    final Upkeep upkeep;
    final Objects objects;
    private final ErasureBlobStore blobs;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    LocalStore(Path root) {
        this(root, ObjectSettings.DEFAULTS);
    }

    LocalStore(Path root, ObjectSettings settings) {
        this(root, 4, settings);
    }

    LocalStore(Path root, int drives, ObjectSettings settings) {
        this.root = root;
        DriveResources resources = keep(new DriveResources(8 << 20, 8 << 20));
        try {
            topology = keep(LocalTopology.open(new LocalTopology.Config(
                    List.of(folders(root, drives)),
                    CodeWish.NONE,
                    DrainRequest.NOTHING,
                    DriveSettings.with(resources),
                    Clock.SYSTEM,
                    Entropy.FAST)));
            catalog = keep(EmbeddedCatalog.open(topology, Clock.SYSTEM, PATIENT));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        HealReports reports = new HealReports(Clock.SYSTEM);
        SlabPool slabs = new SlabPool(128 << 20);
        blobs = new ErasureBlobStore(
                new ErasureBlobStore.Parts(topology, slabs, Clock.SYSTEM, Entropy.FAST, BlobTimes.DEFAULT), reports);
        objects = new Objects(catalog, blobs, Clock.SYSTEM, Entropy.FAST, settings);
        upkeep = keep(objects.upkeep(
                reports,
                new Upkeep.Drives(
                        blobs.survey(Duration.ofSeconds(10)),
                        new TopologyLevels(topology),
                        new TopologySpares(topology),
                        TopologyRecord.ofScrubbing(topology, Duration.ofSeconds(10)),
                        TopologyRecord.ofRowScrubbing(topology, Duration.ofSeconds(10)),
                        TopologyRecord.ofEnding(topology, Duration.ofSeconds(10))),
                Foreground.NONE));
        topology.subscribe((drive, event) -> {
            switch (event) {
                case LOST -> upkeep.lost(drive.id());
                case RETURNED, REPLACED -> upkeep.restore(drive.id());
            }
        });
        upkeep.start();
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.push(resource);
        return resource;
    }

    static Path folder(Path root, int number) {
        return root.resolve("drive" + number);
    }

    private static List<Path> folders(Path root, int drives) {
        return IntStream.rangeClosed(1, drives)
                .mapToObj(number -> folder(root, number))
                .toList();
    }

    DriveId drive(int number) {
        return topology.drives().get(number - 1).id();
    }

    void put(String key, byte[] content) {
        objects.put(new PutObject(
                BUCKET, ObjectKey.of(key), ObjectMetadata.NONE, WriteCondition.NONE, TestBody.of(content)));
    }

    byte[] get(String key) {
        return TestStore.bytes(objects.get(
                new GetObject(BUCKET, ObjectKey.of(key), Optional.empty(), TestStore.WHOLE, ReadCondition.NONE)));
    }

    /** Whether nothing is on its way to a drive that is slower than the others. */
    boolean isSettled() {
        return blobs.isSettled();
    }

    /** Waits until every drive is there, what belongs on these was verified, and nothing is known to be missing. */
    void awaitHealed(Set<Integer> numbers) throws InterruptedException {
        long end = System.nanoTime() + HEALED.toNanos();
        while (!isHealed(numbers)) {
            if (System.nanoTime() - end > 0) {
                fail("not healed: " + topology.statuses() + catalog.status() + upkeep.snapshot());
            }
            Thread.sleep(50);
        }
    }

    private boolean isHealed(Set<Integer> numbers) {
        UpkeepSnapshot.Healing healing = upkeep.snapshot().healing();
        Set<Optional<DriveId>> done = healing.walks().stream()
                .filter(walk -> walk.state() == State.DONE)
                .map(Walk::drive)
                .collect(Collectors.toSet());
        return topology.statuses().stream().allMatch(DriveStatus::online)
                && catalog.status().reason().isEmpty()
                && healing.idle()
                && numbers.stream().allMatch(number -> done.contains(Optional.of(drive(number))));
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException("a part of the store did not close", e);
            }
        }
    }
}
