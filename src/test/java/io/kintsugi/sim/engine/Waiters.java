package io.kintsugi.sim.engine;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Threads that wait for something to become true, each at most until a simulated time. */
final class Waiters {
    private final Queue<Task> waiting = new ArrayDeque<>();

    /** False when the time was up first; it is asked once more then. */
    boolean await(BooleanSupplier condition, long nanos) throws InterruptedException {
        Task me = Task.current();
        long until = me.run().after(nanos);
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (condition.getAsBoolean()) {
                return true;
            }
            if (me.run().nanos() >= until) {
                return false;
            }
            waiting.add(me);
            me.block(until);
            waiting.remove(me);
        }
    }

    /** What they wait for may have become true. */
    void wake() {
        waiting.forEach(task -> LockSupport.unpark(task.thread()));
    }
}
