package io.kintsugi.sim.engine;

import io.kintsugi.sim.engine.Instead.Kind;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Threads, as rewritten code sees them. */
public final class HookThreads {
    private HookThreads() {}

    @Instead(of = Thread.class, kind = Kind.STATIC)
    public static SimThreadBuilder ofPlatform() {
        return new SimThreadBuilder();
    }

    @Instead(of = Thread.class, kind = Kind.STATIC)
    public static SimThreadBuilder ofVirtual() {
        return new SimThreadBuilder();
    }

    @Instead(of = Thread.Builder.OfPlatform.class)
    public static SimThreadBuilder daemon(Object builder) {
        return (SimThreadBuilder) builder;
    }

    @Instead(of = Thread.Builder.OfPlatform.class)
    public static SimThreadBuilder daemon(Object builder, boolean on) {
        return (SimThreadBuilder) builder;
    }

    @Instead(of = Thread.Builder.OfPlatform.class)
    public static SimThreadBuilder stackSize(Object builder, long bytes) {
        return (SimThreadBuilder) builder;
    }

    @Instead(of = Thread.Builder.OfPlatform.class)
    public static SimThreadBuilder priority(Object builder, int priority) {
        return (SimThreadBuilder) builder;
    }

    @Instead(of = Thread.Builder.class)
    public static SimThreadBuilder name(Object builder, String name) {
        return ((SimThreadBuilder) builder).name(name);
    }

    @Instead(of = Thread.Builder.class)
    public static SimThreadBuilder name(Object builder, String prefix, long start) {
        return ((SimThreadBuilder) builder).name(prefix, start);
    }

    @Instead(of = Thread.Builder.class)
    public static SimThreadBuilder uncaughtExceptionHandler(Object builder, Thread.UncaughtExceptionHandler handler) {
        return ((SimThreadBuilder) builder).handler(handler);
    }

    @Instead(of = Thread.Builder.class)
    public static Thread unstarted(Object builder, Runnable body) {
        return thread((SimThreadBuilder) builder, body);
    }

    @Instead(of = Thread.Builder.class)
    public static Thread start(Object builder, Runnable body) {
        Thread thread = unstarted(builder, body);
        thread.start();
        return thread;
    }

    @Instead(of = Thread.Builder.class)
    public static ThreadFactory factory(Object builder) {
        return body -> unstarted(builder, body);
    }

    private static Thread thread(SimThreadBuilder builder, Runnable body) {
        Task maker = Task.current();
        return maker.run().create(maker.group, builder, body).thread();
    }

    @Instead(of = Thread.class, kind = Kind.STATIC)
    public static Thread startVirtualThread(Runnable body) {
        return start(new SimThreadBuilder(), body);
    }

    @Instead(of = Thread.class, kind = Kind.NEW)
    public static Thread create(Runnable body) {
        return thread(new SimThreadBuilder(), body);
    }

    @Instead(of = Thread.class, kind = Kind.NEW)
    public static Thread create(Runnable body, String name) {
        return thread(new SimThreadBuilder().name(name), body);
    }

    @Instead(of = Thread.class, kind = Kind.NEW)
    public static Thread create(ThreadGroup group, Runnable body, String name, long stackBytes, boolean inherit) {
        return thread(new SimThreadBuilder().name(name), body);
    }

    @Instead(of = Thread.class)
    public static void setDaemon(Thread thread, boolean on) {
        // simulated threads hold nobody from ending
    }

    @Instead(of = Thread.class)
    public static void setPriority(Thread thread, int priority) {
        // chance decides
    }

    @Instead(of = Thread.class, kind = Kind.STATIC)
    public static void yield() {
        Thread.yield();
    }

    @Instead(of = Thread.class, kind = Kind.STATIC)
    public static void onSpinWait() {
        Thread.yield();
    }

    @Instead(of = Thread.class, kind = Kind.STATIC)
    public static void sleep(long millis) throws InterruptedException {
        sleepNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Instead(of = Thread.class, kind = Kind.STATIC)
    public static void sleep(Duration time) throws InterruptedException {
        sleepNanos(TimeUnit.NANOSECONDS.convert(time));
    }

    @Instead(of = TimeUnit.class)
    public static void sleep(TimeUnit unit, long time) throws InterruptedException {
        sleepNanos(unit.toNanos(time));
    }

    private static void sleepNanos(long nanos) throws InterruptedException {
        if (nanos <= 0) {
            Thread.yield();
        }
        new Waiters().await(() -> false, nanos);
    }

    @Instead(of = Thread.class)
    public static void join(Thread thread, long millis) throws InterruptedException {
        join(thread, millis == 0 ? Task.FOREVER : TimeUnit.MILLISECONDS.toNanos(millis), TimeUnit.NANOSECONDS);
    }

    @Instead(of = Thread.class)
    public static boolean join(Thread thread, Duration time) throws InterruptedException {
        return join(thread, TimeUnit.NANOSECONDS.convert(time), TimeUnit.NANOSECONDS);
    }

    private static boolean join(Thread thread, long time, TimeUnit unit) throws InterruptedException {
        if (thread.getState() == Thread.State.TERMINATED) {
            return true;
        }
        Task task = Task.current().run().taskOf(thread);
        return task.ended.await(task::isDone, unit.toNanos(time));
    }

    @Instead(of = LockSupport.class, kind = Kind.STATIC)
    public static void parkNanos(long nanos) {
        if (nanos > 0) {
            Task me = Task.current();
            me.block(me.run().after(nanos));
        }
    }

    @Instead(of = LockSupport.class, kind = Kind.STATIC)
    public static void parkNanos(Object blocker, long nanos) {
        parkNanos(nanos);
    }
}
