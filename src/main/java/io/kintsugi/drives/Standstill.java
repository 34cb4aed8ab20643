package io.kintsugi.drives;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Notices that the whole process stood still, as when its machine was paused or moved, or gave it no processor for
 * long: what the drives did not answer meanwhile is not their fault. Seen by the gap between two beats of a thread that
 * does nothing else. Any thread.
 */
final class Standstill implements AutoCloseable {
    /** A beat that is so late is more than a busy machine. */
    static final Duration LATE = Duration.ofSeconds(2);

    private static final System.Logger LOG = System.getLogger(Standstill.class.getName());
    private static final Duration BEAT = Duration.ofMillis(250);

    private final LongSupplier nanos;
    private final Thread thread;
    private volatile long beat;
    private volatile long resumed;
    private volatile boolean stood;

    Standstill() {
        this(System::nanoTime);
        thread.start();
    }

    /** Without the thread: {@link #beat} is for the caller to call. */
    Standstill(LongSupplier nanos) {
        this.nanos = nanos;
        this.beat = nanos.getAsLong();
        this.thread = Thread.ofPlatform().daemon().name("standstill").unstarted(this::watch);
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(BEAT);
                beat();
            }
        } catch (InterruptedException e) {
            // it is closed
            Thread.currentThread().interrupt();
        }
    }

    void beat() {
        long now = nanos.getAsLong();
        long gap = now - beat;
        if (gap > LATE.toNanos()) {
            resumed = now;
            stood = true;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "This process stood still for {0} s, as when its machine is paused or has no processor for it:"
                            + " drives are not blamed for that",
                    Duration.ofNanos(gap).toSeconds());
        }
        beat = now;
    }

    /** For how long the process has run since it stood still; the greatest number there is when it never did. */
    long ranNanos() {
        long now = nanos.getAsLong();
        if (now - beat > LATE.toNanos()) {
            return 0;
        }
        return stood ? now - resumed : Long.MAX_VALUE;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
