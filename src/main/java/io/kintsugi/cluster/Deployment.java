package io.kintsugi.cluster;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.drives.DriveIdentity;
import java.util.List;

/** The store that the drives make together: learnt from what lies on them, or founded on empty ones. */
record Deployment(Id128 id, List<Pool> pools) {
    Deployment {
        pools = List.copyOf(pools);
    }

    /**
     * @param roster the drives in the order of their slots
     * @param fresh whether it is founded now: its folders are all empty
     */
    record Pool(String name, ErasureCode code, List<DriveId> roster, boolean fresh) {
        Pool {
            roster = List.copyOf(roster);
        }

        /** Drives that must be there to restore what the others had. */
        int needed() {
            return code.dataShards();
        }
    }

    DriveIdentity identity(Pool pool, DriveId drive, Id128 incarnation) {
        return new DriveIdentity(id, drive, incarnation, pool.name(), pool.code(), pool.roster(), 0);
    }
}
