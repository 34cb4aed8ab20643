package io.kintsugi.shards;

import io.kintsugi.base.BlobRef;

/**
 * Hears of blobs some of whose shards were missing, wrong or not written when they were read or written. Called in the
 * threads of reads and writes, and perhaps often for the same blob: must neither block nor throw.
 */
@FunctionalInterface
public interface HealListener {
    /**
     * @param spare how many more shards the blob can lose and still be restored, as far as is known: 0 is the most
     *     endangered
     */
    void wantsHealing(BlobRef blob, int spare);
}
