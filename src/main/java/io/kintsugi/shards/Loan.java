package io.kintsugi.shards;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Memory that is lent to a step which may begin late, or never. It is given back once: by the step when it has ended,
 * or before it has begun by whoever doesn't want it any more. Any thread.
 */
final class Loan {
    private enum State {
        WAITING,
        BEGUN,
        RETURNED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private final Runnable release;

    Loan(Runnable release) {
        this.release = release;
    }

    /** Whether the step may look at the memory; if so, {@link #end} must follow. */
    boolean begin() {
        return state.compareAndSet(State.WAITING, State.BEGUN);
    }

    void end() {
        if (state.getAndSet(State.RETURNED) != State.RETURNED) {
            release.run();
        }
    }

    /** Gives the memory back unless the step has begun. */
    void drop() {
        if (state.compareAndSet(State.WAITING, State.RETURNED)) {
            release.run();
        }
    }

    boolean isReturned() {
        return state.get() == State.RETURNED;
    }
}
