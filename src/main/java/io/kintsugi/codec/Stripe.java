package io.kintsugi.codec;

/**
 * Where the shards of a stripe lie in one slab: shard {@code i} is {@code length} bytes at {@code offset + i * stride}.
 *
 * <p>Coding is fastest when offset and stride are multiples of 64, and the stride is none of 4096: shards would compete
 * for the same places of the processor's cache (measured: 35 instead of 55 GB/s for 16+4). {@link #strideFor} gives
 * one.
 *
 * @param offset where shard 0 begins in the slab, in bytes
 * @param stride bytes from one shard's begin to the next one's; {@code length} or more
 * @param length bytes of each shard
 */
public record Stripe(Slab slab, int offset, int stride, int length) {
    public Stripe {
        if (offset < 0 || length < 0 || stride < length) {
            throw new IllegalArgumentException("stripe from " + offset + " with shards of " + length + " bytes every "
                    + stride + " bytes: nothing may be negative, and the stride must be the length or more");
        }
    }

    /** A good stride for shards of that length, in bytes: at most 191 more. */
    public static int strideFor(int length) {
        int lines = Math.ceilDiv(length, 64) * 64;
        return lines % 4096 == 0 ? lines + 128 : lines;
    }

    /** Where shard {@code i} begins in the slab, in bytes. */
    public int begin(int shard) {
        return Math.addExact(offset, Math.multiplyExact(shard, stride));
    }

    /** Fails unless so many shards lie within the slab. */
    void check(int shards) {
        long end = (long) (shards - 1) * stride + length;
        if (offset + end > slab.capacity()) {
            throw new IllegalArgumentException("stripe of " + shards + " shards of " + length + " bytes, every "
                    + stride + " bytes from " + offset + ", does not fit into a slab of " + slab.capacity() + " bytes");
        }
    }
}
