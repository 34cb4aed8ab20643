package io.kintsugi.drives;

import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.NoWait;
import io.kintsugi.drives.DriveException.Kind;
import java.nio.file.AccessDeniedException;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs the operations of a drive on its threads: refuses them when the drive is gone or busy, times them, and says what
 * failures mean.
 */
final class DriveTasks {
    private final DriveId id;
    private final DriveThreads threads;
    private final DriveHealth health;
    private final DriveMeter meter;
    private final Clock clock;
    private final UnderWay underWay = new UnderWay();
    private final Queue<Runnable> leftovers = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean askingReaders = new AtomicBoolean();
    private final AtomicBoolean askingWriters = new AtomicBoolean();

    DriveTasks(DriveId id, DriveThreads threads, DriveHealth health, DriveMeter meter, Clock clock) {
        this.id = id;
        this.threads = threads;
        this.health = health;
        this.meter = meter;
        this.clock = clock;
    }

    DriveHealth health() {
        return health;
    }

    DriveMeter meter() {
        return meter;
    }

    UnderWay underWay() {
        return underWay;
    }

    long nanos() {
        return clock.nanos();
    }

    /** Whether one that is never long under way is at it for longer than the limit. */
    boolean hang() {
        return underWay.anyOverdue(clock.nanos(), health.stallNanos());
    }

    /** @param what the name of what is read, for messages */
    <T> CompletableFuture<T> read(DriveOp op, Object what, Callable<T> task) {
        return submit(this::onReader, op, what, task);
    }

    /** @param what the name of what is written, for messages */
    <T> CompletableFuture<T> write(DriveOp op, Object what, Callable<T> task) {
        return submit(this::onWriter, op, what, task);
    }

    void execute(Runnable task) {
        onWriter(task);
    }

    /** Whatever a thread takes says that not all of them hang, however long the queue is that others wait in. */
    private void onReader(Runnable task) {
        threads.read(() -> {
            health.readersAnswer();
            task.run();
        });
    }

    private void onWriter(Runnable task) {
        threads.write(() -> {
            health.writersAnswer();
            task.run();
        });
    }

    /**
     * For what must not be refused, and is bounded by whoever calls: when there is no room, the watcher does it a
     * little later.
     */
    void executeSurely(Runnable task) {
        try {
            onWriter(task);
        } catch (RejectedExecutionException e) {
            leftovers.add(task);
        }
    }

    /** Asks the threads whether any of them is free; those that all hang in the device never say so. */
    void askThreads() {
        ask(this::onReader, askingReaders);
        ask(this::onWriter, askingWriters);
    }

    private static void ask(Executor pool, AtomicBoolean asking) {
        if (asking.compareAndSet(false, true)) {
            try {
                pool.execute(() -> asking.set(false));
            } catch (RejectedExecutionException e) {
                // the queue is full: what is in it will answer
                asking.set(false);
            }
        }
    }

    void runLeftovers() {
        Optional<Runnable> task = Optional.ofNullable(leftovers.poll());
        while (task.isPresent()) {
            task.get().run();
            task = Optional.ofNullable(leftovers.poll());
        }
    }

    private <T> CompletableFuture<T> submit(Executor pool, DriveOp op, Object what, Callable<T> task) {
        assert NoWait.mayWait() : NoWait.COMPLAINT;
        Optional<DriveException> refusal = health.refusesAll();
        if (refusal.isPresent()) {
            return refused(refusal.get());
        }
        CompletableFuture<T> future = new CompletableFuture<>();
        long since = clock.nanos();
        try {
            pool.execute(() -> perform(op, what, task, future, since));
            return future;
        } catch (RejectedExecutionException e) {
            return refused(busy());
        }
    }

    <T> void perform(DriveOp op, Object what, Callable<T> task, CompletableFuture<T> future, long since) {
        T result;
        UnderWay.Task begun = underWay.begin(op, clock.nanos());
        try {
            result = task.call();
        } catch (Exception | Error e) {
            String doing = op.doing() + " " + what;
            DriveException failure = e instanceof AccessDeniedException denied && op.onlyReads()
                    ? health.denied(denied, doing)
                    : health.failed(e, doing);
            health.notKept(op, failure);
            future.completeExceptionally(failure);
            return;
        } finally {
            underWay.end(begun);
        }
        health.succeeded();
        health.kept(op);
        meter.done(op, clock.nanos() - since);
        future.complete(result);
    }

    <T> CompletableFuture<T> refused(DriveException refusal) {
        meter.failed(refusal.kind());
        return CompletableFuture.failedFuture(refusal);
    }

    /** Why a queue took nothing: it is full, or just now closed. */
    DriveException busy() {
        return health.refusesAll()
                .orElseGet(() -> new DriveException(Kind.BUSY, id, "too many operations wait for it; try again later"));
    }

    DriveException gone(String reason) {
        return new DriveException(Kind.GONE, id, reason);
    }

    DriveException missing(ShardName name) {
        return new DriveException(Kind.MISSING, id, "there is no shard " + name);
    }
}
