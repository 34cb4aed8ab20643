package io.kintsugi.base;

import java.util.function.Supplier;

/**
 * Event loops never block: what runs on one says so here, and whatever waits asks first, both in {@code assert}
 * statements. So a wait on an event loop fails every test that comes there, as tests run with assertions, and costs
 * nothing where they are off.
 */
public final class NoWait {
    /** What is wrong when {@link #mayWait} says no. */
    public static final String COMPLAINT = "an event loop would wait here: this belongs on a virtual thread";

    private static final ThreadLocal<Boolean> HERE = new ThreadLocal<>();

    private NoWait() {}

    /** Runs what must not wait. With assertions off it only runs it. */
    public static <T> T run(Supplier<T> task) {
        assert begin();
        try {
            return task.get();
        } finally {
            assert end();
        }
    }

    /** For an {@code assert} before everything that waits. */
    public static boolean mayWait() {
        return HERE.get() == null;
    }

    private static boolean begin() {
        HERE.set(true);
        return true;
    }

    private static boolean end() {
        HERE.remove();
        return true;
    }
}
