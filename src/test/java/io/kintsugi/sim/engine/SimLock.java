package io.kintsugi.sim.engine;

import java.util.ArrayDeque;
import java.util.Date;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** The JDK's lock with conditions that wait in simulated time. */
final class SimLock extends ReentrantLock {
    private static final long serialVersionUID = 1;

    SimLock(boolean fair) {
        super(fair);
    }

    @Override
    public Condition newCondition() {
        return new Signals();
    }

    private static final class Waiter {
        private final Task task = Task.current();
        private boolean signalled;
    }

    private final class Signals implements Condition {
        private final Queue<Waiter> waiting = new ArrayDeque<>();

        /** False when the time was up. */
        private boolean await(long nanos, boolean interruptible) throws InterruptedException {
            requireHeld();
            if (interruptible && Thread.interrupted()) {
                throw new InterruptedException();
            }
            Waiter me = new Waiter();
            waiting.add(me);
            int holds = release();
            boolean interrupted = false;
            long until = me.task.run().after(nanos);
            while (!me.signalled && me.task.run().nanos() < until) {
                me.task.block(until);
                interrupted |= Thread.interrupted();
                if (interrupted && interruptible) {
                    break;
                }
            }
            waiting.remove(me);
            for (int i = 0; i < holds; i++) {
                lock();
            }
            return end(me.signalled, interrupted, interruptible);
        }

        private boolean end(boolean signalled, boolean interrupted, boolean interruptible) throws InterruptedException {
            if (interrupted && interruptible && !signalled) {
                throw new InterruptedException();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return signalled;
        }

        private int release() {
            int holds = getHoldCount();
            for (int i = 0; i < holds; i++) {
                unlock();
            }
            return holds;
        }

        private void requireHeld() {
            if (!isHeldByCurrentThread()) {
                throw new IllegalMonitorStateException();
            }
        }

        @Override
        public void await() throws InterruptedException {
            await(Task.FOREVER, true);
        }

        @Override
        public void awaitUninterruptibly() {
            try {
                await(Task.FOREVER, false);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public long awaitNanos(long nanos) throws InterruptedException {
            Scheduler run = Task.current().run();
            long until = run.after(nanos);
            await(nanos, true);
            return until - run.nanos();
        }

        @Override
        public boolean await(long time, TimeUnit unit) throws InterruptedException {
            return await(unit.toNanos(time), true);
        }

        @Override
        public boolean awaitUntil(Date deadline) {
            throw new UnsupportedOperationException("not simulated");
        }

        @Override
        public void signal() {
            requireHeld();
            wake(waiting.poll());
        }

        @Override
        public void signalAll() {
            requireHeld();
            while (!waiting.isEmpty()) {
                wake(waiting.poll());
            }
        }

        private void wake(Waiter waiter) {
            if (waiter != null) {
                waiter.signalled = true;
                LockSupport.unpark(waiter.task.thread());
            }
        }
    }
}
