package io.kintsugi.codec;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;

/**
 * Where a digest of blocks of 64 bytes has come to in pieces of memory, for kernels that eat whole blocks of several
 * digests at a time. What such a kernel can't eat, the parts of blocks at both ends of a piece, is eaten here.
 *
 * <p>The pieces must stay reachable until their bytes are eaten, since addresses hold nothing. Not thread-safe.
 */
final class BlockCursor {
    static final int BLOCK_BYTES = 64;

    private final int kernel;
    private final int path;
    private final byte[] context;
    private final Iterator<ByteBuffer> next;
    private int partial;
    private long address;
    private long left;

    /**
     * @param kernel whose blocks have 64 bytes, and the way that it takes for parts of blocks
     * @param context of the digest, for this cursor alone until it has come to its end
     * @param seen bytes that the digest has eaten before
     * @param pieces direct buffers; their positions stay where they are
     */
    BlockCursor(Kernel kernel, CodecPath path, byte[] context, long seen, List<ByteBuffer> pieces) {
        this.kernel = kernel.ordinal();
        this.path = path.ordinal();
        this.context = context;
        this.partial = (int) (seen % BLOCK_BYTES);
        this.next = pieces.iterator();
    }

    byte[] context() {
        return context;
    }

    /** Of the next block. */
    long address() {
        return address;
    }

    /** Whole blocks that lie there in one piece. */
    long blocks() {
        return left / BLOCK_BYTES;
    }

    /** Goes on to where whole blocks lie; false at the end, when all is eaten. */
    boolean hasBlocks() {
        while (partial > 0 || left < BLOCK_BYTES) {
            if (left > 0) {
                eatBytes(Math.min(left, BLOCK_BYTES - partial));
            } else if (next.hasNext()) {
                ByteBuffer piece = next.next();
                address = piece.position() + Kernels.address(piece);
                left = piece.remaining();
            } else {
                return false;
            }
        }
        return true;
    }

    /** Eats so many of {@link #blocks}. */
    void eat(long blocks) {
        eatBytes(blocks * BLOCK_BYTES);
    }

    /** So many of {@link #blocks} were eaten elsewhere. */
    void ate(long blocks) {
        ateBytes(blocks * BLOCK_BYTES);
    }

    /** Eats what is left of all pieces. */
    void eatAll() {
        while (hasBlocks()) {
            eat(blocks());
        }
    }

    private void eatBytes(long bytes) {
        Kernels.digestUpdate(kernel, path, context, address, bytes);
        ateBytes(bytes);
    }

    private void ateBytes(long bytes) {
        address += bytes;
        left -= bytes;
        partial = (int) ((partial + bytes) % BLOCK_BYTES);
    }
}
