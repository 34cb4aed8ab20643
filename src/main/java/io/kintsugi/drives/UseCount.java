package io.kintsugi.drives;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps a native object from being freed under those who use it. Everybody enters before, and leaves after; closing
 * lets nobody in any more and waits for those inside.
 */
final class UseCount {
    private static final int CLOSED = Integer.MIN_VALUE;
    private static final long FIRST_PAUSE_NANOS = 50_000;
    private static final long LAST_PAUSE_NANOS = 50_000_000;

    private final AtomicInteger users = new AtomicInteger();

    /** Whether it may be used; if so, {@link #leave} must follow. */
    boolean enter() {
        if (users.incrementAndGet() > 0) {
            return true;
        }
        users.decrementAndGet();
        return false;
    }

    void leave() {
        users.decrementAndGet();
    }

    /** Idempotent. Returns when nobody is inside any more. */
    void close() {
        users.getAndUpdate(n -> n | CLOSED);
        long pause = FIRST_PAUSE_NANOS;
        while (users.get() != CLOSED) {
            LockSupport.parkNanos(pause);
            pause = Math.min(2 * pause, LAST_PAUSE_NANOS);
        }
    }
}
