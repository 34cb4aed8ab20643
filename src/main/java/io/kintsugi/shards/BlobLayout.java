package io.kintsugi.shards;

import static io.kintsugi.shards.ShardFormat.ALIGNMENT;
import static io.kintsugi.shards.ShardFormat.FRAME_BYTES;
import static io.kintsugi.shards.ShardFormat.SEAL_BYTES;

import io.kintsugi.base.BlobRef;
import io.kintsugi.drives.ShardSink;

/**
 * Where each byte of a blob lies in its shards: arithmetic alone, so that any range is found without a look at a drive.
 *
 * <p>A blob is cut into stripes of {@code stripeBytes}, a multiple of 64 k; the last may be short. A stripe of L bytes
 * gives each shard one chunk of C = ⌈L / k⌉ bytes, rounded up to 64: data shard i takes the bytes from i C to (i + 1) C
 * of the stripe, zeros behind the end of it, and the parity shards what the code makes of these. In the shard a chunk
 * is cut into frames of 64 KiB (the last one may be short), each followed by its seal.
 *
 * @param size bytes of the blob
 * @param dataShards k
 * @param stripeBytes bytes of the blob in a full stripe
 */
record BlobLayout(long size, int dataShards, int stripeBytes) {
    private static final int MAX_STRIPE_BYTES = 1 << 20;

    static BlobLayout of(BlobRef blob) {
        return new BlobLayout(blob.size(), blob.code().dataShards(), blob.stripeSize());
    }

    /** The stripe size for new blobs: the largest multiple of 64 k within 1 MiB. */
    static int stripeBytes(int dataShards) {
        return MAX_STRIPE_BYTES / dataShards / ALIGNMENT * ALIGNMENT * dataShards;
    }

    /** The same when memory is scarce: the smallest that still holds a packed blob. */
    static int smallStripeBytes(int dataShards) {
        int unit = ALIGNMENT * dataShards;
        return Math.ceilDiv(StripeFiller.PACKED_BYTES, unit) * unit;
    }

    /** Bytes of a chunk of a stripe of so many bytes. */
    static int chunkBytes(int plainBytes, int dataShards) {
        return ShardFormat.roundUp((plainBytes + dataShards - 1) / dataShards);
    }

    /** Frames of a chunk. */
    static int framesOf(int chunkBytes) {
        return (chunkBytes + FRAME_BYTES - 1) / FRAME_BYTES;
    }

    /** Bytes of a chunk in its shard: with the seals. */
    static int sealedBytes(int chunkBytes) {
        return chunkBytes + framesOf(chunkBytes) * SEAL_BYTES;
    }

    long stripes() {
        return (size + stripeBytes - 1) / stripeBytes;
    }

    long stripeOf(long offset) {
        return offset / stripeBytes;
    }

    /** Bytes of the blob in that stripe. */
    int plainBytes(long stripe) {
        return (int) Math.min(stripeBytes, size - stripe * stripeBytes);
    }

    int chunkBytes(long stripe) {
        return chunkBytes(plainBytes(stripe), dataShards);
    }

    private int fullChunkBytes() {
        return stripeBytes / dataShards;
    }

    /** The number of a stripe's first frame, counted over the whole shard. */
    long firstFrame(long stripe) {
        return stripe * framesOf(fullChunkBytes());
    }

    /** Frames of a shard. */
    long frames() {
        return size == 0 ? 0 : firstFrame(stripes() - 1) + framesOf(chunkBytes(stripes() - 1));
    }

    /** Where a frame of a stripe begins, in bytes behind the header. */
    long framePosition(long stripe, int frame) {
        return stripe * sealedBytes(fullChunkBytes()) + (long) frame * (FRAME_BYTES + SEAL_BYTES);
    }

    /** Bytes of all frames of a shard with their seals: where the footer begins behind the header. */
    long framesBytes() {
        return size == 0 ? 0 : framePosition(stripes() - 1, 0) + sealedBytes(chunkBytes(stripes() - 1));
    }

    /** Bytes of a packed shard with a header and a footer of so many. */
    long packedBytes(int headerBytes, int footerBytes) {
        return headerBytes + framesBytes() + footerBytes;
    }

    /** Bytes of a shard file with a footer of so many: blocks, with zeros between the last frame and the footer. */
    long fileBytes(int footerBytes) {
        long bytes = ShardFormat.FILE_HEADER_BYTES + framesBytes() + footerBytes;
        return Math.ceilDiv(bytes, (long) ShardSink.BLOCK_BYTES) * ShardSink.BLOCK_BYTES;
    }
}
