package io.kintsugi.shards;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.ErasureCode;

/**
 * What the ends of one shard say about its blob.
 *
 * @param stripeBytes bytes of the blob in a full stripe
 * @param size bytes of the blob
 * @param note what was kept with it
 */
@SuppressWarnings("ArrayRecordComponent")
public record ShardFacts(BlobOrigin origin, ErasureCode code, int stripeBytes, long size, byte[] note) {}
