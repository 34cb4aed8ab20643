package io.kintsugi.s3;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How far bodies may be read ahead of those who take them: far when there are few, so that nobody waits for the event
 * loop, and less when there are many, since every buffer is memory of up to {@value #BUFFER_BYTES} bytes. Any thread.
 */
final class BodyWindows {
    /** What Vert.x hands over at a time, at most. */
    static final int BUFFER_BYTES = 64 << 10;

    private static final int MOST = 16;
    private static final int LEAST = 2;
    private static final int SHARED_BYTES = 32 << 20;

    private final AtomicInteger open = new AtomicInteger();

    /** A body begins to be received: the buffers that may be under way or wait to be read. {@link #leave} follows. */
    int enter() {
        int bodies = open.incrementAndGet();
        return Math.clamp(SHARED_BYTES / BUFFER_BYTES / bodies, LEAST, MOST);
    }

    void leave() {
        open.decrementAndGet();
    }
}
