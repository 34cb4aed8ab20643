package io.kintsugi.objects;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.shards.DriveLevels.Level;
import io.kintsugi.shards.DriveLevels.Use;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Decides for one way through all blobs which of their shards move where. A decision of nothing but the levels of the
 * drives and what lies on them; it reads no clock and asks nobody. One thread.
 *
 * <p>Each drive that takes shards is to have its fair share: in proportion to what it could hold, its free space and
 * what of ours belongs there, at most its size. So is one that is full, which gives what is more than that. A drive
 * that is to be emptied is to have none, and every shard of it moves, as long as there is any place; so does one that
 * is said to lie on a drive which is none of these, and is made of the others of its blob. Otherwise shards move only
 * when a drive is far from its share ({@link #BEGIN}), and then until it is near ({@link #END}); and only where that
 * brings the two drives nearer to their shares, so the sum of the squares of the distances falls with each move, and
 * none is ever moved in circles. Between pools whole blobs move, by the same rule.
 */
final class BalancePlan {
    static final double BEGIN = 0.10;
    static final double END = 0.03;
    private final Map<DriveId, Level> levels = new LinkedHashMap<>();
    private final Map<String, List<Level>> pools = new TreeMap<>();
    private final DriveUsage usage;
    private final long slackBytes;
    private final Map<DriveId, Long> soonFree;
    private final Map<DriveId, Long> targets = new HashMap<>();
    private final Map<DriveId, Long> promised = new HashMap<>();
    private final Map<String, Long> poolTargets = new HashMap<>();
    /** Pools within which shards move, although no drive is emptied. */
    private final Set<String> uneven = new HashSet<>();

    private final boolean poolsUneven;
    private String stuck = "";

    /**
     * @param slackBytes distances that are not worth the work
     * @param soonFree on each drive, of shards that were moved and are still there ({@link Superseded})
     */
    BalancePlan(List<Level> drives, DriveUsage usage, long slackBytes, Map<DriveId, Long> soonFree) {
        this.usage = usage;
        this.slackBytes = slackBytes;
        this.soonFree = Map.copyOf(soonFree);
        for (Level level : drives) {
            levels.put(level.drive(), level);
            pools.computeIfAbsent(level.pool(), p -> new ArrayList<>()).add(level);
        }
        this.poolsUneven = aimPools();
        pools.forEach(this::aim);
    }

    // ---- targets

    private List<Level> taking(String pool) {
        return pools.get(pool).stream()
                .filter(level -> level.use() == Use.TAKING)
                .toList();
    }

    /** Drives that have a share: those that take shards, and those that can only give some. */
    private List<Level> sharing(String pool) {
        return pools.get(pool).stream().filter(BalancePlan::shares).toList();
    }

    private static boolean shares(Level level) {
        return level.use() == Use.TAKING || level.use() == Use.FULL;
    }

    private boolean anyAway(String pool) {
        return pools.get(pool).stream().anyMatch(level -> level.use() == Use.AWAY);
    }

    private static boolean leaves(Level level) {
        return level.use() == Use.LEAVING || level.use() == Use.DRAINED;
    }

    private long used(DriveId drive) {
        return usage.of(drive).bytes();
    }

    /** What could move: of drives that have a share and of those that are emptied. */
    private long movable(String pool) {
        return pools.get(pool).stream()
                .filter(level -> shares(level) || leaves(level))
                .mapToLong(level -> used(level.drive()))
                .sum();
    }

    /** What is not on a drive again that was replaced would count twice without this limit. */
    private static long most(Level level) {
        long total = level.room().totalBytes();
        return total == 0 ? Long.MAX_VALUE : total;
    }

    /**
     * What has just moved away takes room for a while yet. Without that the drive would look smaller than it is, have
     * to give more, and get it back when the room is there.
     */
    private long capacity(Level level) {
        long free = level.room().freeBytes() + soonFree.getOrDefault(level.drive(), 0L);
        return Math.clamp(used(level.drive()) + free, 1, most(level));
    }

    private long capacity(String pool) {
        return sharing(pool).stream().mapToLong(this::capacity).sum();
    }

    private boolean far(long used, long target, double band) {
        return Math.abs(used - target) > band * target + slackBytes;
    }

    /** Sets what each pool is to have; returns whether blobs move between pools that both take some. */
    private boolean aimPools() {
        List<String> open =
                pools.keySet().stream().filter(pool -> !sharing(pool).isEmpty()).toList();
        long homeless = pools.keySet().stream()
                .filter(pool -> sharing(pool).isEmpty())
                .mapToLong(this::movable)
                .sum();
        long all = pools.keySet().stream().mapToLong(this::movable).sum();
        double capacity = open.stream().mapToLong(this::capacity).sum();
        boolean whole = pools.keySet().stream().noneMatch(this::anyAway);
        boolean moves = whole
                && homeless == 0
                && open.size() > 1
                && open.stream()
                        .anyMatch(pool -> far(movable(pool), (long) (all * (capacity(pool) / capacity)), BEGIN));
        for (String pool : pools.keySet()) {
            double share = capacity(pool) / Math.max(1, capacity);
            long target = moves ? (long) (all * share) : movable(pool) + (long) (homeless * share);
            poolTargets.put(pool, open.contains(pool) ? target : 0);
        }
        return moves;
    }

    private void aim(String pool, List<Level> drives) {
        drives.forEach(level -> targets.put(
                level.drive(), level.use() == Use.AWAY || level.use() == Use.KEEPING ? used(level.drive()) : 0));
        List<Level> sharing = sharing(pool);
        long sum = poolTargets.get(pool);
        long limit = (long) Math.ceil(sum * usage.mostOnOne());
        long[] shares =
                FairShares.of(sum, sharing.stream().mapToLong(this::capacity).toArray(), limit);
        boolean far = false;
        for (int i = 0; i < shares.length; i++) {
            DriveId drive = sharing.get(i).drive();
            targets.put(drive, shares[i]);
            far |= far(used(drive), shares[i], BEGIN);
        }
        if (far && !anyAway(pool)) {
            uneven.add(pool);
        }
    }

    /** Whether there is anything to be moved. */
    boolean wanted() {
        return pressing() || usage.strays() > 0;
    }

    /** Whether drives wait for it. What lies on none of the drives may be past help, and is not tried all the time. */
    boolean pressing() {
        return !uneven.isEmpty()
                || poolsUneven
                || levels.values().stream()
                        .anyMatch(level ->
                                leaves(level) && usage.of(level.drive()).blobs() > 0);
    }

    /** About what is left to be moved, in bytes of shards. */
    long remainingBytes() {
        long bytes = 0;
        for (Level level : levels.values()) {
            long over = over(level.drive());
            boolean counts = leaves(level) || shares(level) && isMoved(level.pool()) && over > slackBytes;
            bytes += counts ? Math.max(0, over) : 0;
        }
        return bytes;
    }

    private boolean isMoved(String pool) {
        return poolsUneven || uneven.contains(pool);
    }

    /** Why a shard that must move can't; empty when every one could. */
    String stuck() {
        return stuck;
    }

    // ---- moves

    private long over(DriveId drive) {
        return used(drive) - targets.get(drive);
    }

    private long over(String pool) {
        return movable(pool) - poolTargets.get(pool);
    }

    private long free(Level level) {
        long now = level.room().freeBytes() - promised.getOrDefault(level.drive(), 0L);
        return Math.min(now, most(level) - used(level.drive()));
    }

    /** Where the blob should lie instead; empty when it lies well. */
    Optional<List<DriveId>> move(BlobRef blob) {
        Optional<Level> first = blob.placement().stream()
                .map(levels::get)
                .filter(level -> level != null)
                .findFirst();
        if (first.isEmpty()) {
            return Optional.empty();
        }
        String pool = first.get().pool();
        if (sharing(pool).isEmpty() || poolsUneven) {
            Optional<List<DriveId>> other = otherPool(blob, pool);
            if (other.isPresent()) {
                return other;
            }
        }
        return within(blob, pool);
    }

    private Optional<List<DriveId>> otherPool(BlobRef blob, String from) {
        boolean must = sharing(from).isEmpty();
        long bytes = DriveUsage.shardBytes(blob) * blob.placement().size();
        boolean whole = blob.placement().stream().allMatch(drive -> isMovable(drive, must));
        if (!whole || !must && over(from) <= END * poolTargets.get(from)) {
            return Optional.empty();
        }
        return pools.keySet().stream()
                .filter(pool -> !pool.equals(from))
                .filter(pool -> must || over(from) - over(pool) > bytes)
                .sorted(Comparator.comparingLong(this::over))
                .map(pool -> widest(blob, pool))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private boolean isMovable(DriveId drive, boolean must) {
        Level level = levels.get(drive);
        return must || level != null && (shares(level) || leaves(level));
    }

    /** The drives of a pool that are furthest below their shares, one for each shard. */
    private Optional<List<DriveId>> widest(BlobRef blob, String pool) {
        long bytes = DriveUsage.shardBytes(blob);
        List<DriveId> drives = taking(pool).stream()
                .filter(level -> free(level) >= bytes)
                .sorted(Comparator.comparingLong(level -> over(level.drive())))
                .map(Level::drive)
                .limit(blob.placement().size())
                .toList();
        return drives.size() < blob.placement().size() ? Optional.empty() : Optional.of(drives);
    }

    private Optional<List<DriveId>> within(BlobRef blob, String pool) {
        List<DriveId> placement = new ArrayList<>(blob.placement());
        long bytes = DriveUsage.shardBytes(blob);
        for (int i = 0; i < placement.size(); i++) {
            DriveId from = placement.get(i);
            Level level = levels.get(from);
            if (level != null && (level.use() == Use.AWAY || level.use() == Use.KEEPING)) {
                continue;
            }
            boolean must = level == null || leaves(level);
            if (!must && !isMoved(pool)) {
                continue;
            }
            Optional<DriveId> to = best(pool, placement, bytes)
                    .filter(drive -> must || isNotNear(from, drive) && over(from) - over(drive) > bytes);
            if (to.isPresent()) {
                placement.set(i, to.get());
            } else if (must) {
                explain(blob, pool);
            }
        }
        return placement.equals(blob.placement()) ? Optional.empty() : Optional.of(placement);
    }

    private boolean isNotNear(DriveId from, DriveId to) {
        return over(from) > END * targets.get(from) || -over(to) > END * targets.get(to);
    }

    private Optional<DriveId> best(String pool, List<DriveId> besides, long bytes) {
        return taking(pool).stream()
                .filter(level -> !besides.contains(level.drive()) && free(level) >= bytes)
                .min(Comparator.comparingLong(level -> over(level.drive())))
                .map(Level::drive);
    }

    private void explain(BlobRef blob, String pool) {
        int needed = blob.placement().size();
        int there = taking(pool).size();
        stuck = there >= needed
                ? "the other drives of pool " + pool + " have too little free space for a shard of "
                        + DriveUsage.shardBytes(blob) + " bytes: free some, or add drives"
                : "blobs of code " + blob.code() + " need " + needed + " drives, and only " + there + " of pool " + pool
                        + " take shards: add drives, or bring back those that are away";
    }

    /** The blob lies there now. */
    void moved(BlobRef from, BlobRef to) {
        usage.moved(from, to);
        for (int shard : from.changedIn(to.placement())) {
            promised.merge(to.placement().get(shard), DriveUsage.shardBytes(from), Long::sum);
        }
    }
}
