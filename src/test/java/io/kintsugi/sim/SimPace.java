package io.kintsugi.sim;

import io.kintsugi.sim.engine.OneStep;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * How long a simulated drive takes: mostly what a fast device takes, now and then much longer. Threads: any; deterministic
 * only where threads are.
 */
@OneStep
public final class SimPace {
    private static final int RARE = 200;
    private static final int LONG_TIMES = 40;

    private final RandomGenerator random;
    private final Consumer<Runnable> atomically;
    private final long latencyNanos;
    private final long syncNanos;
    private volatile int slowness = 1;

    /**
     * @param atomically runs what must not be cut in half when a process is killed
     * @param latency about what a read takes
     * @param sync about what a sync takes
     */
    public SimPace(RandomGenerator random, Consumer<Runnable> atomically, Duration latency, Duration sync) {
        this.random = random;
        this.atomically = atomically;
        this.latencyNanos = latency.toNanos();
        this.syncNanos = sync.toNanos();
    }

    /** Everything takes so many times longer. */
    public void slowDown(int times) {
        slowness = times;
    }

    void atomically(Runnable action) {
        atomically.accept(action);
    }

    void latency() {
        pause(latencyNanos);
    }

    void sync() {
        pause(syncNanos);
    }

    private void pause(long aboutNanos) {
        long nanos = random.nextLong(aboutNanos / 4, 2 * aboutNanos);
        long rare = random.nextInt(RARE) == 0 ? LONG_TIMES : 1;
        try {
            Thread.sleep(Duration.ofNanos(nanos * rare * slowness));
        } catch (InterruptedException e) {
            // who waits for a device can't be interrupted; the flag stays for the caller
            Thread.currentThread().interrupt();
        }
    }
}
