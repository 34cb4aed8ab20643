package io.kintsugi.drives;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * An unpublished shard file. Its tasks run one after the other, in the order of the calls, on the drive's writers. What
 * is below the lock says what may be accepted; the file itself belongs to the task that runs.
 */
final class FileSink implements ShardSink {
    private static final int MAX_WAITING = 16;

    private enum State {
        OPEN,
        FAILED,
        PUBLISHED,
        ABORTED
    }

    /** A file in {@code incoming/}, and what it is to be. */
    record Target(ShardName name, NewFile file) {}

    private final Target target;
    private final ShardFiles shards;
    private final DriveFiles files;
    private final DriveTasks tasks;
    private final Runnable onEnd;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private boolean running;
    private volatile State state = State.OPEN;
    private final EarlySync early;

    FileSink(Target target, ShardFiles shards, DriveFiles files, DriveTasks tasks, Runnable onEnd) {
        this.target = target;
        this.shards = shards;
        this.files = files;
        this.tasks = tasks;
        this.onEnd = onEnd;
        this.early = new EarlySync(target.file(), files, tasks);
    }

    @Override
    public CompletableFuture<Void> append(ByteBuffer... bytes) {
        return inOrder(DriveOp.APPEND, () -> {
            requireOpen();
            write(bytes);
            return null;
        });
    }

    private void write(ByteBuffer... bytes) throws IOException {
        long count = 0;
        for (ByteBuffer buffer : bytes) {
            count += buffer.remaining();
        }
        early.wrote(target.file().append(bytes));
        tasks.meter().written(count);
    }

    @Override
    public CompletableFuture<Void> publish(ByteBuffer... last) {
        return inOrder(DriveOp.PUBLISH, () -> {
            requireOpen();
            write(last);
            early.finish();
            shards.publish(target.file().path(), target.name());
            tasks.health().verifyIdentity();
            state = State.PUBLISHED;
            onEnd.run();
            return null;
        });
    }

    @Override
    public CompletableFuture<Void> abort() {
        if (tasks.health().givenUp()) {
            // what is left in incoming/ goes when the drive is opened again; one that hangs may go on without that
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        long since = tasks.nanos();
        add(() -> tasks.perform(DriveOp.ABORT, target.name(), () -> drop(State.ABORTED), done, since));
        return done;
    }

    private void requireOpen() {
        if (state != State.OPEN) {
            throw tasks.gone("shard " + target.name() + " was ended before: " + state);
        }
    }

    private CompletableFuture<Void> inOrder(DriveOp op, Callable<Void> task) {
        Optional<DriveException> refusal = tasks.health().refusesAll();
        if (refusal.isPresent()) {
            return tasks.refused(refusal.get());
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        long since = tasks.nanos();
        if (!offer(() -> tasks.perform(op, target.name(), () -> orFail(task), done, since))) {
            state = state == State.OPEN ? State.FAILED : state;
            return tasks.refused(tasks.busy());
        }
        return done;
    }

    private Void orFail(Callable<Void> task) throws Exception {
        try {
            return task.call();
        } catch (Exception | Error e) {
            drop(State.FAILED);
            throw e;
        }
    }

    private Void drop(State end) throws IOException {
        if (state == State.PUBLISHED || state == State.ABORTED) {
            return null;
        }
        state = end;
        try {
            early.close();
        } finally {
            onEnd.run();
            files.delete(target.file().path());
        }
        return null;
    }

    private boolean offer(Runnable task) {
        synchronized (waiting) {
            if (waiting.size() >= MAX_WAITING) {
                return false;
            }
            waiting.add(task);
            if (running) {
                return true;
            }
            running = true;
        }
        try {
            tasks.execute(this::runAll);
            return true;
        } catch (RejectedExecutionException e) {
            synchronized (waiting) {
                // a sink has one user at a time: nothing was accepted behind it
                running = false;
                return !waiting.remove(task);
            }
        }
    }

    /** For the end of the sink, which is never refused. */
    private void add(Runnable task) {
        synchronized (waiting) {
            waiting.add(task);
            if (running) {
                return;
            }
            running = true;
        }
        tasks.executeSurely(this::runAll);
    }

    private void runAll() {
        Optional<Runnable> task = nextTask();
        while (task.isPresent()) {
            task.get().run();
            task = nextTask();
        }
    }

    private Optional<Runnable> nextTask() {
        synchronized (waiting) {
            Optional<Runnable> next = Optional.ofNullable(waiting.poll());
            running = next.isPresent();
            return next;
        }
    }

    /** The drive closes: frees the descriptor, when no task runs any more. */
    void release() throws IOException {
        early.close();
    }
}
