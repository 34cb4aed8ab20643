package io.kintsugi.catalog;

/** The embedded engine on simulated drives. */
class EmbeddedCatalogContractTest extends CatalogContract {
    @Override
    protected Catalog create() {
        return SimCatalogs.open(new SimDrives(2, 2));
    }
}
