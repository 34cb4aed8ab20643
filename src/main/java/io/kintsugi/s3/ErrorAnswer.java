package io.kintsugi.s3;

import io.kintsugi.base.StoreException;
import io.kintsugi.iam.AuthException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a failure is to the client: one of S3's errors with its message and what else AWS says with it. The one place
 * where failures of all rooms become errors of S3.
 */
record ErrorAnswer(S3Error error, String message, List<S3Exception.Detail> details, List<S3Response.Header> headers) {
    /** What a 304 must repeat of the 200 that it stands for (RFC 9110, section 15.4.5), by the name that is stored. */
    private static final Map<String, String> CACHING = Map.of("cache-control", "Cache-Control", "expires", "Expires");

    private static final int RETRY_AFTER_SECONDS = 1;

    static ErrorAnswer of(Throwable failure) {
        return switch (failure) {
            case S3Exception s3 -> of(s3);
            case AuthException auth -> of(auth);
            case StoreException store -> of(store);
            default -> new ErrorAnswer(S3Error.INTERNAL_ERROR, S3Error.INTERNAL_ERROR.message(), List.of(), List.of());
        };
    }

    /** Whether it is our fault, and worth a line in the log. */
    static boolean isOurs(Throwable failure) {
        return switch (failure) {
            case S3Exception s3 -> false;
            case AuthException auth -> false;
            case StoreException.Failed failed -> true;
            case StoreException store -> false;
            default -> true;
        };
    }

    /**
     * The response: without a body where HTTP has none.
     *
     * @param resource that the request was about
     */
    S3Response response(S3Target resource, String requestId, String hostId) {
        S3Response response = S3Response.of(error.status());
        headers.forEach(header -> response.header(header.name(), header.value()));
        if (error.status() == 304) {
            return response;
        }
        XmlWriter xml =
                XmlWriter.plainDocument("Error").element("Code", error.code()).element("Message", message);
        details.forEach(detail -> xml.element(detail.name(), detail.value()));
        named(resource, xml);
        return response.xml(xml.element("Resource", resource.resource())
                .element("RequestId", requestId)
                .element("HostId", hostId));
    }

    /** AWS names what was not found beside the resource. */
    private void named(S3Target resource, XmlWriter xml) {
        switch (error) {
            case NO_SUCH_BUCKET,
                    BUCKET_ALREADY_EXISTS,
                    BUCKET_ALREADY_OWNED_BY_YOU,
                    BUCKET_NOT_EMPTY,
                    INVALID_BUCKET_NAME -> xml.element("BucketName", resource.bucket());
            case NO_SUCH_KEY, NO_SUCH_VERSION -> xml.element("Key", resource.key());
            default -> {}
        }
    }

    private static ErrorAnswer of(S3Exception failure) {
        return new ErrorAnswer(
                failure.error(),
                failure.getMessage(),
                failure.details(),
                withRetry(failure.error(), failure.headers()));
    }

    private static ErrorAnswer of(AuthException failure) {
        List<S3Exception.Detail> details = failure.details().stream()
                .map(detail -> new S3Exception.Detail(detail.name(), detail.value()))
                .toList();
        S3Error error = switch (failure.kind()) {
            case ACCESS_DENIED -> S3Error.ACCESS_DENIED;
            case AUTHORIZATION_HEADER_MALFORMED -> S3Error.AUTHORIZATION_HEADER_MALFORMED;
            case AUTHORIZATION_QUERY_MALFORMED -> S3Error.AUTHORIZATION_QUERY_PARAMETERS_ERROR;
            case INVALID_ACCESS_KEY -> S3Error.INVALID_ACCESS_KEY_ID;
            case INVALID_ARGUMENT -> S3Error.INVALID_ARGUMENT;
            case INVALID_REQUEST -> S3Error.INVALID_REQUEST;
            case INVALID_TOKEN -> S3Error.INVALID_TOKEN;
            case INVALID_URI -> S3Error.INVALID_URI;
            case SIGNATURE_MISMATCH -> S3Error.SIGNATURE_DOES_NOT_MATCH;
            case TIME_TOO_SKEWED -> S3Error.REQUEST_TIME_TOO_SKEWED;
            case UNSUPPORTED_SIGNATURE -> S3Error.UNSUPPORTED_SIGNATURE;
        };
        return new ErrorAnswer(error, failure.getMessage(), details, List.of());
    }

    private static ErrorAnswer of(StoreException failure) {
        S3Error error = S3Errors.of(failure);
        List<S3Response.Header> headers = new ArrayList<>();
        List<S3Exception.Detail> details = new ArrayList<>();
        switch (failure) {
            case StoreException.DeleteMarker marker -> {
                headers.add(new S3Response.Header("x-amz-delete-marker", "true"));
                headers.add(new S3Response.Header(
                        "x-amz-version-id", marker.version().toString()));
                if (marker.named()) {
                    headers.add(new S3Response.Header("Allow", "DELETE"));
                    headers.add(new S3Response.Header("Last-Modified", HttpDates.header(marker.lastModified())));
                }
            }
            case StoreException.NotModified same -> {
                headers.add(new S3Response.Header("ETag", same.version().etag().quoted()));
                headers.add(new S3Response.Header(
                        "Last-Modified", HttpDates.header(same.version().lastModified())));
                CACHING.forEach((stored, sent) -> Optional.ofNullable(
                                same.version().metadata().headers().get(stored))
                        .ifPresent(value -> headers.add(new S3Response.Header(sent, value))));
            }
            case StoreException.PreconditionFailed failed ->
                details.add(new S3Exception.Detail("Condition", failed.condition()));
            case StoreException.NotFound none -> {}
            case StoreException.Conflict conflict -> {}
            case StoreException.Invalid invalid -> {}
            case StoreException.Unavailable unavailable -> {}
            case StoreException.ClientGone gone -> {}
            case StoreException.Failed failed -> {}
        }
        return new ErrorAnswer(error, message(failure, error), details, withRetry(error, headers));
    }

    /** AWS's own words where ours say no more, and where ours are for the log alone. */
    private static String message(StoreException failure, S3Error error) {
        return switch (failure) {
            case StoreException.NotFound none -> error.message();
            case StoreException.DeleteMarker marker -> error.message();
            case StoreException.PreconditionFailed failed -> error.message();
            case StoreException.NotModified same -> error.message();
            case StoreException.Failed failed -> error.message();
            case StoreException.Conflict conflict -> conflict.getMessage();
            case StoreException.Invalid invalid -> invalid.getMessage();
            case StoreException.Unavailable unavailable -> unavailable.getMessage();
            case StoreException.ClientGone gone -> gone.getMessage();
        };
    }

    private static List<S3Response.Header> withRetry(S3Error error, List<S3Response.Header> headers) {
        if (error.status() != 503) {
            return List.copyOf(headers);
        }
        List<S3Response.Header> more = new ArrayList<>(headers);
        more.add(new S3Response.Header("Retry-After", Integer.toString(RETRY_AFTER_SECONDS)));
        return List.copyOf(more);
    }
}
