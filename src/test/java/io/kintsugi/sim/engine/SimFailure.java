package io.kintsugi.sim.engine;

/** The run itself went wrong: a deadlock, no end, or something that can't be simulated. */
public final class SimFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    SimFailure(String message) {
        super(message);
    }

    SimFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
