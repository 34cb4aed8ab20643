package io.kintsugi.s3;

import io.kintsugi.base.Clock;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.NoWait;
import io.kintsugi.base.StoreException;
import io.kintsugi.iam.Authorizer;
import io.kintsugi.iam.HeadersInQuery;
import io.kintsugi.iam.SigV4Verifier;
import io.kintsugi.iam.SignedRequest;
import io.kintsugi.iam.Verified;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/** From a request to its answer: understood, verified, permitted, handled. Shared by all event loops; thread-safe. */
final class Service {
    private static final System.Logger LOG = System.getLogger(Service.class.getName());

    private final BodyWindows bodies = new BodyWindows();
    private final Documents documents;
    private final S3Settings settings;
    private final SigV4Verifier verifier;
    private final Authorizer authorizer = new Authorizer();
    private final S3Handlers handlers;
    private final Counters counters = new Counters();
    private final Patience patience;
    private final Clock clock;
    private final String hostId;
    private volatile DateText date = new DateText(-1, "");
    private volatile boolean stopping;

    /** The text of a second, made once. */
    private record DateText(long second, String text) {}

    Service(S3Settings settings, SigV4Verifier verifier, S3Handlers handlers, Clock clock) {
        this.settings = settings;
        this.documents = new Documents(settings.limits().documents());
        this.patience = new Patience(settings.limits().load().patience());
        this.verifier = verifier;
        this.handlers = handlers;
        this.clock = clock;
        this.hostId = Base64.getEncoder()
                .encodeToString(("kintsugi-" + HexFormat.of().toHexDigits(Entropy.FAST.nextLong()))
                        .getBytes(StandardCharsets.US_ASCII));
    }

    BodyWindows bodies() {
        return bodies;
    }

    Documents documents() {
        return documents;
    }

    S3Limits limits() {
        return settings.limits();
    }

    Set<S3Operation> operations() {
        return handlers.operations();
    }

    Counters counters() {
        return counters;
    }

    boolean isStopping() {
        return stopping;
    }

    /** From now on every answer ends its connection, and new requests are refused. */
    void beginStopping() {
        stopping = true;
    }

    String nextRequestId() {
        return HexFormat.of().withUpperCase().toHexDigits(Entropy.FAST.nextLong());
    }

    String hostId() {
        return hostId;
    }

    String date() {
        long second = clock.millis() / 1000;
        DateText known = date;
        if (known.second != second) {
            known = new DateText(second, HttpDates.header(Instant.ofEpochSecond(second)));
            date = known;
        }
        return known.text;
    }

    /**
     * On the event loop: answers what takes no waiting, hands everything else to a virtual thread of its own, or
     * refuses it when there are too many.
     */
    void accept(WireRequest wire) {
        int underWay = counters.begin();
        if (stopping) {
            refuse(
                    wire,
                    new StoreException.Unavailable(
                            StoreException.Unavailable.Kind.STOPPING, "The server is shutting down"));
        } else if (underWay > limits().load().maxRequests()) {
            refuse(wire, new S3Exception(S3Error.SLOW_DOWN));
        } else if (wire.isStrangelyCoded()) {
            wire.condemn();
            refuse(wire, UnsupportedHeaders.notImplemented("Transfer-Encoding"));
        } else {
            Turn turn = new Turn(wire);
            if (wire.isRead()) {
                NoWait.run(turn::begin).ifPresent(rest -> hand(wire, () -> turn.goOn(rest)));
            } else {
                hand(wire, turn::serve);
            }
        }
    }

    /**
     * To a virtual thread. What is answered at once says nothing of how long others wait for one, so it is not asked
     * for its patience, and does not count as somebody whom the queue let pass.
     */
    private void hand(WireRequest wire, Runnable work) {
        long since = System.nanoTime();
        Thread.ofVirtual().start(() -> {
            long now = System.nanoTime();
            if (patience.serves(now - since, now)) {
                work.run();
            } else {
                refuse(wire, new S3Exception(S3Error.SLOW_DOWN));
            }
        });
    }

    /** The request is answered, and its thread has ended. */
    void leave(WireRequest wire) {
        counters.end(wire.body().map(RequestBody::received).orElse(0L));
    }

    private void refuse(WireRequest wire, RuntimeException reason) {
        Answer answer = new Answer(wire);
        fail(wire, answer, reason);
        counters.answered(Optional.empty(), answer.status(), answer.bytesWritten());
        wire.handedOver();
    }

    /** A request on its way to its answer: by one thread, or begun on the event loop and ended by a virtual thread. */
    private final class Turn {
        private final WireRequest wire;
        private final Answer answer;
        private Optional<S3Operation> operation = Optional.empty();

        Turn(WireRequest wire) {
            this.wire = wire;
            this.answer = new Answer(wire);
        }

        /** All of it, by a thread that may wait. */
        void serve() {
            goOn(() -> {
                Exchange exchange = understood();
                handler(exchange).handle(exchange);
            });
        }

        /** What of it takes no waiting; returns what is left, if anything is. */
        Optional<Runnable> begin() {
            Optional<Runnable> rest = Optional.empty();
            answer.endInTurn(true);
            try {
                Exchange exchange = understood();
                rest = handler(exchange).begin(exchange);
                if (rest.isEmpty()) {
                    answer.finish();
                }
            } catch (RuntimeException | Error e) {
                fail(wire, answer, e);
            }
            if (rest.isEmpty()) {
                leave();
            }
            return rest;
        }

        void goOn(Runnable rest) {
            answer.endInTurn(false);
            try {
                rest.run();
                answer.finish();
            } catch (RuntimeException | Error e) {
                fail(wire, answer, e);
            } finally {
                leave();
            }
        }

        private Exchange understood() {
            RequestLine line = RequestLine.parse(wire.target());
            S3Request request = understand(line, wire);
            operation = Optional.of(request.operation());
            return new Exchange(request, verify(line, request, wire), wire, answer);
        }

        private S3Handler handler(Exchange exchange) {
            S3Operation asked = exchange.request().operation();
            return handlers.of(asked).orElseThrow(() -> notImplemented(asked));
        }

        private void leave() {
            counters.answered(operation, answer.status(), answer.bytesWritten());
            wire.handedOver();
        }
    }

    private S3Request understand(RequestLine line, WireRequest wire) {
        S3Target target = line.target(wire.headers().first("host").orElse(""), settings.domains());
        QueryParams query = line.query();
        Headers headers = headers(line, query, wire);
        S3Operation operation = Router.route(wire.method(), target, query, headers);
        return new S3Request(operation, wire.method(), target, query, headers);
    }

    /** What a presigned URL was asked to sign as a header is one, wherever it stands: a copy must stay a copy. */
    private static Headers headers(RequestLine line, QueryParams query, WireRequest wire) {
        return query.contains("X-Amz-Algorithm") || query.contains("AWSAccessKeyId")
                ? Headers.of(HeadersInQuery.join(line.rawQuery(), wire.headers().asList())
                        .toArray(String[]::new))
                : wire.headers();
    }

    /** Of the headers, those that came as such: what is in the query is signed there. */
    private Verified verify(RequestLine line, S3Request request, WireRequest wire) {
        Verified verified = verifier.verify(new SignedRequest(
                request.method(),
                line.rawPath(),
                line.rawQuery(),
                RequestLine.hostedBucket(wire.headers().first("host").orElse(""), settings.domains()),
                wire.headers().asList()));
        if (request.operation().isSignedInItsHead()) {
            authorizer.check(verified.identity());
        }
        return verified;
    }

    private static S3Exception notImplemented(S3Operation operation) {
        return new S3Exception(S3Error.NOT_IMPLEMENTED, operation.awsName() + " is not implemented.")
                .with("Operation", operation.awsName());
    }

    private void fail(WireRequest wire, Answer answer, Throwable failure) {
        if (ErrorAnswer.isOurs(failure)) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "Request " + wire.requestId() + ": " + wire.method() + " " + PrintableText.of(wire.target())
                            + " failed",
                    failure);
        }
        if (failure instanceof StoreException.ClientGone || answer.isBegun()) {
            answer.abort();
            return;
        }
        try {
            ErrorAnswer error = ErrorAnswer.of(failure);
            if (error.error() == S3Error.REQUEST_TIMEOUT) {
                wire.condemn();
            }
            S3Response response = error.response(target(wire), wire.requestId(), hostId);
            answer.send(response, wire.method().equals("HEAD"));
        } catch (IllegalStateException e) {
            answer.abort();
        }
    }

    /** For the error document; a path that can't be understood is shown as it was sent. */
    private S3Target target(WireRequest wire) {
        try {
            return RequestLine.parse(wire.target())
                    .target(wire.headers().first("host").orElse(""), settings.domains());
        } catch (S3Exception e) {
            return new S3Target(Optional.empty(), Optional.empty(), PrintableText.of(wire.target()));
        }
    }
}
