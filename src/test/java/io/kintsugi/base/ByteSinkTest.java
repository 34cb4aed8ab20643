package io.kintsugi.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Pieces that a sink takes one by one. */
class ByteSinkTest {
    private static final List<ByteBuffer> PIECES =
            List.of(ByteBuffer.allocate(1), ByteBuffer.allocate(2), ByteBuffer.allocate(3));

    private final AtomicInteger released = new AtomicInteger();

    @Test
    void theReleaseIsCalledOnceAfterTheLastPiece() {
        List<Runnable> releases = new ArrayList<>();
        ByteSink sink = (bytes, release) -> releases.add(release);
        sink.writeAll(PIECES, released::incrementAndGet);
        assertEquals(3, releases.size());
        releases.get(2).run();
        releases.get(0).run();
        assertEquals(0, released.get());
        releases.get(1).run();
        assertEquals(1, released.get());
    }

    @Test
    void itIsCalledOnceWhenAPieceIsRefused() {
        ByteSink sink = (bytes, release) -> {
            release.run();
            if (bytes.remaining() == 2) {
                throw new IllegalStateException("enough");
            }
        };
        assertThrows(IllegalStateException.class, () -> sink.writeAll(PIECES, released::incrementAndGet));
        assertEquals(1, released.get());
    }
}
