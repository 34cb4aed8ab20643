package io.kintsugi.base;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** Bytes that come in order, as long as they are there without waiting. Used by one thread at a time. */
@FunctionalInterface
public interface PieceSource {
    /** What comes next; empty at the end, and when it has to be waited for. Never waits. */
    Optional<Pieces> next();

    /**
     * Bytes that lie in several pieces, one at least.
     *
     * @param release to be called once when none of them is needed any more
     */
    record Pieces(List<ByteBuffer> bytes, Runnable release) {}
}
