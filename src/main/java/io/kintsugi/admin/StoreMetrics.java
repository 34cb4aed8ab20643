package io.kintsugi.admin;

import io.kintsugi.catalog.Catalog;
import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.Drive;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import jakarta.enterprise.context.ApplicationScoped;

/** Puts the figures of the rooms on {@code :9002/q/metrics}. Each is read from its room when it is scraped. */
@ApplicationScoped
public class StoreMetrics {
    private final MeterRegistry registry;

    public StoreMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Registers the meters of a store that has been opened. Called once. */
    public void register(Rooms rooms) {
        rooms.topology().drives().forEach(this::register);
        register(rooms.topology());
        register(rooms.catalog());
    }

    private void register(Topology topology) {
        Gauge.builder("kintsugi.drives", topology, t -> t.statuses().size())
                .description("Drives that belong to the deployment")
                .register(registry);
        Gauge.builder(
                        "kintsugi.drives.online",
                        topology,
                        t -> t.statuses().stream().filter(s -> s.online()).count())
                .description("Drives that answer and take writes")
                .register(registry);
    }

    private void register(Drive drive) {
        Tags tags = Tags.of("drive", drive.id().toString());
        Gauge.builder("kintsugi.drive.online", drive, d -> d.status().online() ? 1 : 0)
                .description("1 while the drive answers and takes writes")
                .tags(tags)
                .register(registry);
        Gauge.builder("kintsugi.drive.total", drive, d -> d.status().totalBytes())
                .description("Size of the drive's file system")
                .baseUnit("bytes")
                .tags(tags)
                .register(registry);
        Gauge.builder("kintsugi.drive.free", drive, d -> d.status().freeBytes())
                .description("Space that the store may still use")
                .baseUnit("bytes")
                .tags(tags)
                .register(registry);
        FunctionCounter.builder("kintsugi.drive.errors", drive, d -> d.status().errors())
                .description("Operations of the drive that failed")
                .tags(tags)
                .register(registry);
    }

    private void register(Catalog catalog) {
        Gauge.builder("kintsugi.catalog.writable", catalog, c -> c.status().writable() ? 1 : 0)
                .description("1 while commits are accepted")
                .register(registry);
        Gauge.builder(
                        "kintsugi.catalog.replicas.live",
                        catalog,
                        c -> c.status().live().size())
                .description("Replicas that take every commit")
                .register(registry);
        Gauge.builder(
                        "kintsugi.catalog.replicas.rebuilding",
                        catalog,
                        c -> c.status().rebuilding().size())
                .description("Replicas that are being made")
                .register(registry);
        Gauge.builder("kintsugi.catalog.epoch", catalog, c -> c.status().epoch())
                .description("Goes up when the set of live replicas changes")
                .register(registry);
        FunctionCounter.builder(
                        "kintsugi.catalog.commits", catalog, c -> c.status().sequence())
                .description("Commits since the deployment began")
                .register(registry);
    }
}
