package io.kintsugi.catalog;

import io.kintsugi.base.DriveId;
import java.util.List;

/**
 * What the catalog says of itself; true at the moment of the call.
 *
 * @param writable whether commits are accepted
 * @param live drives whose replica takes every commit
 * @param rebuilding drives whose replica is being made
 * @param damaged replicas of the live ones that have damaged rows, and stay until the others are known to have them
 * @param reason why it is not at full strength; empty when it is
 * @param epoch see {@link io.kintsugi.drives.Drive#catalogEpoch()}
 * @param sequence number of the last commit
 */
public record CatalogStatus(
        boolean writable,
        List<DriveId> live,
        List<DriveId> rebuilding,
        int damaged,
        String reason,
        long epoch,
        long sequence) {
    public CatalogStatus {
        live = List.copyOf(live);
        rebuilding = List.copyOf(rebuilding);
    }
}
