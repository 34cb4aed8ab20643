package io.kintsugi.s3;

import io.kintsugi.base.ByteSink;
import io.kintsugi.base.NoWait;
import io.kintsugi.base.PieceSource;
import io.kintsugi.base.PieceSource.Pieces;
import io.kintsugi.base.StoreException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The one answer to a request. Used by one thread at a time, the request's virtual one or the event loop; more than one
 * write blocks, and so is for the former alone.
 *
 * <p>A bounded number of writes is on its way at a time, each of as many pieces as it was given together: it holds a
 * permit until Vert.x has written it, as its own write queue gives no back-pressure to threads that are not its own.
 */
final class Answer {
    private static final int WRITES_IN_FLIGHT = 3;

    private final WireRequest wire;
    private final HttpServerResponse response;
    private final Semaphore permits = new Semaphore(WRITES_IN_FLIGHT);
    private boolean begun;
    private boolean ended;
    private boolean inTurn;
    private boolean aborted;
    private S3Response head = S3Response.ok();
    private long expected;
    private long written;

    Answer(WireRequest wire) {
        this.wire = wire;
        this.response = wire.response();
    }

    /** Whether it is too late for another answer. */
    boolean isBegun() {
        return begun && (written > 0 || expected == 0);
    }

    /** The status that was sent; 0 when the answer was cut off. */
    int status() {
        return aborted ? 0 : head.status();
    }

    long bytesWritten() {
        return written;
    }

    /**
     * Whether the end takes its turn behind what the event loop serves by now: for who answers there, so that all are
     * served before anything is written.
     */
    void endInTurn(boolean yes) {
        inTurn = yes;
    }

    void send(S3Response answer, boolean withoutBody) {
        head = answer;
        apply();
        boolean bodiless = withoutBody || answer.status() == 204 || answer.status() == 304;
        long length = answer.bodyLength();
        boolean hasLength = answer.has("content-length");
        if (!hasLength && (!bodiless || withoutBody && answer.status() < 300)) {
            response.putHeader("Content-Length", Long.toString(length));
        }
        begun = true;
        wire.documents().answer(bodiless ? 0 : answer.bodyMemory());
        Future<Void> sent = end(() -> bodiless ? response.end() : response.end(WireBuffers.wrap(answer.body())));
        written = bodiless ? 0 : length;
        expected = written;
        head = S3Response.of(answer.status());
        sent.onComplete(result -> wire.answered());
    }

    ByteSink stream(S3Response answer, long contentLength) {
        if (begun) {
            throw new IllegalStateException("a request is answered once");
        }
        head = answer;
        expected = contentLength;
        begun = true;
        return new Body();
    }

    private final class Body implements ByteSink, LoopDrain.Target {
        @Override
        public void write(ByteBuffer bytes, Runnable release) {
            writeAll(List.of(bytes), release);
        }

        @Override
        public void writeAll(List<ByteBuffer> pieces, Runnable release) {
            Answer.this.write(pieces, release);
        }

        @Override
        public void drain(PieceSource source) {
            Optional<Pieces> first = source.next();
            if (first.isPresent()) {
                // by this thread: what is not in memory is not worth a way to the event loop
                Answer.this.write(first.get().bytes(), first.get().release());
                new LoopDrain(wire, source, this).await();
            }
        }

        @Override
        public boolean isFull() {
            return !ended && response.writeQueueFull();
        }

        @Override
        public Future<Void> write(Pieces pieces) {
            return writeOnLoop(pieces);
        }
    }

    /** After the handler: ends a response that is complete, cuts off one that is not. */
    void finish() {
        if (!begun) {
            throw new IllegalStateException("the handler gave no answer");
        }
        if (written < expected) {
            abort();
        } else if (!ended) {
            apply();
            response.putHeader("Content-Length", "0");
            end(response::end).onComplete(result -> wire.answered());
        }
    }

    private Future<Void> end(Supplier<Future<Void>> last) {
        ended = true;
        return inTurn ? wire.inTurn(last) : last.get();
    }

    /** Closes the connection, so that the client notices that it has not got everything. */
    void abort() {
        aborted = true;
        wire.close();
    }

    private void apply() {
        response.setStatusCode(head.status());
        wire.putCommonHeaders(response);
        try {
            for (S3Response.Header header : head.headers()) {
                response.headers().add(header.name(), wireText(header));
            }
        } catch (RuntimeException e) {
            // another answer takes its place, and must not inherit from this one
            response.headers().clear();
            throw e;
        }
    }

    /** Each character one byte: what can't be one is sent as UTF-8. Control characters would end the line. */
    private static String wireText(S3Response.Header header) {
        boolean wide = false;
        String value = header.value();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            wide |= c > 0xff;
            if (c < ' ' && c != '\t' || c == 0x7f) {
                throw S3Exception.invalidArgument(
                        "A header can't have control characters", header.name(), PrintableText.of(value));
            }
        }
        return wide ? new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1) : value;
    }

    private void write(List<ByteBuffer> pieces, Runnable release) {
        long length = accepted(pieces, release);
        if (length == 0) {
            return;
        }
        if (written == 0) {
            applyFirst(release);
        }
        acquire(release);
        try {
            hand(pieces, length).onComplete(result -> {
                release.run();
                permits.release();
            });
        } catch (IllegalStateException e) {
            release.run();
            permits.release();
            throw gone();
        }
    }

    /** On the event loop, behind a first write of its own; fails when the client has gone. */
    private Future<Void> writeOnLoop(Pieces pieces) {
        long length = accepted(pieces.bytes(), pieces.release());
        if (length == 0) {
            return Future.succeededFuture();
        }
        try {
            return hand(pieces.bytes(), length)
                    .onComplete(result -> pieces.release().run())
                    .recover(error -> Future.failedFuture(gone()));
        } catch (IllegalStateException e) {
            pieces.release().run();
            throw gone();
        }
    }

    /** How many bytes these are; 0 when there is nothing to write, and the pieces are released. */
    private long accepted(List<ByteBuffer> pieces, Runnable release) {
        long length = 0;
        for (ByteBuffer piece : pieces) {
            length += piece.remaining();
        }
        if (length == 0 || length > expected - written) {
            release.run();
            if (length > 0) {
                throw new IllegalStateException("more bytes than the head of the response says");
            }
        }
        return length;
    }

    private Future<Void> hand(List<ByteBuffer> pieces, long length) {
        written += length;
        Buffer buffer = WireBuffers.wrap(pieces);
        if (written < expected) {
            return response.write(buffer).onSuccess(taken -> wire.took());
        }
        return end(() -> response.end(buffer)).onComplete(result -> wire.answered());
    }

    private void applyFirst(Runnable release) {
        try {
            apply();
            response.putHeader("Content-Length", Long.toString(expected));
        } catch (RuntimeException e) {
            release.run();
            throw e;
        }
    }

    private void acquire(Runnable release) {
        if ((permits.tryAcquire() || isPermittedInTime()) && !response.closed()) {
            return;
        }
        release.run();
        throw gone();
    }

    private boolean isPermittedInTime() {
        assert NoWait.mayWait() : NoWait.COMPLAINT;
        try {
            boolean permitted;
            do {
                permitted = permits.tryAcquire(
                        wire.limits().clients().responseStall().toNanos(), TimeUnit.NANOSECONDS);
            } while (!permitted && wire.isTaking());
            return permitted;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private StoreException.ClientGone gone() {
        abort();
        return new StoreException.ClientGone(
                "The client closed the connection, or reads nothing, after " + written + " bytes of the response");
    }
}
