package io.kintsugi.s3;

import java.util.ArrayList;
import java.util.List;

/** An error that the wire itself finds: the answer to the client, not an accident, so it carries no stack trace. */
final class S3Exception extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final S3Error error;
    private final transient List<Detail> details = new ArrayList<>();

    private final transient List<S3Response.Header> headers = new ArrayList<>();

    /** An element of the error document besides those that every one has, as AWS has for some errors. */
    record Detail(String name, String value) {}

    /** With the message that AWS has for this error. */
    S3Exception(S3Error error) {
        this(error, error.message());
    }

    S3Exception(S3Error error, String message) {
        super(message, null, false, false);
        this.error = error;
    }

    /** {@code InvalidArgument} as AWS has it, naming the argument and its value. */
    static S3Exception invalidArgument(String message, String name, String value) {
        return new S3Exception(S3Error.INVALID_ARGUMENT, message)
                .with("ArgumentName", name)
                .with("ArgumentValue", value);
    }

    S3Exception with(String name, String value) {
        details.add(new Detail(name, value));
        return this;
    }

    /** Adds a header of the response, as {@code Allow} for a 405. */
    S3Exception withHeader(String name, String value) {
        headers.add(new S3Response.Header(name, value));
        return this;
    }

    S3Error error() {
        return error;
    }

    List<Detail> details() {
        return List.copyOf(details);
    }

    List<S3Response.Header> headers() {
        return List.copyOf(headers);
    }
}
