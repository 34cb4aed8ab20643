package io.kintsugi.s3;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The server on one event loop, which owns all state in here. Closes connections that do nothing, or take too long to
 * say what they want.
 */
final class S3Verticle extends AbstractVerticle {
    private static final int MAX_CHUNK_BYTES = 64 << 10;
    private static final int BACKLOG = 1024;
    private static final long MAX_SWEEP_MILLIS = 5_000;

    private final S3Settings settings;
    private final int port;
    private final Service service;
    private final Map<HttpConnection, Use> connections = new HashMap<>();
    private HttpServer server;

    /** What a connection is doing. */
    private static final class Use {
        private Optional<WireRequest> request = Optional.empty();
        private long idleSinceNanos = System.nanoTime();
        private boolean closing;
        private final RequestGate gate;

        Use(RequestGate gate) {
            this.gate = gate;
        }

        /** What a client has sent behind a request whose answer closes the connection is never looked at. */
        private boolean isClosing() {
            return closing || request.filter(WireRequest::isClosing).isPresent();
        }

        /** Lets the next request in, unless the answer said that it was the last. */
        private void answered(WireRequest wire) {
            closing |= wire.isClosing();
            if (request.filter(wire::equals).isPresent()) {
                request = Optional.empty();
                idleSinceNanos = System.nanoTime();
            }
            if (!closing) {
                gate.answered();
            }
        }
    }

    S3Verticle(S3Settings settings, int port, Service service) {
        this.settings = settings;
        this.port = port;
        this.service = service;
    }

    @Override
    public void start(Promise<Void> started) {
        server = vertx.createHttpServer(options())
                .connectionHandler(this::connected)
                .requestHandler(this::accept)
                .invalidRequestHandler(this::refuse);
        long shortest = Math.min(
                settings.limits().clients().keepAlive().toMillis(),
                settings.limits().clients().responseStall().toMillis());
        long sweepMillis = Math.clamp(shortest / 4, 1, MAX_SWEEP_MILLIS);
        vertx.setPeriodic(sweepMillis, id -> closeIdle());
        server.listen().<Void>mapEmpty().onComplete(started);
    }

    int actualPort() {
        return server.actualPort();
    }

    private HttpServerOptions options() {
        return new HttpServerOptions()
                .setHost(settings.host())
                .setPort(port)
                .setAcceptBacklog(BACKLOG)
                .setTcpNoDelay(true)
                .setHttp2ClearTextEnabled(false)
                // no one speaks web sockets here: without these, none of their handlers is in the way of each answer
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setMaxInitialLineLength(settings.limits().heads().maxTargetBytes())
                .setMaxHeaderSize(settings.limits().heads().maxBytes())
                .setMaxChunkSize(MAX_CHUNK_BYTES)
                .setHandle100ContinueAutomatically(false);
    }

    private void connected(HttpConnection connection) {
        int now = service.counters().connected(1);
        connections.put(connection, new Use(RequestGate.of(connection)));
        connection.closeHandler(v -> {
            connections.remove(connection);
            service.counters().connected(-1);
        });
        if (now > settings.limits().load().maxConnections() || service.isStopping()) {
            connection.close();
        }
    }

    /**
     * Each request takes its turn behind what the loop has read by now. First all that clients have sent is read, then
     * all of it is served: code and data of each stage stay in the processor's caches. And a pipelined request is let
     * in from within the end of the answer before it: were that answered at once as well, a client could pile up frames
     * until the stack is full.
     */
    private void accept(HttpServerRequest request) {
        Use use = connections.get(request.connection());
        if (use == null || use.isClosing()) {
            // a pipelined request is given out even when its client has gone: nothing would forget the connection again
            return;
        }
        WireRequest wire = new WireRequest(request, context, service, use::answered);
        use.request = Optional.of(wire);
        context.runOnContext(v -> service.accept(wire));
    }

    private void closeIdle() {
        long now = System.nanoTime();
        long keepAlive = settings.limits().clients().keepAlive().toNanos();
        for (Map.Entry<HttpConnection, Use> entry : Map.copyOf(connections).entrySet()) {
            Use use = entry.getValue();
            boolean late =
                    use.request.map(request -> request.isOverdue(now)).orElse(now - use.idleSinceNanos > keepAlive);
            if (late) {
                HardClose.of(entry.getKey());
            }
        }
    }

    /**
     * What is no HTTP, or goes beyond its bounds: answered, and the connection closed, as nobody knows where the next
     * request begins.
     */
    private void refuse(HttpServerRequest request) {
        Use use = connections.get(request.connection());
        if (use != null && use.isClosing()) {
            return;
        }
        Throwable cause = request.decoderResult().cause();
        S3Exception reason = switch (cause) {
            case TooLongHttpHeaderException e ->
                new S3Exception(S3Error.REQUEST_HEADER_SECTION_TOO_LARGE)
                        .with(
                                "MaxSizeAllowed",
                                Integer.toString(settings.limits().heads().maxBytes()));
            case TooLongHttpLineException e ->
                new S3Exception(
                        S3Error.INVALID_URI,
                        "The request line is longer than "
                                + settings.limits().heads().maxTargetBytes() + " bytes.");
            default -> new S3Exception(S3Error.INVALID_REQUEST, "The request is not well-formed HTTP/1.1.");
        };
        String requestId = service.nextRequestId();
        S3Target target = new S3Target(Optional.empty(), Optional.empty(), "/");
        S3Response answer = ErrorAnswer.of(reason).response(target, requestId, service.hostId());
        HttpServerResponse response = request.response()
                .setStatusCode(answer.status())
                .putHeader("Server", "Kintsugi")
                .putHeader("Date", service.date())
                .putHeader("x-amz-request-id", requestId)
                .putHeader("x-amz-id-2", service.hostId())
                .putHeader("Connection", "close");
        answer.headers().forEach(header -> response.putHeader(header.name(), header.value()));
        service.counters().answered(Optional.empty(), answer.status(), answer.bodyLength());
        response.end(WireBuffers.wrap(answer.body()))
                .onComplete(result -> request.connection().close());
    }
}
