package io.kintsugi.objects;

import io.kintsugi.base.StoreException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets so many copies through at a time. A copy holds the memory of its read while its write asks for more: too many of
 * them would hold all there is, and each wait for the others. First come, first served; thread-safe.
 */
final class CopyGate {
    private static final int COPIES = 16;
    private static final Duration WAIT = Duration.ofSeconds(30);

    private final Semaphore free;
    private final Duration wait;

    CopyGate() {
        this(COPIES, WAIT);
    }

    CopyGate(int copies, Duration wait) {
        this.free = new Semaphore(copies, true);
        this.wait = wait;
    }

    /** The leave to copy, until it is closed. */
    @FunctionalInterface
    interface Permit extends AutoCloseable {
        @Override
        void close();
    }

    /** @throws StoreException.Unavailable {@code SLOW_DOWN} when it stays full */
    Permit enter() {
        try {
            if (free.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                return free::release;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new StoreException.Unavailable(
                StoreException.Unavailable.Kind.SLOW_DOWN, "Too many copies are under way: try again");
    }
}
