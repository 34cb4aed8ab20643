package io.kintsugi.base;

import java.nio.ByteBuffer;

/** Takes bytes in order, from one thread, and blocks (a virtual thread) while its reader is slower than that. */
@FunctionalInterface
public interface ByteSink {
    /**
     * Takes {@code bytes} over, without a copy: they must not change until the sink has called {@code release}, which
     * it does exactly once, on any thread, also when it fails.
     *
     * @throws StoreException when the reader has gone or is too slow
     */
    void write(ByteBuffer bytes, Runnable release);
}
