package io.kintsugi.objects;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Workers in a time of the test's own, which passes only while they work or all that are left wait for their
 * {@link Governor}: one that the machine lets stand still amid its work is not taken for one that works all that time.
 */
final class TimedWorkers {
    private final AtomicLong nanos;
    private final List<FutureTask<?>> tasks = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    /** @param nanos the time; what passes while they work, they add themselves */
    TimedWorkers(AtomicLong nanos) {
        this.nanos = nanos;
    }

    void start(Callable<?> work) {
        FutureTask<?> task = new FutureTask<>(work);
        tasks.add(task);
        threads.add(Thread.ofVirtual().start(task));
    }

    /** Until all have ended; throws what one of them has failed with. */
    void join(long step) throws Exception {
        while (threads.stream().anyMatch(Thread::isAlive)) {
            if (threads.stream().filter(Thread::isAlive).allMatch(TimedWorkers::waits)) {
                nanos.addAndGet(step);
            }
            Thread.yield();
        }
        for (FutureTask<?> task : tasks) {
            task.get();
        }
    }

    /** One that wakes just then has a step too many; the next is not made before it waits again. */
    private static boolean waits(Thread worker) {
        return worker.getState() == Thread.State.TIMED_WAITING
                && Arrays.stream(worker.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(Governor.class.getName()));
    }
}
