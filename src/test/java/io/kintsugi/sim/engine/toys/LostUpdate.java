package io.kintsugi.sim.engine.toys;

import io.kintsugi.sim.engine.SimContext;
import io.kintsugi.sim.engine.SimScenario;
import java.util.concurrent.atomic.AtomicInteger;

/** Two threads count with a gap between reading and writing, so now and then one count is lost. */
public final class LostUpdate implements SimScenario {
    private final AtomicInteger counter = new AtomicInteger();

    @Override
    public void run(SimContext context) throws Exception {
        Thread first = context.spawn("first", this::count);
        Thread second = context.spawn("second", this::count);
        first.join();
        second.join();
        context.log("counted " + counter.get());
        if (counter.get() != 2) {
            throw new AssertionError("lost an update");
        }
    }

    private void count() {
        counter.set(counter.get() + 1);
    }
}
