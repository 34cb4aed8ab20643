package io.kintsugi.s3;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One request on its connection: what HTTP says of it, its body, and what becomes of the connection after the answer.
 */
final class WireRequest {
    private static final long NOT_YET = Long.MIN_VALUE;
    private static final long SMALL_BODY_BYTES = 64 << 10;

    private final HttpServerRequest request;
    private final Context context;
    private final Service service;
    private final String requestId;
    private final Headers headers;
    private final RequestBody body;
    private final boolean awaitsContinue;
    private final long contentLength;
    private final boolean chunked;
    private final Consumer<WireRequest> whenAnswered;
    private final Documents.Hold documents;
    private final AtomicBoolean answered = new AtomicBoolean();
    private final AtomicInteger holders = new AtomicInteger(2);
    private volatile long handedOverNanos = NOT_YET;
    private volatile long tookNanos = System.nanoTime();
    /** Of the event loop. */
    private long unsent;

    private volatile boolean continued;
    private Runnable whenGone = () -> {};
    private boolean condemned;
    private volatile boolean closing;

    /** On the event loop. @param whenAnswered called there once the connection is free again, or gone */
    WireRequest(HttpServerRequest request, Context context, Service service, Consumer<WireRequest> whenAnswered) {
        this.request = request;
        this.context = context;
        this.service = service;
        this.whenAnswered = whenAnswered;
        this.documents = service.documents().hold(this::cutOff);
        this.requestId = service.nextRequestId();
        this.headers = headers(request);
        this.chunked = headers.contains("transfer-encoding");
        this.contentLength = chunked
                ? -1
                : headers.first("content-length").map(Long::parseLong).orElse(0L);
        this.awaitsContinue = hasBody()
                && headers.first("expect")
                        .filter("100-continue"::equalsIgnoreCase)
                        .isPresent();
        this.body = new RequestBody(request, context, service.limits(), service.bodies(), this::sendContinue);
        if (hasBody()) {
            body.listen(!awaitsContinue && !chunked && contentLength <= SMALL_BODY_BYTES);
        }
        request.response().closeHandler(v -> onClosed());
    }

    private static Headers headers(HttpServerRequest request) {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, String> line : request.headers()) {
            lines.add(line.getKey().toLowerCase(Locale.ROOT));
            lines.add(line.getValue().strip());
        }
        return Headers.of(lines.toArray(String[]::new));
    }

    private void sendContinue() {
        if (awaitsContinue) {
            continued = true;
            request.response().writeContinue();
        }
    }

    String method() {
        return request.method().name();
    }

    String target() {
        return request.uri();
    }

    Headers headers() {
        return headers;
    }

    String requestId() {
        return requestId;
    }

    S3Limits limits() {
        return service.limits();
    }

    boolean hasBody() {
        return chunked || contentLength != 0;
    }

    /** Whether it only reads and has no body, so that it may be answered at once. */
    boolean isRead() {
        return !hasBody() && (request.method() == HttpMethod.GET || request.method() == HttpMethod.HEAD);
    }

    /** Whether the length of the body is told only by its end. */
    boolean isChunked() {
        return chunked;
    }

    /**
     * Whether the body is coded otherwise than in chunks: nobody here can say where it ends.
     *
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-6.1">RFC 9112, Transfer-Encoding</a>
     */
    boolean isStrangelyCoded() {
        return chunked
                && !(headers.all("transfer-encoding").size() == 1
                        && headers.first("transfer-encoding")
                                .filter("chunked"::equalsIgnoreCase)
                                .isPresent());
    }

    /** The body as it comes; empty when there is none. */
    Optional<RequestBody> body() {
        return hasBody() ? Optional.of(body) : Optional.empty();
    }

    HttpServerResponse response() {
        return request.response();
    }

    /** Whether its answer says that it is the last on this connection. */
    boolean isClosing() {
        return closing;
    }

    /** Writes on the event loop, behind what is served there by now. Fails when the client has gone. */
    Future<Void> inTurn(Supplier<Future<Void>> write) {
        Promise<Void> written = Promise.promise();
        context.runOnContext(v -> {
            try {
                write.get().onComplete(written);
            } catch (IllegalStateException gone) {
                written.fail(gone);
            }
        });
        return written.future();
    }

    /** Runs on the event loop, behind what is there to be done by now. */
    void onLoop(Runnable task) {
        context.runOnContext(v -> task.run());
    }

    /** What it holds of the memory of documents. */
    Documents.Hold documents() {
        return documents;
    }

    /** Any thread: ends the connection, unless the answer is out. */
    private void cutOff() {
        context.runOnContext(v -> {
            if (!answered.get()) {
                HardClose.of(request.connection());
            }
        });
    }

    /** At once, whatever is still to be written. */
    void close() {
        context.runOnContext(v -> HardClose.of(request.connection()));
    }

    /** Before the answer: the client had its time; after it, not another byte is read. */
    void condemn() {
        condemned = true;
    }

    void putCommonHeaders(HttpServerResponse response) {
        response.putHeader("Server", "Kintsugi");
        response.putHeader("Date", service.date());
        response.putHeader("x-amz-request-id", requestId);
        response.putHeader("x-amz-id-2", service.hostId());
        closing = condemned || service.isStopping() || isBodyUnwanted();
        if (closing) {
            response.putHeader("Connection", "close");
        }
    }

    /** Whether more of the body is to come than is worth reading, or nobody knows whether it comes at all. */
    private boolean isBodyUnwanted() {
        if (!hasBody() || body.isEnded()) {
            return false;
        }
        boolean neverAskedFor = awaitsContinue && !continued;
        return neverAskedFor
                || chunked
                || contentLength - body.received() > limits().drain().maxBytes();
    }

    /** On the event loop: the last byte of the answer was written, or will never be. */
    void answered() {
        if (!answered.compareAndSet(false, true)) {
            return;
        }
        if (hasBody() && !body.isEnded() && !condemned) {
            drain();
        } else if (closing) {
            request.connection().close();
        }
        whenAnswered.accept(this);
        release();
    }

    /** By whoever made the answer: all of it is Vert.x's now. */
    void handedOver() {
        handedOverNanos = System.nanoTime();
        release();
    }

    /** The place of a request is free when its thread has ended and its answer is out. */
    private void release() {
        if (holders.decrementAndGet() == 0) {
            documents.close();
            service.leave(this);
        }
    }

    /** On the event loop: the socket has taken a write to its end. */
    void took() {
        tookNanos = System.nanoTime();
    }

    /** Whether the client has taken anything of the answer lately, be it a part of a write. Any thread. */
    boolean isTaking() {
        return System.nanoTime() - tookNanos
                <= limits().clients().responseStall().toNanos();
    }

    /**
     * On the event loop, now and then: notes whether the socket has taken anything since, and says whether the client
     * takes too long to take more of what is left of the answer.
     */
    boolean isOverdue(long nowNanos) {
        long left = Unsent.of(request.connection());
        if (left < unsent) {
            tookNanos = nowNanos;
        }
        unsent = left;
        long since = handedOverNanos;
        long stall = limits().clients().responseStall().toNanos();
        return since != NOT_YET && nowNanos - since > stall && nowNanos - tookNanos > stall;
    }

    /** On the event loop: runs it there once, as soon as the client has gone; takes the place of what was to run. */
    void whenGone(Runnable task) {
        if (request.response().closed()) {
            task.run();
        } else {
            whenGone = task;
        }
    }

    private void onClosed() {
        body.onGone();
        whenGone.run();
        answered();
    }

    /**
     * Reads what is left of the body, so that the client gets to read the answer before the connection is closed or
     * used again.
     */
    private void drain() {
        long timer = context.owner()
                .setTimer(limits().drain().maxTime().toMillis(), id -> HardClose.of(request.connection()));
        body.discard(
                () -> {
                    context.owner().cancelTimer(timer);
                    if (closing) {
                        request.connection().close();
                    }
                },
                limits().drain().maxBytes(),
                () -> {
                    context.owner().cancelTimer(timer);
                    request.connection().close();
                });
    }
}
