package io.kintsugi.sim.engine;

import io.kintsugi.sim.engine.Instead.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The JDK's thread pools on simulated threads, which never end for idleness. */
public final class HookExecutors {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final String POOL_PARAMETERS = "(IIJLjava/util/concurrent/TimeUnit;"
            + "Ljava/util/concurrent/BlockingQueue;Ljava/util/concurrent/ThreadFactory;)";

    private HookExecutors() {}

    @Instead(of = ThreadPoolExecutor.class, kind = Kind.NEW, packed = POOL_PARAMETERS)
    @SuppressWarnings("unchecked")
    public static ThreadPoolExecutor create(Object[] arguments) {
        if (!arguments[0].equals(arguments[1])) {
            throw Task.refuse("a pool whose threads end while it is used is not simulated");
        }
        return new Pool((Integer) arguments[0], (BlockingQueue<Runnable>) arguments[4], (ThreadFactory) arguments[5]);
    }

    @Instead(of = Executors.class, kind = Kind.STATIC)
    public static ExecutorService newSingleThreadExecutor(ThreadFactory threads) {
        return newFixedThreadPool(1, threads);
    }

    @Instead(of = Executors.class, kind = Kind.STATIC)
    public static ExecutorService newSingleThreadExecutor() {
        return newFixedThreadPool(1);
    }

    @Instead(of = Executors.class, kind = Kind.STATIC)
    public static ExecutorService newFixedThreadPool(int count) {
        return newFixedThreadPool(count, HookThreads.factory(new SimThreadBuilder()));
    }

    @Instead(of = Executors.class, kind = Kind.STATIC)
    public static ExecutorService newFixedThreadPool(int count, ThreadFactory threads) {
        return new Pool(count, new LinkedBlockingQueue<>(), threads);
    }

    @Instead(of = Executors.class, kind = Kind.STATIC)
    public static ExecutorService newVirtualThreadPerTaskExecutor() {
        return newThreadPerTaskExecutor(HookThreads.factory(new SimThreadBuilder()));
    }

    @Instead(of = Executors.class, kind = Kind.STATIC)
    public static ExecutorService newThreadPerTaskExecutor(ThreadFactory threads) {
        return Executors.newThreadPerTaskExecutor(threads);
    }

    @Instead(of = ExecutorService.class)
    public static boolean awaitTermination(ExecutorService pool, long time, TimeUnit unit) throws InterruptedException {
        Scheduler run = Task.current().run();
        long until = run.after(unit.toNanos(time));
        while (!pool.isTerminated() && run.nanos() < until) {
            new Waiters().await(pool::isTerminated, Math.min(LOOK_NANOS, until - run.nanos()));
        }
        return pool.isTerminated();
    }

    // Pools keep their threads in sets that are ordered by identity.

    @Instead(of = ExecutorService.class)
    public static void shutdown(ExecutorService pool) {
        Task.current().run().inOrder(pool::shutdown);
    }

    @Instead(of = ExecutorService.class)
    public static List<Runnable> shutdownNow(ExecutorService pool) {
        List<Runnable> left = new ArrayList<>();
        Task.current().run().inOrder(() -> left.addAll(pool.shutdownNow()));
        return left;
    }

    @Instead(of = ExecutorService.class)
    public static void close(ExecutorService pool) {
        shutdown(pool);
        boolean interrupted = false;
        while (!pool.isTerminated()) {
            try {
                awaitTermination(pool, Task.FOREVER, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                shutdownNow(pool);
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Pool extends ThreadPoolExecutor {
        Pool(int count, BlockingQueue<Runnable> queue, ThreadFactory threads) {
            super(count, count, 1, TimeUnit.HOURS, queue, threads);
        }

        @Override
        public void allowCoreThreadTimeOut(boolean allowed) {
            // idle threads cost nothing here
        }
    }
}
