package io.kintsugi.cluster;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides which drives are drained: a pure function of the pools and of what the operator wants. What would leave a
 * pool too few drives for its code, or the store without a pool, is refused, a pool at a time, and its drives go on as
 * if nobody had asked.
 */
final class DrainPolicy {
    private DrainPolicy() {}

    /**
     * A pool, and what is asked of it.
     *
     * @param wanted drives that are to be emptied
     * @param drained drives that are empty for good: they take nothing whatever is asked
     */
    record Pool(String name, ErasureCode code, List<DriveId> drives, Set<DriveId> wanted, Set<DriveId> drained) {
        Pool {
            drives = List.copyOf(drives);
            wanted = Set.copyOf(wanted);
            drained = Set.copyOf(drained);
        }

        private Set<DriveId> leaving() {
            Set<DriveId> all = new HashSet<>(wanted);
            all.addAll(drained);
            return all;
        }

        private int left() {
            return drives.size() - leaving().size();
        }

        private boolean takes() {
            return left() >= code.totalShards();
        }

        private boolean leavesWhole() {
            return left() == 0;
        }
    }

    /**
     * @param draining drives that take nothing new
     * @param refused why other drives, that were named, are not drained
     */
    record Decision(Set<DriveId> draining, Map<DriveId, String> refused) {}

    static Decision decide(List<Pool> pools) {
        boolean anyTakes = pools.stream().anyMatch(Pool::takes);
        Set<DriveId> draining = new HashSet<>();
        Map<DriveId, String> refused = new HashMap<>();
        for (Pool pool : pools) {
            draining.addAll(pool.drained());
            List<DriveId> asked = new ArrayList<>(pool.wanted());
            asked.removeAll(pool.drained());
            if (pool.takes() || pool.leavesWhole() && anyTakes) {
                draining.addAll(asked);
            } else {
                asked.forEach(drive -> refused.put(drive, reason(pool)));
            }
        }
        return new Decision(Set.copyOf(draining), Map.copyOf(refused));
    }

    private static String reason(Pool pool) {
        return pool.leavesWhole()
                ? "it is not drained: pool " + pool.name() + " would have no drive left, and no other pool takes its"
                        + " data; add drives or a pool first"
                : "it is not drained: pool " + pool.name() + " would have " + pool.left()
                        + " drives left, and its code " + pool.code() + " needs "
                        + pool.code().totalShards() + "; add drives first";
    }
}
