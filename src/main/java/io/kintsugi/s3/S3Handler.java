package io.kintsugi.s3;

/**
 * Answers one operation, on the virtual thread of its request. Answers exactly once, with {@link S3Exchange#respond} or
 * {@link S3Exchange#stream}, or throws: a {@link io.kintsugi.base.StoreException} or an {@link S3Exception} becomes the
 * error response, anything else {@code InternalError}. What is left of the body is taken care of by the caller.
 */
@FunctionalInterface
interface S3Handler {
    void handle(S3Exchange exchange);
}
