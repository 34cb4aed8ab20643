package io.kintsugi.s3;

import io.kintsugi.base.StoreException;

/** Which error of S3 each refusal of the store is. */
final class S3Errors {
    private S3Errors() {}

    static S3Error of(StoreException refusal) {
        return switch (refusal) {
            case StoreException.NotFound notFound -> of(notFound.kind());
            case StoreException.DeleteMarker marker ->
                marker.named() ? S3Error.METHOD_NOT_ALLOWED : S3Error.NO_SUCH_KEY;
            case StoreException.Conflict conflict -> of(conflict.kind());
            case StoreException.PreconditionFailed failed -> S3Error.PRECONDITION_FAILED;
            case StoreException.NotModified notModified -> S3Error.NOT_MODIFIED;
            case StoreException.Invalid invalid -> of(invalid.kind());
            case StoreException.Unavailable unavailable -> of(unavailable.kind());
            case StoreException.ClientGone gone -> S3Error.REQUEST_TIMEOUT;
            case StoreException.Failed failed -> S3Error.INTERNAL_ERROR;
        };
    }

    private static S3Error of(StoreException.NotFound.Kind kind) {
        return switch (kind) {
            case BUCKET -> S3Error.NO_SUCH_BUCKET;
            case KEY -> S3Error.NO_SUCH_KEY;
            case VERSION -> S3Error.NO_SUCH_VERSION;
            case UPLOAD -> S3Error.NO_SUCH_UPLOAD;
        };
    }

    private static S3Error of(StoreException.Conflict.Kind kind) {
        return switch (kind) {
            case BUCKET_EXISTS -> S3Error.BUCKET_ALREADY_OWNED_BY_YOU;
            case BUCKET_NOT_EMPTY -> S3Error.BUCKET_NOT_EMPTY;
            case CONCURRENT_CHANGE -> S3Error.CONDITIONAL_REQUEST_CONFLICT;
            case BUCKET_STATE -> S3Error.INVALID_BUCKET_STATE;
        };
    }

    private static S3Error of(StoreException.Invalid.Kind kind) {
        return switch (kind) {
            case ARGUMENT -> S3Error.INVALID_ARGUMENT;
            case REQUEST -> S3Error.INVALID_REQUEST;
            case BUCKET_NAME -> S3Error.INVALID_BUCKET_NAME;
            case KEY_TOO_LONG -> S3Error.KEY_TOO_LONG;
            case METADATA_TOO_LARGE -> S3Error.METADATA_TOO_LARGE;
            case RANGE -> S3Error.INVALID_RANGE;
            case PART -> S3Error.INVALID_PART;
            case PART_NUMBER -> S3Error.INVALID_PART_NUMBER;
            case PART_ORDER -> S3Error.INVALID_PART_ORDER;
            case ENTITY_TOO_SMALL -> S3Error.ENTITY_TOO_SMALL;
            case ENTITY_TOO_LARGE -> S3Error.ENTITY_TOO_LARGE;
            case INCOMPLETE_BODY, MALFORMED_CHUNK -> S3Error.INCOMPLETE_BODY;
            case REQUEST_TIMEOUT -> S3Error.REQUEST_TIMEOUT;
            case BAD_DIGEST -> S3Error.BAD_DIGEST;
            case CONTENT_SHA256_MISMATCH -> S3Error.X_AMZ_CONTENT_SHA256_MISMATCH;
            case CHUNK_SIGNATURE -> S3Error.SIGNATURE_DOES_NOT_MATCH;
            case MALFORMED_TRAILER -> S3Error.MALFORMED_TRAILER;
        };
    }

    private static S3Error of(StoreException.Unavailable.Kind kind) {
        return switch (kind) {
            case SLOW_DOWN -> S3Error.SLOW_DOWN;
            case QUORUM, TIMEOUT, FULL, STARTING, STOPPING -> S3Error.SERVICE_UNAVAILABLE;
        };
    }
}
