package io.kintsugi.sim.engine;

import io.kintsugi.sim.engine.Instead.Kind;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Locks, latches and monitors, as rewritten code sees them. */
public final class HookLocks {
    private HookLocks() {}

    @Instead(of = ReentrantLock.class, kind = Kind.NEW)
    public static ReentrantLock create() {
        return new SimLock(false);
    }

    @Instead(of = ReentrantLock.class, kind = Kind.NEW)
    public static ReentrantLock create(boolean fair) {
        return new SimLock(fair);
    }

    /** It is a {@link SimLock}'s, since only those have any. */
    @Instead(of = Condition.class)
    public static long awaitNanos(Condition condition, long nanos) throws InterruptedException {
        return condition.awaitNanos(nanos);
    }

    @Instead(of = Condition.class)
    public static boolean await(Condition condition, long time, TimeUnit unit) throws InterruptedException {
        return condition.await(time, unit);
    }

    @Instead(of = CountDownLatch.class, kind = Kind.NEW)
    public static CountDownLatch create(int count) {
        return new Latch(count);
    }

    @Instead(of = CountDownLatch.class)
    public static boolean await(CountDownLatch latch, long time, TimeUnit unit) throws InterruptedException {
        return ((Latch) latch).opened.await(() -> latch.getCount() == 0, unit.toNanos(time));
    }

    private static final class Latch extends CountDownLatch {
        private final Waiters opened = new Waiters();

        Latch(int count) {
            super(count);
        }

        @Override
        public void countDown() {
            super.countDown();
            opened.wake();
        }
    }

    @Instead(of = Semaphore.class, kind = Kind.NEW)
    public static Semaphore createSemaphore(int permits) {
        return new Permits(permits, false);
    }

    @Instead(of = Semaphore.class, kind = Kind.NEW)
    public static Semaphore create(int permits, boolean fair) {
        return new Permits(permits, fair);
    }

    @Instead(of = Semaphore.class)
    public static boolean tryAcquire(Semaphore semaphore, long time, TimeUnit unit) throws InterruptedException {
        return ((Permits) semaphore).released.await(semaphore::tryAcquire, unit.toNanos(time));
    }

    private static final class Permits extends Semaphore {
        private static final long serialVersionUID = 1;
        private final transient Waiters released = new Waiters();

        Permits(int permits, boolean fair) {
            super(permits, fair);
        }

        @Override
        public void release() {
            super.release();
            released.wake();
        }

        @Override
        public void release(int permits) {
            super.release(permits);
            released.wake();
        }
    }

    /** Instead of entering a monitor. */
    public static void enter(Object monitor) {
        Task.current().run().monitors().enter(monitor);
    }

    /** Instead of leaving a monitor. */
    public static void exit(Object monitor) {
        Task.current().run().monitors().exit(monitor);
    }

    @Instead(of = Object.class)
    public static void wait(Object monitor) throws InterruptedException {
        Task.current().run().monitors().wait(monitor, Task.FOREVER);
    }

    @Instead(of = Object.class)
    public static void wait(Object monitor, long millis) throws InterruptedException {
        long nanos = millis == 0 ? Task.FOREVER : TimeUnit.MILLISECONDS.toNanos(millis);
        Task.current().run().monitors().wait(monitor, nanos);
    }

    @Instead(of = Object.class)
    public static void notify(Object monitor) {
        Task.current().run().monitors().signal(monitor, false);
    }

    @Instead(of = Object.class)
    public static void notifyAll(Object monitor) {
        Task.current().run().monitors().signal(monitor, true);
    }
}
