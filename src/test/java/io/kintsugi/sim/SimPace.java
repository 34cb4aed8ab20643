package io.kintsugi.sim;

import io.kintsugi.sim.engine.OneStep;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a simulated drive takes: mostly what a fast device takes, now and then much longer. Threads: any;
 * deterministic only where threads are.
 */
@OneStep
public final class SimPace {
    private static final int RARE = 200;
    private static final int LONG_TIMES = 40;
    /** However slow the device is by nature: less than what a store takes for late. */
    private static final long MOST_NANOS = Duration.ofMillis(300).toNanos();

    private final RandomGenerator random;
    private final long latencyNanos;
    private final long syncNanos;
    private volatile int slowness = 1;

    /**
     * @param latency about what a read takes
     * @param sync about what a sync takes
     */
    public SimPace(RandomGenerator random, Duration latency, Duration sync) {
        this.random = random;
        this.latencyNanos = latency.toNanos();
        this.syncNanos = sync.toNanos();
    }

    /** Everything takes so many times longer. */
    public void slowDown(int times) {
        slowness = times;
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
            Thread.sleep(Duration.ofNanos(Math.min(nanos * rare, MOST_NANOS) * slowness));
        } catch (InterruptedException e) {
            // who waits for a device can't be interrupted; the flag stays for the caller
            Thread.currentThread().interrupt();
        }
    }
}
