package io.kintsugi.catalog;

/** The embedded engine on simulated drives. */
class EmbeddedUploadContractTest extends UploadContract {
    @Override
    protected Catalog create() {
        return SimCatalogs.open(new SimDrives(2, 1));
    }
}
