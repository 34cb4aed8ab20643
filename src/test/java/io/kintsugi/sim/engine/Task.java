package io.kintsugi.sim.engine;

import java.util.concurrent.locks.LockSupport;

/** A simulated thread. */
final class Task {
    private static final ThreadLocal<Task> CURRENT = new ThreadLocal<>();
    static final long FOREVER = Long.MAX_VALUE;

    final int id;
    final Group group;
    final Waiters ended = new Waiters();
    private final Scheduler scheduler;
    private final Thread thread;
    private final SimThreadBuilder made;
    private int atomic;
    private boolean done;

    /** Registers nothing; the scheduler learns of it when it is started. */
    Task(Scheduler scheduler, int id, Group group, SimThreadBuilder made, Runnable body) {
        this.scheduler = scheduler;
        this.id = id;
        this.group = group;
        this.thread = Continuations.builder(step -> scheduler.ready(this, step))
                .name(made.nextName(id))
                .inheritInheritableThreadLocals(false)
                .unstarted(() -> main(body));
        thread.setContextClassLoader(scheduler.loader());
        this.made = made;
    }

    static Task current() {
        Task task = CURRENT.get();
        if (task == null) {
            throw new IllegalStateException(Thread.currentThread() + " is no simulated thread");
        }
        return task;
    }

    /** For what can't be simulated: it fails the run, whoever catches what is thrown. */
    static SimFailure refuse(String problem) {
        SimFailure failure = new SimFailure(problem);
        Task task = current();
        task.scheduler.failed(task, failure);
        return failure;
    }

    static Task currentOrNull() {
        return CURRENT.get();
    }

    Scheduler run() {
        return scheduler;
    }

    Thread thread() {
        return thread;
    }

    boolean isDone() {
        return done;
    }

    private void main(Runnable body) {
        CURRENT.set(this);
        try {
            body.run();
        } catch (Throwable e) {
            made.handler().ifPresentOrElse(h -> h.uncaughtException(thread, e), () -> scheduler.failed(this, e));
        } finally {
            done = true;
            ended.wake();
        }
    }

    /** Classes serve many runs, so their initialisers can't depend on one. */
    void requireNoInitialiser(String action) {
        if (scheduler.loader().statics().isInitialising()) {
            throw refuse("a static initialiser " + action + ", which differs from run to run");
        }
    }

    /** Waits until it is unparked or this time has come; may return early. */
    void block(long untilNanos) {
        requireNoInitialiser("waits");
        if (untilNanos == FOREVER) {
            LockSupport.park(this);
            return;
        }
        Scheduler.Timer timer = scheduler.at(untilNanos, () -> LockSupport.unpark(thread));
        LockSupport.park(this);
        timer.cancel();
    }

    /** Here the thread may have to give way. */
    void point() {
        if (atomic == 0 && scheduler.shouldSwitch()) {
            Thread.yield();
        }
    }

    void enterAtomic() {
        atomic++;
    }

    void leaveAtomic() {
        atomic--;
    }
}
