package io.kintsugi.s3;

import io.kintsugi.base.BucketName;
import io.kintsugi.base.ObjectKey;
import java.util.Optional;

/**
 * The head of a request.
 *
 * @param method the HTTP method, upper case
 * @param query the decoded query parameters
 */
record S3Request(S3Operation operation, String method, S3Target target, QueryParams query, Headers headers) {
    /**
     * The bucket that the request names.
     *
     * @throws io.kintsugi.base.StoreException.Invalid with {@code BUCKET_NAME}
     * @throws IllegalStateException when the operation is about no bucket
     */
    BucketName bucket() {
        return new BucketName(target.bucket().orElseThrow(this::misrouted));
    }

    /**
     * The key that the request names.
     *
     * @throws io.kintsugi.base.StoreException.Invalid when it is too long
     * @throws IllegalStateException when the operation is about no key
     */
    ObjectKey key() {
        return ObjectKey.of(target.key().orElseThrow(this::misrouted));
    }

    /** The first header of that lower-case name. */
    Optional<String> header(String name) {
        return headers.first(name);
    }

    /** The first query parameter of that name, percent-decoded; {@code ""} when it has no value. */
    Optional<String> query(String name) {
        return query.first(name);
    }

    boolean hasQuery() {
        return query.count() > 0;
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    private IllegalStateException misrouted() {
        return new IllegalStateException(operation.awsName() + " was routed without a bucket or key");
    }
}
