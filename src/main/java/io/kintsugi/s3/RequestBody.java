package io.kintsugi.s3;

import io.kintsugi.base.ByteSource;
import io.kintsugi.base.NoWait;
import io.kintsugi.base.StoreException;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The body of a request as it comes over the wire. The event loop puts buffers in, one virtual thread takes them out;
 * no more than a few are asked for ahead, so that a slow reader slows its client and nobody else.
 *
 * <p>The time that a client may let us wait is {@link S3Limits#bodyStall} and what its bytes so far have earned at
 * {@link S3Limits#minBodyBytesPerSecond}: who sends a byte now and then is cut off too.
 */
final class RequestBody implements ByteSource {
    private final HttpServerRequest request;
    private final Context context;
    private final S3Limits limits;
    private final BodyWindows windows;
    private final Runnable beforeFirstRead;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<ByteBuf> buffers = new ArrayDeque<>();
    /** Buffers that may be under way or wait to be read; 0 before any is asked for. */
    private int window;

    private boolean left;
    private boolean begun;
    private boolean ended;
    private boolean gone;
    private long received;
    private long waitedNanos;
    private int owed;

    /** @param beforeFirstRead sends {@code 100 Continue}, where the client waits for it */
    RequestBody(
            HttpServerRequest request,
            Context context,
            S3Limits limits,
            BodyWindows windows,
            Runnable beforeFirstRead) {
        this.request = request;
        this.context = context;
        this.limits = limits;
        this.windows = windows;
        this.beforeFirstRead = beforeFirstRead;
    }

    /**
     * On the event loop, before anything was received.
     *
     * @param atOnce asks for the first buffers now, which saves a small body a way to the event loop and back
     */
    void listen(boolean atOnce) {
        request.pause();
        request.handler(this::onBuffer);
        request.endHandler(v -> onEnd());
        request.exceptionHandler(e -> onGone());
        if (atOnce) {
            begun = true;
            request.fetch(enter());
        }
    }

    private int enter() {
        lock.lock();
        try {
            window = windows.enter();
            if (ended || gone) {
                // the client went before anybody read: nobody else would count the body out
                leave();
            }
            return window;
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock: no more buffers come, or nobody keeps them. */
    private void leave() {
        if (window > 0 && !left) {
            left = true;
            windows.leave();
        }
    }

    /** On the event loop: the connection is lost. */
    void onGone() {
        locked(() -> {
            gone = true;
            leave();
        });
    }

    private void onBuffer(Buffer buffer) {
        locked(() -> {
            if (buffer.length() == 0) {
                owed++;
            } else {
                received += buffer.length();
                buffers.add(WireBuffers.bytes(buffer));
            }
        });
    }

    private void onEnd() {
        locked(() -> {
            ended = true;
            leave();
        });
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Bytes received so far. */
    long received() {
        lock.lock();
        try {
            return received;
        } finally {
            lock.unlock();
        }
    }

    boolean isEnded() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int read(ByteBuffer target) {
        if (!begun) {
            begun = true;
            beforeFirstRead.run();
            demand(enter());
        }
        lock.lock();
        try {
            awaitBuffer();
            if (buffers.isEmpty()) {
                return -1;
            }
            return take(target);
        } finally {
            lock.unlock();
        }
    }

    private int take(ByteBuffer target) {
        ByteBuf head = buffers.element();
        int count = Math.min(head.readableBytes(), target.remaining());
        ByteBuffer slice = target.slice(target.position(), count);
        head.readBytes(slice);
        target.position(target.position() + count);
        if (!head.isReadable()) {
            buffers.remove();
            owed++;
            if (owed >= window / 2 && !ended) {
                demand(owed);
                owed = 0;
            }
        }
        return count;
    }

    private void awaitBuffer() {
        while (buffers.isEmpty() && !ended) {
            if (gone) {
                throw new StoreException.ClientGone(
                        "The client closed the connection after " + received + " bytes of the body");
            }
            long budget = limits.clients().bodyStall().toNanos()
                    + Duration.ofSeconds(1).toNanos() / limits.clients().minBodyBytesPerSecond() * received
                    - waitedNanos;
            if (budget <= 0) {
                throw new StoreException.Invalid(
                        StoreException.Invalid.Kind.REQUEST_TIMEOUT,
                        "Your socket connection to the server was not read from or written to within the timeout "
                                + "period. " + received + " bytes of the body had arrived.");
            }
            await(budget);
        }
    }

    private void await(long nanos) {
        assert NoWait.mayWait() : NoWait.COMPLAINT;
        long start = System.nanoTime();
        try {
            changed.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException.Unavailable(
                    StoreException.Unavailable.Kind.STOPPING, "The server is shutting down");
        } finally {
            waitedNanos += System.nanoTime() - start;
        }
    }

    private void demand(int count) {
        context.runOnContext(v -> {
            if (!isEnded()) {
                request.fetch(count);
            }
        });
    }

    /** On the event loop, after the answer: throws away what still comes. */
    void discard(Runnable whenEnded, long maxBytes, Runnable whenTooMuch) {
        if (isEnded()) {
            whenEnded.run();
            return;
        }
        locked(this::leave);
        long[] allowed = {maxBytes};
        request.handler(buffer -> {
            allowed[0] -= buffer.length();
            if (allowed[0] < 0) {
                whenTooMuch.run();
            }
        });
        request.endHandler(v -> whenEnded.run());
        request.resume();
    }
}
