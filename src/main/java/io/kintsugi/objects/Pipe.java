package io.kintsugi.objects;

import io.kintsugi.base.ByteSink;
import io.kintsugi.base.ByteSource;
import io.kintsugi.base.StoreException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Turns the bytes that a read pushes into bytes that a write pulls. The read runs on a virtual thread of its own and is
 * at most one buffer ahead; the deadlines are those of the read and of the write, so neither side waits longer than the
 * other may take.
 *
 * <p>Used by one reader; closed by it, on every way out: then the thread has ended and every buffer was released.
 */
final class Pipe implements ByteSource, AutoCloseable {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread pump;
    private Optional<Chunk> chunk = Optional.empty();
    private Optional<Throwable> failure = Optional.empty();
    private boolean ended;
    private boolean closed;

    private Pipe(ObjectRead read) {
        ByteSink sink = this::take;
        pump = Thread.ofVirtual().name("kintsugi-copy").unstarted(() -> pump(read, sink));
    }

    static Pipe of(ObjectRead read) {
        Pipe pipe = new Pipe(read);
        pipe.pump.start();
        return pipe;
    }

    private record Chunk(ByteBuffer bytes, Runnable release) {}

    private void pump(ObjectRead read, ByteSink sink) {
        Optional<Throwable> outcome = Optional.empty();
        try {
            read.sendTo(sink);
        } catch (RuntimeException | Error e) {
            outcome = Optional.of(e);
        }
        lock.lock();
        try {
            failure = outcome;
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void take(ByteBuffer bytes, Runnable release) {
        lock.lock();
        try {
            while (chunk.isPresent() && !closed) {
                changed.awaitUninterruptibly();
            }
            if (!closed && bytes.hasRemaining()) {
                chunk = Optional.of(new Chunk(bytes, release));
                changed.signalAll();
                return;
            }
        } finally {
            lock.unlock();
        }
        release.run();
        if (bytes.hasRemaining()) {
            throw new StoreException.ClientGone("The write that this read was for has ended");
        }
    }

    @Override
    public int read(ByteBuffer target) {
        lock.lock();
        try {
            while (chunk.isEmpty() && !ended) {
                changed.await();
            }
            return chunk.isPresent() ? copy(chunk.get(), target) : end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException.Unavailable(
                    StoreException.Unavailable.Kind.STOPPING, "The copy was interrupted: try again", e);
        } finally {
            lock.unlock();
        }
    }

    private int copy(Chunk from, ByteBuffer target) {
        int count = ByteSource.of(from.bytes()).read(target);
        if (!from.bytes().hasRemaining()) {
            chunk = Optional.empty();
            changed.signalAll();
            from.release().run();
        }
        return count;
    }

    private int end() {
        if (failure.isEmpty()) {
            return -1;
        }
        if (failure.get() instanceof StoreException answer) {
            throw answer;
        }
        throw new StoreException.Failed("reading the source of a copy failed", failure.get());
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            chunk.ifPresent(left -> left.release().run());
            chunk = Optional.empty();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        joinPump();
    }

    private void joinPump() {
        boolean interrupted = false;
        while (true) {
            try {
                pump.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
