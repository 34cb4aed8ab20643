package io.kintsugi.catalog;

import io.kintsugi.base.Clock;
import java.time.Duration;

/** Embedded catalogs on simulated drives. */
final class SimCatalogs {
    static final CatalogSettings QUICK = CatalogSettings.DEFAULT
            .withDeadlines(Duration.ofMillis(300), Duration.ofMillis(600), Duration.ofMillis(50))
            .withRepair(Duration.ofMillis(200), Duration.ofMillis(20));

    private SimCatalogs() {}

    static EmbeddedCatalog open(SimDrives drives) {
        return EmbeddedCatalog.open(drives, Clock.SYSTEM, QUICK);
    }
}
