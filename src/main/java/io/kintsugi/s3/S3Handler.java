package io.kintsugi.s3;

import java.util.Optional;

/**
 * Answers one operation, on the virtual thread of its request, or at once, on the event loop. Answers exactly once,
 * with {@link S3Exchange#respond} or {@link S3Exchange#stream}, or throws: a {@link io.kintsugi.base.StoreException} or
 * an {@link S3Exception} becomes the error response, anything else {@code InternalError}. What is left of the body is
 * taken care of by the caller.
 */
@FunctionalInterface
interface S3Handler {
    /** By a thread that may wait. */
    void handle(S3Exchange exchange);

    /**
     * On the event loop, for a request without a body: does what takes no waiting, and no memory beyond that of a small
     * object. It must not wait for a drive, a lock that is held during I/O, a commit or the client.
     *
     * @return what is left, for a thread that may wait; empty when the request is answered
     */
    default Optional<Runnable> begin(S3Exchange exchange) {
        return Optional.of(() -> handle(exchange));
    }
}
