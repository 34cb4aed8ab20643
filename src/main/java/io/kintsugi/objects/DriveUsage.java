package io.kintsugi.objects;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.objects.UpkeepSnapshot.Count;
import java.util.HashMap;
import java.util.Map;

/**
 * What the catalog says lies on each drive: shards, and their bytes without headers and seals. One thread at a time.
 */
final class DriveUsage {
    private final Map<DriveId, Count> byDrive = new HashMap<>();
    private double all;
    private double oneOfEach;

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
    }

    private void add(DriveId drive, int shards, long bytes) {
        Count now = of(drive);
        byDrive.put(drive, new Count(now.blobs() + shards, now.bytes() + bytes));
    }

    Count of(DriveId drive) {
        return byDrive.getOrDefault(drive, Count.NONE);
    }
}
