package io.kintsugi.sim.engine;

import java.lang.reflect.Constructor;
import java.util.concurrent.Executor;

/** Virtual threads on a scheduler of our own: the one thing that is taken from inside of the JDK. */
final class Continuations {
    /** By default the JDK keeps a list of all virtual threads, so that one that never ends is never garbage. */
    private static final String TRACKED = "jdk.trackAllThreads";

    private static final Constructor<?> BUILDER = constructor();

    private Continuations() {}

    private static Constructor<?> constructor() {
        if (!"false".equals(System.getProperty(TRACKED))) {
            throw new IllegalStateException(
                    "threads of ended runs would never be collected; start the JVM with -D" + TRACKED + "=false");
        }
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
