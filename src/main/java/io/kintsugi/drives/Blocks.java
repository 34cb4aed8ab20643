package io.kintsugi.drives;

import java.nio.ByteBuffer;

/** What can go past the page cache. */
final class Blocks {
    private Blocks() {}

    /** Whether what remains in the buffer is aligned, whole blocks of direct memory. */
    static boolean areWhole(ByteBuffer buffer) {
        return buffer.isDirect()
                && areWhole(buffer.remaining())
                && buffer.alignmentOffset(buffer.position(), ShardSink.BLOCK_BYTES) == 0;
    }

    static boolean areWhole(long bytes) {
        return bytes % ShardSink.BLOCK_BYTES == 0;
    }
}
