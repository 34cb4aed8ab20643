package io.kintsugi.sim.engine.toys;

import io.kintsugi.sim.engine.SimContext;
import io.kintsugi.sim.engine.SimScenario;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Code to make mistakes in. */
public final class Mutated implements SimScenario {
    private int synced;

    @Override
    public void run(SimContext context) {
        write();
        inLambda();
        boolean later = later(7L, "x").join() == null;
        context.log("synced " + synced + ", allowed " + allowed() + ", sum " + sum(40, 2L) + ", name " + name()
                + ", later " + later);
    }

    private void write() {
        sync();
        sync();
    }

    private void inLambda() {
        List.of(1).forEach(i -> sync());
    }

    private void sync() {
        synced++;
    }

    private boolean allowed() {
        return synced < 0;
    }

    private static long sum(int a, long b) {
        return a + b;
    }

    private String name() {
        return "real";
    }

    private CompletableFuture<Void> later(long a, String b) {
        return a > 0 ? later(-a, b) : CompletableFuture.completedFuture(null);
    }
}
