package io.kintsugi.sim.engine;

import java.lang.reflect.Constructor;
import java.util.concurrent.Executor;

/** Virtual threads on a scheduler of our own: the one thing that is taken from inside of the JDK. */
final class Continuations {
    private static final Constructor<?> BUILDER = constructor();

    private Continuations() {}

    private static Constructor<?> constructor() {
        try {
            Constructor<?> found = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
                    .getDeclaredConstructor(Executor.class);
            found.setAccessible(true);
            return found;
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new IllegalStateException(
                    "virtual threads can't be scheduled; start the JVM (JDK 25) with"
                            + " --add-opens java.base/java.lang=ALL-UNNAMED",
                    e);
        }
    }

    /** Threads of this builder hand each of their steps to the executor. */
    static Thread.Builder.OfVirtual builder(Executor steps) {
        try {
            return (Thread.Builder.OfVirtual) BUILDER.newInstance(steps);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no virtual thread can be built", e);
        }
    }
}
