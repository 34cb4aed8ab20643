package io.kintsugi.sim.engine;

import java.util.Optional;

/** Stands for the builders of {@link Thread}, which can't be implemented. */
public final class SimThreadBuilder {
    private String prefix = "";
    private long next = -1;
    private Optional<Thread.UncaughtExceptionHandler> handler = Optional.empty();

    SimThreadBuilder name(String name) {
        prefix = name;
        next = -1;
        return this;
    }

    SimThreadBuilder name(String name, long start) {
        prefix = name;
        next = start;
        return this;
    }

    SimThreadBuilder handler(Thread.UncaughtExceptionHandler wanted) {
        handler = Optional.of(wanted);
        return this;
    }

    Optional<Thread.UncaughtExceptionHandler> handler() {
        return handler;
    }

    /** Unnamed threads are told apart by their number. */
    String nextName(int id) {
        if (prefix.isEmpty()) {
            return "thread-" + id;
        }
        return next < 0 ? prefix : prefix + next++;
    }
}
