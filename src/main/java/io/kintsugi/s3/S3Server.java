package io.kintsugi.s3;

import io.kintsugi.base.Clock;
import io.kintsugi.iam.SigV4Verifier;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * S3 over HTTP/1.1: one server an event loop, one virtual thread a request. Started and stopped by a thread that may
 * block.
 */
public final class S3Server {
    private static final Duration START_DEADLINE = Duration.ofSeconds(30);
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(10);
    private static final long POLL_MILLIS = 10;

    /** To Vert.x, a negative number is any free port, the same one for all servers of that number. */
    private static final AtomicInteger NEXT_SHARED = new AtomicInteger(-1);

    private final Vertx vertx;
    private final Service service;
    private final List<String> deployments = new ArrayList<>();
    private int port;

    private S3Server(Vertx vertx, Service service) {
        this.vertx = vertx;
        this.service = service;
    }

    /** @throws IOException when it can't listen there */
    public static S3Server start(Vertx vertx, S3Settings settings, SigV4Verifier verifier, S3Handlers handlers)
            throws IOException {
        S3Server server = new S3Server(vertx, new Service(settings, verifier, handlers, Clock.SYSTEM));
        int port = settings.port() == 0 ? NEXT_SHARED.getAndDecrement() : settings.port();
        try {
            for (int i = 0; i < settings.eventLoops(); i++) {
                S3Verticle verticle = new S3Verticle(settings, port, server.service);
                server.deployments.add(await(vertx.deployVerticle(verticle), START_DEADLINE));
                server.port = verticle.actualPort();
            }
        } catch (IOException e) {
            server.close();
            throw new IOException(
                    "The S3 server can't listen on " + settings.host() + ":" + settings.port() + ": " + e.getMessage(),
                    e);
        }
        return server;
    }

    /** The port that it listens on. */
    public int port() {
        return port;
    }

    /** The operations that it implements. */
    public Set<S3Operation> operations() {
        return service.operations();
    }

    /** Requests that have come since the start. */
    public long requestsBegun() {
        return service.counters().begun();
    }

    /** Requests under way. */
    public int requestsUnderWay() {
        return service.counters().inFlight();
    }

    /** What it has done so far. */
    public Counted counted() {
        return service.counters().snapshot(service.documents());
    }

    /**
     * Takes no more requests, waits for those under way, and closes all connections. A second call does nothing.
     *
     * @param drain how long requests under way may still take
     */
    public synchronized void stop(Duration drain) throws InterruptedException {
        service.beginStopping();
        long end = System.nanoTime() + drain.toNanos();
        while (service.counters().inFlight() > 0 && System.nanoTime() < end) {
            Thread.sleep(POLL_MILLIS);
        }
        close();
    }

    private void close() {
        List<Future<Void>> closed = deployments.stream().map(vertx::undeploy).toList();
        deployments.clear();
        try {
            await(Future.join(closed), CLOSE_DEADLINE);
        } catch (IOException e) {
            System.getLogger(S3Server.class.getName())
                    .log(System.Logger.Level.WARNING, "The S3 server did not close in order: " + e.getMessage());
        }
    }

    private static <T> T await(Future<T> future, Duration deadline) throws IOException {
        try {
            return future.toCompletionStage().toCompletableFuture().get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + deadline.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
