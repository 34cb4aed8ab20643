package io.kintsugi.base;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

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

    /**
     * The same for bytes that lie in several pieces, one at least: a sink that can takes them all in one step.
     *
     * @param release called once for all of them
     * @throws StoreException when the reader has gone or is too slow
     */
    default void writeAll(List<ByteBuffer> pieces, Runnable release) {
        AtomicInteger left = new AtomicInteger(pieces.size());
        Runnable one = () -> {
            if (left.decrementAndGet() == 0) {
                release.run();
            }
        };
        int handed = 0;
        try {
            for (ByteBuffer piece : pieces) {
                handed++;
                write(piece, one);
            }
        } finally {
            for (int i = handed; i < pieces.size(); i++) {
                one.run();
            }
        }
    }

    /**
     * Takes what the source has, until it has nothing more at once, and returns then. A sink whose bytes another thread
     * sends may let that thread ask the source, but no longer than this call lasts.
     *
     * @throws StoreException when the reader has gone or is too slow, and what the source throws
     */
    default void drain(PieceSource source) {
        for (Optional<PieceSource.Pieces> next = source.next(); next.isPresent(); next = source.next()) {
            writeAll(next.get().bytes(), next.get().release());
        }
    }
}
