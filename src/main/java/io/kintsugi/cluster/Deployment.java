package io.kintsugi.cluster;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.drives.DriveIdentity;
import io.kintsugi.drives.Roster;
import java.util.List;
import java.util.Set;

/**
 * The store that the drives make together: learnt from what lies on them, or founded on empty ones.
 *
 * @param epoch the newest epoch of the catalog that any of the drives had heard of
 */
record Deployment(Id128 id, List<Pool> pools, long epoch) {
    Deployment {
        pools = List.copyOf(pools);
    }

    /**
     * @param code of new blobs
     * @param recorded the code that the pool was founded with
     * @param roster as it is from now on
     * @param fresh whether it is founded now: its folders are all empty
     * @param added drives that come to the pool now: their folders are empty too
     * @param changed whether a drive was found that does not know this roster
     */
    record Pool(
            String name,
            ErasureCode code,
            ErasureCode recorded,
            Roster roster,
            boolean fresh,
            Set<DriveId> added,
            boolean changed) {
        Pool {
            added = Set.copyOf(added);
        }

        /** Of drives that stay as they are. */
        Pool(String name, ErasureCode code, List<DriveId> drives, boolean fresh) {
            this(name, code, code, Roster.founded(drives), fresh, Set.of(), false);
        }

        /** Drives that must be there to restore what the others had. */
        int needed() {
            return code.dataShards();
        }

        /** The same when nothing in it is new any more, with the roster of that time. */
        Pool settled(Roster newest) {
            return new Pool(name, code, recorded, newest, false, Set.of(), false);
        }

        boolean isNew(DriveId drive) {
            return fresh || added.contains(drive);
        }
    }

    /** @param heard the newest epoch of the catalog that is known */
    DriveIdentity identity(Pool pool, DriveId drive, Id128 incarnation, long heard) {
        return new DriveIdentity(id, drive, incarnation, pool.name(), pool.recorded(), pool.roster(), heard);
    }
}
