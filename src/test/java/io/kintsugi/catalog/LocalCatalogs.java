package io.kintsugi.catalog;

import io.kintsugi.base.Clock;
import io.kintsugi.base.Entropy;
import io.kintsugi.cluster.CodeWish;
import io.kintsugi.cluster.DrainRequest;
import io.kintsugi.cluster.LocalTopology;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** An embedded catalog on real drives in folders. */
final class LocalCatalogs implements AutoCloseable {
    /** No sync of a busy machine is taken for one of a drive that hangs. */
    private static final CatalogSettings PATIENT = CatalogSettings.DEFAULT.withDeadlines(
            Duration.ofSeconds(60), Duration.ofSeconds(60), CatalogSettings.DEFAULT.hedge());

    private final DriveResources resources;
    private final LocalTopology topology;
    private final EmbeddedCatalog catalog;

    LocalCatalogs(Path top, int drives) {
        resources = new DriveResources(64 << 20, 64 << 20);
        List<Path> paths =
                IntStream.range(0, drives).mapToObj(i -> top.resolve("d" + i)).toList();
        topology = LocalTopology.open(new LocalTopology.Config(
                List.of(paths),
                CodeWish.NONE,
                DrainRequest.NOTHING,
                DriveSettings.with(resources),
                Clock.SYSTEM,
                Entropy.FAST));
        catalog = EmbeddedCatalog.open(topology, Clock.SYSTEM, PATIENT);
    }

    EmbeddedCatalog catalog() {
        return catalog;
    }

    @Override
    public void close() {
        catalog.close();
        topology.close();
        resources.close();
    }
}
