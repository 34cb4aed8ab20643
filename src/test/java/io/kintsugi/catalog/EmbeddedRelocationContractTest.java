package io.kintsugi.catalog;

import io.kintsugi.base.ErasureCode;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimTopology;

/** The embedded engine on simulated drives. */
class EmbeddedRelocationContractTest extends RelocationContract {
    private final SimTopology drives = new SimTopology(new ErasureCode(2, 2));

    @Override
    protected Catalog create() {
        return SimCatalogs.open(drives);
    }

    @Override
    protected Catalog reopen() {
        catalog.close();
        drives.sims().forEach(SimDrive::crash);
        drives.sims().forEach(SimDrive::comeOnline);
        return SimCatalogs.open(drives);
    }
}
