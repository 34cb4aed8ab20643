package io.kintsugi.shards;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import java.util.List;
import java.util.Set;

/** Which drives are away, and where else a blob could lie. Does not wait. */
public interface SpareDrives {
    /** Drives of the deployment that don't answer now; not those that are drained, of which nobody misses anything. */
    Set<DriveId> away();

    /** Drives that can be read and take nothing; not those that only have no room. */
    Set<DriveId> readOnly();

    /**
     * Another placement for a blob whose shards on some drives are lost.
     *
     * @return drive i for shard i; where there is no drive for a shard, the one that it has
     */
    List<DriveId> elsewhere(BlobRef blob, Set<DriveId> lost);
}
