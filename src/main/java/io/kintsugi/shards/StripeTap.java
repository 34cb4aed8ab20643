package io.kintsugi.shards;

import java.nio.ByteBuffer;

/**
 * Sees the plain bytes of a blob as they pass, in order, a stripe at a time: where digests are computed. Must not keep
 * or change the buffers.
 */
@FunctionalInterface
public interface StripeTap {
    void accept(ByteBuffer... pieces);
}
