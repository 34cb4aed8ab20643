package io.kintsugi.sim.engine.toys;

import io.kintsugi.sim.engine.OneStep;
import io.kintsugi.sim.engine.SimContext;
import io.kintsugi.sim.engine.SimScenario;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/** Two threads use all that others may come before elsewhere, in a class that gives way nowhere. */
@OneStep
public final class Whole implements SimScenario {
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicInteger steps = new AtomicInteger();
    private final Map<String, Integer> counts = new HashMap<>();
    private volatile int inside;

    @Override
    public void run(SimContext context) throws Exception {
        Thread one = context.spawn("one", this::work);
        Thread two = context.spawn("two", this::work);
        one.join();
        two.join();
        context.log("both made " + steps.get() + " steps");
    }

    private void work() {
        for (int i = 0; i < 100; i++) {
            step();
            Thread.yield();
        }
    }

    private void step() {
        if (inside++ != 0) {
            throw new AssertionError("amid a step of the other");
        }
        lock.lock();
        counts.merge("merge", 1, Integer::sum);
        counts.compute("compute", (k, v) -> 1);
        counts.computeIfAbsent("absent", k -> 1);
        counts.computeIfPresent("absent", (k, v) -> 2);
        lock.unlock();
        synchronized (lock) {
            steps.incrementAndGet();
        }
        guarded();
        inside--;
    }

    private synchronized void guarded() {
        steps.incrementAndGet();
    }
}
