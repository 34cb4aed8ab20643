package io.kintsugi.sim;

import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Entropy;
import io.kintsugi.catalog.CatalogSettings;
import io.kintsugi.catalog.EmbeddedCatalog;
import io.kintsugi.cluster.Topology;
import io.kintsugi.codec.SlabPool;
import io.kintsugi.objects.Foreground;
import io.kintsugi.objects.HealReports;
import io.kintsugi.objects.ObjectSettings;
import io.kintsugi.objects.Objects;
import io.kintsugi.objects.Upkeep;
import io.kintsugi.shards.BlobTimes;
import io.kintsugi.shards.ErasureBlobStore;
import io.kintsugi.shards.TopologyLevels;
import io.kintsugi.shards.TopologyRecord;
import io.kintsugi.shards.TopologySpares;
import io.kintsugi.sim.Twists.Twist;
import java.time.Duration;
import java.util.Optional;

/** The rooms put together as {@code io.kintsugi.Store} does, without a wire and with times that fit a short life. */
record SimStore(EmbeddedCatalog catalog, ErasureBlobStore blobs, Objects objects, Upkeep upkeep)
        implements AutoCloseable {
    static final int INLINE = 700;
    static final long MIN_PART = 1000;
    static final Duration RECLAIM_GRACE = Duration.ofSeconds(5);
    static final Duration ORPHAN_AGE = Duration.ofSeconds(150);
    static final Duration ORPHAN_CONFIRMATION = Duration.ofSeconds(12);
    static final Duration SWEEP_INTERVAL = Duration.ofSeconds(2);

    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final Duration SURVEY = Duration.ofSeconds(3);

    /** Deadlines far below the age at which a blob that nothing refers to is an orphan. */
    private static final BlobTimes TIMES = new BlobTimes(
            Duration.ofSeconds(3),
            Duration.ofSeconds(4),
            Duration.ofSeconds(3),
            Duration.ofMillis(500),
            Duration.ofMillis(25),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5));

    private static final CatalogSettings CATALOG = new CatalogSettings(
            256,
            32,
            1 << 20,
            Duration.ofSeconds(2),
            Duration.ofSeconds(3),
            Duration.ofMillis(100),
            Duration.ofSeconds(4),
            64L << 10,
            Duration.ofSeconds(20),
            Duration.ofSeconds(1));

    static final Duration SCRUB_PERIOD = Duration.ofSeconds(30);
    /** Lives are short, and their blobs small. */
    private static final long UNEVEN_BYTES = 1024;

    /** No fault lasts so long. */
    private static final Duration HEAL_AFTER = Duration.ofMinutes(10);

    private static final ObjectSettings SETTINGS = new ObjectSettings(
            new ObjectSettings.Limits(INLINE, 2048, GIB, GIB, GIB, MIN_PART, GIB),
            Optional.of(ChecksumAlgorithm.CRC64NVME),
            upkeep(8 * MIB));

    private static ObjectSettings.Upkeep upkeep(long unevenBytes) {
        return new ObjectSettings.Upkeep(
                RECLAIM_GRACE,
                Duration.ofSeconds(1),
                ORPHAN_AGE,
                ORPHAN_CONFIRMATION,
                SWEEP_INTERVAL,
                Duration.ofMillis(5),
                60,
                Optional.empty(),
                Optional.empty(),
                unevenBytes);
    }

    /**
     * What a life has that not every life has.
     *
     * @param settings of the use cases
     * @param history hears what goes wrong
     */
    record Ways(ObjectSettings settings, History history) {
        static Ways of(Twists twists, History history) {
            boolean moves = twists.moves();
            ObjectSettings.Upkeep upkeep =
                    upkeep(moves ? UNEVEN_BYTES : SETTINGS.upkeep().unevenBytes());
            if (twists.has(Twist.CLOCK)) {
                upkeep = upkeep.with(upkeep.backgroundShare(), Optional.of(HEAL_AFTER), Optional.of(SCRUB_PERIOD));
            }
            return new Ways(new ObjectSettings(SETTINGS.limits(), SETTINGS.defaultChecksum(), upkeep), history);
        }
    }

    /** @throws io.kintsugi.base.StoreException when the drives that are there are too few, or can't be trusted */
    static SimStore open(Topology topology, Entropy entropy, Ways ways) {
        EmbeddedCatalog catalog = EmbeddedCatalog.open(topology, Clock.SYSTEM, CATALOG);
        HealReports reports = new HealReports(Clock.SYSTEM);
        ErasureBlobStore blobs = new ErasureBlobStore(
                new ErasureBlobStore.Parts(topology, new SlabPool(24 * MIB), Clock.SYSTEM, entropy, TIMES), reports);
        Objects objects = new Objects(catalog, blobs, Clock.SYSTEM, entropy, ways.settings());
        Upkeep upkeep = objects.upkeep(
                reports,
                new Upkeep.Drives(
                        blobs.survey(SURVEY),
                        new TopologyLevels(topology),
                        new SimSpares(
                                new TopologySpares(topology),
                                ways.settings().upkeep().healAfter(),
                                ways.history()),
                        TopologyRecord.ofScrubbing(topology, SURVEY),
                        TopologyRecord.ofRowScrubbing(topology, SURVEY),
                        TopologyRecord.ofEnding(topology, SURVEY)),
                Foreground.NONE);
        topology.subscribe((drive, event) -> {
            switch (event) {
                case LOST -> upkeep.lost(drive.id());
                case RETURNED, REPLACED -> upkeep.restore(drive.id());
            }
        });
        upkeep.start();
        return new SimStore(catalog, blobs, objects, upkeep);
    }

    @Override
    public void close() {
        upkeep.close();
        catalog.close();
    }
}
