package io.kintsugi.drives;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps a native object from being freed under those who use it. Everybody enters before, and leaves after; closing
 * lets nobody in any more and waits for those inside.
 */
final class UseCount {
    private static final int CLOSED = Integer.MIN_VALUE;
    private static final long PAUSE_NANOS = 200_000;

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

    /** Idempotent. Returns whether nobody is inside; if not, the object must be left alone. */
    boolean close(Duration limit) {
        users.getAndUpdate(n -> n | CLOSED);
        long deadline = System.nanoTime() + limit.toNanos();
        while (users.get() != CLOSED) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return true;
    }
}
