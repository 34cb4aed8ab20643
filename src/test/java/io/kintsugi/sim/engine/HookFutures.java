package io.kintsugi.sim.engine;

import io.kintsugi.sim.engine.Instead.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Futures that are waited for in simulated time. */
public final class HookFutures {
    private static final Executor THREAD_EACH = HookThreads::startVirtualThread;

    private HookFutures() {}

    @Instead(of = Future.class)
    public static Object get(Future<?> future, long time, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (!future.isDone()) {
            Waiters waiters = new Waiters();
            if (!(future instanceof CompletableFuture<?> completable)) {
                throw Task.refuse("only a CompletableFuture can be waited for with a time limit, not " + future);
            }
            CompletableFuture<?> callback = completable.whenComplete((value, e) -> waiters.wake());
            if (!waiters.await(future::isDone, unit.toNanos(time))) {
                callback.cancel(false);
                throw new TimeoutException();
            }
        }
        return future.get();
    }

    @Instead(of = CompletableFuture.class)
    public static <T> CompletableFuture<T> completeOnTimeout(
            CompletableFuture<T> future, T value, long time, TimeUnit unit) {
        return later(future, () -> future.complete(value), unit.toNanos(time));
    }

    @Instead(of = CompletableFuture.class)
    public static <T> CompletableFuture<T> orTimeout(CompletableFuture<T> future, long time, TimeUnit unit) {
        return later(future, () -> future.completeExceptionally(new TimeoutException()), unit.toNanos(time));
    }

    /** The JDK has one thread for all time-outs; here each has its own. */
    private static <T> CompletableFuture<T> later(CompletableFuture<T> future, Runnable action, long nanos) {
        if (!future.isDone()) {
            Task me = Task.current();
            Scheduler run = me.run();
            Scheduler.Timer timer = run.at(run.after(nanos), () -> me.group.spawn("time-out", action));
            future.whenComplete((value, e) -> timer.cancel());
        }
        return future;
    }

    /** Hands tasks on after a while, each in a thread of the process that asked. */
    @Instead(of = CompletableFuture.class, kind = Kind.STATIC)
    public static Executor delayedExecutor(long time, TimeUnit unit, Executor then) {
        return body -> {
            Task me = Task.current();
            Scheduler run = me.run();
            run.at(run.after(unit.toNanos(time)), () -> me.group.spawn("delayed", () -> then.execute(body)));
        };
    }

    @Instead(of = CompletableFuture.class, kind = Kind.STATIC)
    public static Executor delayedExecutor(long time, TimeUnit unit) {
        return delayedExecutor(time, unit, THREAD_EACH);
    }

    @Instead(of = CompletableFuture.class, kind = Kind.STATIC)
    public static <T> CompletableFuture<T> supplyAsync(Supplier<T> supplier) {
        return CompletableFuture.supplyAsync(supplier, THREAD_EACH);
    }

    @Instead(of = CompletableFuture.class, kind = Kind.STATIC)
    public static CompletableFuture<Void> runAsync(Runnable body) {
        return CompletableFuture.runAsync(body, THREAD_EACH);
    }
}
