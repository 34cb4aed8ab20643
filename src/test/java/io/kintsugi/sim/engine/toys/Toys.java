package io.kintsugi.sim.engine.toys;

import io.kintsugi.sim.engine.SimContext;
import io.kintsugi.sim.engine.SimProcess;
import io.kintsugi.sim.engine.SimScenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/** Scenarios with one thing to show each. */
public final class Toys {
    private Toys() {}

    /** Two threads take two locks in opposite orders. */
    public static final class Deadlock implements SimScenario {
        private final ReentrantLock left = new ReentrantLock();
        private final Object right = new Object();

        @Override
        public void run(SimContext context) throws Exception {
            Thread one = context.spawn("one", this::leftFirst);
            Thread two = context.spawn("two", this::rightFirst);
            one.join();
            two.join();
        }

        private void leftFirst() {
            left.lock();
            try {
                synchronized (right) {
                    Thread.yield();
                }
            } finally {
                left.unlock();
            }
        }

        private synchronized void rightFirst() {
            synchronized (right) {
                left.lock();
                left.unlock();
            }
        }
    }

    /** Makes a source of real chance. */
    public static final class Forbidden implements SimScenario {
        @Override
        public void run(SimContext context) {
            context.log("" + new Random().nextInt());
        }
    }

    /** A process with a lock, a {@code finally} and a callback is killed. */
    public static final class Killed implements SimScenario {
        private int steps;
        private boolean dead;

        @Override
        public void run(SimContext context) throws Exception {
            SimProcess victim = context.process("victim");
            victim.spawn("worker", () -> work(context));
            victim.spawn("waiter", this::waitLong);
            Thread.sleep(context.random().nextInt(50));
            context.kill(victim);
            dead = true;
            int before = steps;
            victim.spawn("late", this::step);
            Thread.sleep(10_000);
            if (steps != before || victim.alive()) {
                throw new AssertionError("a dead process made " + (steps - before) + " steps");
            }
            context.log("it made " + steps + " steps and none after");
        }

        private void work(SimContext context) {
            context.spawn("child", this::waitLong);
            try {
                while (true) {
                    step();
                    Thread.sleep(1);
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            } finally {
                step();
            }
        }

        private void waitLong() {
            try {
                new CountDownLatch(1).await(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            } finally {
                step();
            }
        }

        private void step() {
            steps++;
            if (dead) {
                throw new AssertionError("a step of the dead");
            }
        }
    }

    /** Every wait with a time limit, each of another length. */
    public static final class Timers implements SimScenario {
        private final List<Integer> order = new ArrayList<>();

        private interface Wait {
            void until(long millis) throws Exception;
        }

        @Override
        public void run(SimContext context) throws Exception {
            ReentrantLock lock = new ReentrantLock();
            var condition = lock.newCondition();
            List<Wait> waits = List.of(
                    Thread::sleep,
                    millis -> new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS),
                    millis -> new Semaphore(0).tryAcquire(millis, TimeUnit.MILLISECONDS),
                    millis -> new LinkedBlockingQueue<String>().poll(millis, TimeUnit.MILLISECONDS),
                    millis -> new CompletableFuture<String>()
                            .completeOnTimeout("", millis, TimeUnit.MILLISECONDS)
                            .get(),
                    Timers::waitForFuture,
                    millis -> {
                        lock.lock();
                        condition.await(millis, TimeUnit.MILLISECONDS);
                        lock.unlock();
                    },
                    millis -> {
                        synchronized (order) {
                            order.wait(millis);
                        }
                    });
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < waits.size(); i++) {
                int number = i;
                threads.add(context.spawn("t" + i, () -> wait(waits.get(number), waits.size() - number, context)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            context.log("" + order);
        }

        private static void waitForFuture(long millis) throws Exception {
            try {
                new CompletableFuture<String>().get(millis, TimeUnit.MILLISECONDS);
                throw new AssertionError("nobody completed it");
            } catch (TimeoutException expected) {
                // it was waited for
            }
        }

        private void wait(Wait wait, int seconds, SimContext context) {
            try {
                long start = System.nanoTime();
                wait.until(seconds * 1000L);
                long waited = System.nanoTime() - start;
                if (waited < seconds * 1_000_000_000L || waited > seconds * 1_000_000_000L + 1_000_000) {
                    throw new AssertionError(seconds + " s took " + waited + " ns");
                }
                order.add(seconds);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }
}
