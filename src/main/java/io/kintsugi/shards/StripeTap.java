package io.kintsugi.shards;

import java.nio.ByteBuffer;

/**
 * Sees the plain bytes of a blob as they pass, in order: where digests are computed. Must not keep or change the
 * buffer.
 */
@FunctionalInterface
public interface StripeTap {
    void accept(ByteBuffer bytes);
}
