package io.kintsugi.objects;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.objects.UpkeepSnapshot.Count;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What the catalog says lies on each drive: shards, and their bytes without headers and seals. One thread at a time.
 */
final class DriveUsage {
    private final Set<DriveId> drives;
    private final Map<DriveId, Count> byDrive = new HashMap<>();
    private long strays;
    private double all;
    private double oneOfEach;

    /** @param drives of the deployment */
    DriveUsage(Set<DriveId> drives) {
        this.drives = Set.copyOf(drives);
    }

    /**
     * What was counted, as it is kept.
     *
     * @param all bytes of all shards
     * @param oneOfEach bytes of one shard of each blob
     */
    record Sums(Map<DriveId, Count> byDrive, long strays, double all, double oneOfEach) {
        Sums {
            byDrive = Map.copyOf(byDrive);
        }
    }

    /** What was counted before. */
    static DriveUsage of(Set<DriveId> drives, Sums counted) {
        DriveUsage usage = new DriveUsage(drives);
        usage.byDrive.putAll(counted.byDrive());
        usage.strays = counted.strays();
        usage.all = counted.all();
        usage.oneOfEach = counted.oneOfEach();
        return usage;
    }

    Sums sums() {
        return new Sums(byDrive, strays, all, oneOfEach);
    }

    /** About the bytes of one shard. */
    static long shardBytes(BlobRef blob) {
        int dataShards = blob.code().dataShards();
        return (blob.size() + dataShards - 1) / dataShards;
    }

    void add(BlobRef blob) {
        long bytes = shardBytes(blob);
        blob.placement().forEach(drive -> add(drive, 1, bytes));
        all += (double) bytes * blob.placement().size();
        oneOfEach += bytes;
        strays += strays(blob);
    }

    /** The share of all bytes that one drive can have at most: one shard of each blob. */
    double mostOnOne() {
        return all == 0 ? 1 : oneOfEach / all;
    }

    /** The shards that lie elsewhere in {@code to} have moved. */
    void moved(BlobRef from, BlobRef to) {
        long bytes = shardBytes(from);
        for (int shard : from.changedIn(to.placement())) {
            add(from.placement().get(shard), -1, -bytes);
            add(to.placement().get(shard), 1, bytes);
        }
        strays += strays(to) - strays(from);
    }

    /**
     * Shards that are said to lie on drives which are none of the deployment's, of blobs that have others on such that
     * are. A pool that is not named at all is no reason to move anything.
     */
    long strays() {
        return strays;
    }

    private long strays(BlobRef blob) {
        long strays = blob.placement().stream()
                .filter(drive -> !drives.contains(drive))
                .count();
        return strays < blob.placement().size() ? strays : 0;
    }

    private void add(DriveId drive, int shards, long bytes) {
        Count now = of(drive);
        byDrive.put(drive, new Count(now.blobs() + shards, now.bytes() + bytes));
    }

    Count of(DriveId drive) {
        return byDrive.getOrDefault(drive, Count.NONE);
    }
}
