package io.kintsugi.sim.engine;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/** What {@code synchronized} means in a run: a lock and a condition for each object that is in use as a monitor. */
final class Monitors {
    private static final class Monitor {
        private final SimLock lock = new SimLock(false);
        private final Condition changed = lock.newCondition();
        private int users;
    }

    private final Map<Object, Monitor> used = new IdentityHashMap<>();

    void enter(Object object) {
        if (object == null) {
            throw new NullPointerException("synchronized (null)");
        }
        Monitor monitor = used.computeIfAbsent(object, o -> new Monitor());
        monitor.users++;
        monitor.lock.lock();
    }

    void exit(Object object) {
        Monitor monitor = held(object);
        monitor.lock.unlock();
        if (--monitor.users == 0) {
            used.remove(object);
        }
    }

    void wait(Object object, long nanos) throws InterruptedException {
        held(object).changed.await(nanos, TimeUnit.NANOSECONDS);
    }

    void signal(Object object, boolean all) {
        Condition changed = held(object).changed;
        if (all) {
            changed.signalAll();
        } else {
            changed.signal();
        }
    }

    private Monitor held(Object object) {
        Monitor monitor = used.get(object);
        if (monitor == null || !monitor.lock.isHeldByCurrentThread()) {
            throw new IllegalMonitorStateException();
        }
        return monitor;
    }
}
