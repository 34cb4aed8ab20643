package io.kintsugi;

import io.kintsugi.admin.Rooms;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Entropy;
import io.kintsugi.catalog.CatalogSettings;
import io.kintsugi.catalog.EmbeddedCatalog;
import io.kintsugi.cluster.DrainRequest;
import io.kintsugi.cluster.LocalTopology;
import io.kintsugi.cluster.Topology;
import io.kintsugi.cluster.VolumeExpression;
import io.kintsugi.codec.SlabPool;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveSettings;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.iam.RootCredentials;
import io.kintsugi.iam.SigV4Verifier;
import io.kintsugi.objects.HealReports;
import io.kintsugi.objects.ObjectSettings;
import io.kintsugi.objects.Objects;
import io.kintsugi.objects.Upkeep;
import io.kintsugi.s3.Operations;
import io.kintsugi.s3.S3Limits;
import io.kintsugi.s3.S3Server;
import io.kintsugi.s3.S3Settings;
import io.kintsugi.s3.Site;
import io.kintsugi.shards.BlobTimes;
import io.kintsugi.shards.ErasureBlobStore;
import io.kintsugi.shards.TopologyLevels;
import io.kintsugi.shards.TopologyRecord;
import io.kintsugi.shards.TopologySpares;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The rooms put together: opened from the drives up, closed from the wire down. */
final class Store implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Store.class.getName());
    private static final Duration DRAIN = Duration.ofSeconds(20);
    private static final Duration SURVEY = Duration.ofSeconds(10);
    private static final long MIB = 1L << 20;
    private static final long SLAB_BYTES = 384 * MIB;
    private static final long CACHE_BYTES = 64 * MIB;
    private static final long WRITE_BUFFER_BYTES = 128 * MIB;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private Rooms rooms;
    private RootCredentialsFile.Found credentials;
    private S3Server server;

    private Store() {}

    /** Begins what {@link #open} needs, beside what else a process does to start. */
    static void prepare() {
        DriveResources.prepare();
    }

    /**
     * @throws io.kintsugi.cluster.TopologyException when the drives can't be a store
     * @throws io.kintsugi.base.StoreException when the catalog can't be opened
     * @throws IOException when it can't listen
     */
    static Store open(Settings settings, Vertx vertx) throws IOException {
        Store store = new Store();
        try {
            store.start(settings, vertx);
            return store;
        } catch (IOException | RuntimeException | Error e) {
            store.close();
            throw e;
        }
    }

    private void start(Settings settings, Vertx vertx) throws IOException {
        List<List<Path>> volumes = VolumeExpression.parse(settings.volumes());
        int drives = volumes.stream().mapToInt(List::size).sum();
        FileLimit files = FileLimit.ofThisProcess();
        DriveResources resources = keep(new DriveResources(CACHE_BYTES, WRITE_BUFFER_BYTES, files.share(drives)));
        files.warning(drives).ifPresent(warning -> LOG.log(System.Logger.Level.WARNING, warning));
        Topology topology = keep(LocalTopology.open(new LocalTopology.Config(
                volumes,
                settings.code(),
                DrainRequest.parse(settings.drain()),
                DriveSettings.with(resources),
                Clock.SYSTEM,
                Entropy.FAST)));
        credentials = credentials(settings, topology);
        EmbeddedCatalog catalog = keep(EmbeddedCatalog.open(topology, Clock.SYSTEM, CatalogSettings.DEFAULT));
        HealReports reports = new HealReports(Clock.SYSTEM);
        SlabPool slabs = new SlabPool(SLAB_BYTES);
        ErasureBlobStore blobs = new ErasureBlobStore(
                new ErasureBlobStore.Parts(topology, slabs, Clock.SYSTEM, Entropy.FAST, BlobTimes.DEFAULT), reports);
        Objects objects = new Objects(catalog, blobs, Clock.SYSTEM, Entropy.FAST, objectSettings(settings));
        server = serve(settings, vertx, objects);
        // it listens from here on: whatever fails below, it stops
        AutoCloseable listening = keep(() -> server.stop(DRAIN));
        Clients clients = new Clients(server, topology, blobs);
        Upkeep upkeep = objects.upkeep(
                reports,
                new Upkeep.Drives(
                        blobs.survey(SURVEY),
                        new TopologyLevels(topology),
                        new TopologySpares(topology),
                        TopologyRecord.ofScrubbing(topology, SURVEY),
                        TopologyRecord.ofRowScrubbing(topology, SURVEY),
                        TopologyRecord.ofEnding(topology, SURVEY)),
                clients.foreground());
        // no request is under way any more when the upkeep stops
        opened.remove(listening);
        keep(upkeep);
        keep(listening);
        keep(IdleMemory.start(server::requestsBegun, server::requestsUnderWay));
        rooms = new Rooms(
                topology,
                catalog,
                blobs::statistics,
                upkeep::snapshot,
                new Rooms.Memory(resources::cachedBytes, slabs::statistics),
                WireFigures.of(server));
        topology.subscribe((drive, event) -> {
            switch (event) {
                case LOST -> upkeep.lost(drive.id());
                case RETURNED, REPLACED -> upkeep.restore(drive.id());
            }
        });
        upkeep.start();
    }

    private S3Server serve(Settings settings, Vertx vertx, Objects objects) throws IOException {
        HostPort address = settings.addresses().s3();
        S3Settings wire = new S3Settings(
                address.host(),
                address.port(),
                settings.domains(),
                Math.max(2, Runtime.getRuntime().availableProcessors()),
                S3Limits.DEFAULT.ofHeap(Runtime.getRuntime().maxMemory()));
        RootCredentials root = new RootCredentials(
                credentials.credentials().user(), credentials.credentials().password());
        return S3Server.start(
                vertx,
                wire,
                new SigV4Verifier(root, settings.region(), Clock.SYSTEM),
                Operations.over(objects, Site.of(settings.region())));
    }

    private static ObjectSettings objectSettings(Settings settings) {
        ObjectSettings defaults = ObjectSettings.DEFAULTS;
        ObjectSettings.Limits limits = settings.maxObjectSize().isEmpty()
                ? defaults.limits()
                : defaults.limits().withMaxObject(settings.maxObjectSize().getAsLong());
        return new ObjectSettings(
                limits,
                defaults.defaultChecksum(),
                defaults.upkeep()
                        .with(
                                settings.background().sharePercent(),
                                settings.background().healAfter(),
                                settings.background().scrubPeriod()));
    }

    private static RootCredentialsFile.Found credentials(Settings settings, Topology topology) {
        if (settings.credentials().isPresent()) {
            return new RootCredentialsFile.Found(settings.credentials().get(), false);
        }
        List<Path> drives = topology.statuses().stream()
                .filter(DriveStatus::answers)
                .map(status -> Path.of(status.where()))
                .toList();
        return RootCredentialsFile.settle(drives);
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.push(resource);
        return resource;
    }

    Rooms rooms() {
        return rooms;
    }

    RootCredentialsFile.Found credentials() {
        return credentials;
    }

    /** The port that S3 listens on. */
    int port() {
        return server.port();
    }

    /** Closes everything, the last opened first; a part that fails does not keep the others from being closed. */
    @Override
    public void close() {
        while (!opened.isEmpty()) {
            AutoCloseable next = opened.pop();
            try {
                next.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "could not close " + next.getClass().getSimpleName(),
                        e);
            }
        }
    }
}
