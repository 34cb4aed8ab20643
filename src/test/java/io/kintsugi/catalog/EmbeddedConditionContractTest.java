package io.kintsugi.catalog;

import io.kintsugi.base.ErasureCode;
import io.kintsugi.sim.SimTopology;

/** The embedded engine on simulated drives. */
class EmbeddedConditionContractTest extends ConditionContract {
    @Override
    protected Catalog create() {
        return SimCatalogs.open(new SimTopology(new ErasureCode(2, 2)));
    }
}
