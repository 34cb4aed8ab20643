package io.kintsugi.drives;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The platform threads of one drive, never shared with another: a drive that hangs holds its own threads and nobody
 * else's. Threads end when they are idle. Virtual threads would not do: a file call pins their carrier.
 */
final class DriveThreads {
    private static final long STACK_BYTES = 256 << 10;
    private static final long IDLE_SECONDS = 20;

    private final String name;
    private final ThreadPoolExecutor readers;
    private final ThreadPoolExecutor writers;

    DriveThreads(String name, DriveSettings.Threads bounds) {
        this.name = name;
        this.readers = pool("read", bounds.readers(), bounds.queued());
        this.writers = pool("write", bounds.writers(), bounds.queued());
    }

    private ThreadPoolExecutor pool(String duty, int threads, int queued) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(queued), factory(duty));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private ThreadFactory factory(String duty) {
        AtomicInteger number = new AtomicInteger();
        return task -> newThread(duty + "-" + number.getAndIncrement(), task);
    }

    Thread newThread(String duty, Runnable task) {
        Thread thread = new Thread(null, task, "drive-" + name + "-" + duty, STACK_BYTES, false);
        thread.setDaemon(true);
        return thread;
    }

    /** @throws RejectedExecutionException when the queue is full, or the threads are stopped */
    void read(Runnable task) {
        readers.execute(task);
    }

    /** @throws RejectedExecutionException when the queue is full, or the threads are stopped */
    void write(Runnable task) {
        writers.execute(task);
    }

    /** Lets the threads do what was accepted, and waits for them. Interrupts nobody: that would close files. */
    void finish() throws InterruptedException {
        readers.shutdown();
        writers.shutdown();
        for (ThreadPoolExecutor pool : List.of(writers, readers)) {
            boolean ended = false;
            while (!ended) {
                ended = pool.awaitTermination(1, TimeUnit.MINUTES);
            }
        }
    }
}
