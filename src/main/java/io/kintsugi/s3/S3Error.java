package io.kintsugi.s3;

/**
 * The errors of S3 that this server answers with: code, HTTP status, and AWS's message.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html">Error responses</a>
 */
enum S3Error {
    ACCESS_DENIED(403, "AccessDenied", "Access Denied"),
    ACCOUNT_PROBLEM(
            403,
            "AccountProblem",
            "There is a problem with your account that prevents the operation from completing " + "successfully."),
    AUTHORIZATION_HEADER_MALFORMED(
            400, "AuthorizationHeaderMalformed", "The authorization header you provided is invalid."),
    AUTHORIZATION_QUERY_PARAMETERS_ERROR(
            400, "AuthorizationQueryParametersError", "Error parsing the X-Amz-Credential parameter."),
    BAD_DIGEST(
            400,
            "BadDigest",
            "The Content-MD5 or checksum value that you specified did not match what the server " + "received."),
    BUCKET_ALREADY_EXISTS(
            409,
            "BucketAlreadyExists",
            "The requested bucket name is not available. The bucket namespace is shared by all users of "
                    + "the system. Please select a different name and try again."),
    BUCKET_ALREADY_OWNED_BY_YOU(
            409, "BucketAlreadyOwnedByYou", "The bucket that you tried to create already exists, and you own it."),
    BUCKET_NOT_EMPTY(409, "BucketNotEmpty", "The bucket that you tried to delete is not empty."),
    CONDITIONAL_REQUEST_CONFLICT(
            409,
            "ConditionalRequestConflict",
            "The conditional request cannot succeed due to a conflicting operation against this " + "resource."),
    CREDENTIALS_NOT_SUPPORTED(400, "CredentialsNotSupported", "This request does not support credentials."),
    ENTITY_TOO_LARGE(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size."),
    ENTITY_TOO_SMALL(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed object size."),
    ILLEGAL_LOCATION_CONSTRAINT(
            400,
            "IllegalLocationConstraintException",
            "The specified location constraint is incompatible for the region specific endpoint this "
                    + "request was sent to."),
    ILLEGAL_VERSIONING_CONFIGURATION(
            400,
            "IllegalVersioningConfigurationException",
            "The versioning configuration specified in the request is invalid."),
    INCOMPLETE_BODY(
            400,
            "IncompleteBody",
            "You did not provide the number of bytes specified by the Content-Length HTTP header."),
    INTERNAL_ERROR(500, "InternalError", "We encountered an internal error. Please try again."),
    INVALID_ACCESS_KEY_ID(
            403, "InvalidAccessKeyId", "The AWS access key ID that you provided does not exist in our records."),
    INVALID_ARGUMENT(400, "InvalidArgument", "Invalid Argument"),
    INVALID_BUCKET_NAME(400, "InvalidBucketName", "The specified bucket is not valid."),
    INVALID_BUCKET_STATE(409, "InvalidBucketState", "The request is not valid for the current state of the bucket."),
    INVALID_DIGEST(400, "InvalidDigest", "The Content-MD5 or checksum value that you specified is not valid."),
    INVALID_ENCRYPTION_ALGORITHM(
            400,
            "InvalidEncryptionAlgorithmError",
            "The encryption request that you specified is not valid. The valid value is AES256."),
    INVALID_LOCATION_CONSTRAINT(
            400, "InvalidLocationConstraint", "The specified location (Region) constraint is not valid."),
    INVALID_OBJECT_STATE(403, "InvalidObjectState", "The operation is not valid for the current state of the object."),
    INVALID_PART(
            400,
            "InvalidPart",
            "One or more of the specified parts could not be found. The part may not have been "
                    + "uploaded, or the specified entity tag may not match the part's entity tag."),
    INVALID_PART_NUMBER(416, "InvalidPartNumber", "The requested partnumber is not satisfiable"),
    INVALID_PART_ORDER(
            400,
            "InvalidPartOrder",
            "The list of parts was not in ascending order. Parts must be ordered by part number."),
    INVALID_RANGE(416, "InvalidRange", "The requested range is not satisfiable"),
    INVALID_REQUEST(400, "InvalidRequest", "Invalid Request"),
    INVALID_STORAGE_CLASS(400, "InvalidStorageClass", "The storage class that you specified is not valid."),
    INVALID_TAG(400, "InvalidTag", "The tag provided was not a valid tag."),
    INVALID_TOKEN(400, "InvalidToken", "The provided token is malformed or otherwise not valid."),
    INVALID_URI(400, "InvalidURI", "Couldn't parse the specified URI."),
    KEY_TOO_LONG(400, "KeyTooLongError", "Your key is too long."),
    MALFORMED_POST_REQUEST(
            400, "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data."),
    MALFORMED_TRAILER(
            400,
            "MalformedTrailerError",
            "The request contained trailing data that was not well-formed or did not conform to our "
                    + "published schema."),
    MALFORMED_XML(
            400,
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema"),
    MAX_MESSAGE_LENGTH_EXCEEDED(400, "MaxMessageLengthExceeded", "Your request was too big."),
    METADATA_TOO_LARGE(400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size."),
    METHOD_NOT_ALLOWED(405, "MethodNotAllowed", "The specified method is not allowed against this resource."),
    MISSING_CONTENT_LENGTH(411, "MissingContentLength", "You must provide the Content-Length HTTP header."),
    MISSING_REQUEST_BODY(400, "MissingRequestBodyError", "Request body is empty."),
    MISSING_SECURITY_HEADER(400, "MissingSecurityHeader", "Your request is missing a required header."),
    NO_SUCH_BUCKET(404, "NoSuchBucket", "The specified bucket does not exist"),
    NO_SUCH_BUCKET_POLICY(404, "NoSuchBucketPolicy", "The bucket policy does not exist"),
    NO_SUCH_CORS_CONFIGURATION(404, "NoSuchCORSConfiguration", "The CORS configuration does not exist"),
    NO_SUCH_KEY(404, "NoSuchKey", "The specified key does not exist."),
    NO_SUCH_LIFECYCLE_CONFIGURATION(404, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"),
    NO_SUCH_TAG_SET(404, "NoSuchTagSet", "The TagSet does not exist"),
    NO_SUCH_UPLOAD(
            404,
            "NoSuchUpload",
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have "
                    + "been aborted or completed."),
    NO_SUCH_VERSION(404, "NoSuchVersion", "The specified version does not exist."),
    NOT_IMPLEMENTED(
            501,
            "NotImplemented",
            "A header or operation that you provided implies functionality that is not implemented."),
    NOT_MODIFIED(304, "NotModified", "Not Modified"),
    OPERATION_ABORTED(
            409,
            "OperationAborted",
            "A conflicting conditional operation is currently in progress against this resource. Try " + "again."),
    PRECONDITION_FAILED(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold"),
    REQUEST_HEADER_SECTION_TOO_LARGE(
            400, "RequestHeaderSectionTooLarge", "Your request header section exceeds the maximum allowed size."),
    REQUEST_TIMEOUT(
            400,
            "RequestTimeout",
            "Your socket connection to the server was not read from or written to within the timeout "
                    + "period. Idle connections will be closed."),
    REQUEST_TIME_TOO_SKEWED(
            403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."),
    SERVER_SIDE_ENCRYPTION_CONFIGURATION_NOT_FOUND(
            404,
            "ServerSideEncryptionConfigurationNotFoundError",
            "The server side encryption configuration was not found"),
    SERVICE_UNAVAILABLE(503, "ServiceUnavailable", "Service is unable to handle request."),
    SIGNATURE_DOES_NOT_MATCH(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your "
                    + "key and signing method."),
    SLOW_DOWN(503, "SlowDown", "Please reduce your request rate."),
    TOO_MANY_BUCKETS(400, "TooManyBuckets", "You have attempted to create more buckets than are allowed."),
    UNEXPECTED_CONTENT(400, "UnexpectedContent", "This request contains unsupported content."),
    UNSUPPORTED_SIGNATURE(
            400,
            "UnsupportedSignature",
            "The provided request is signed with an unsupported version of the signature algorithm."),
    X_AMZ_CONTENT_CHECKSUM_MISMATCH(
            400,
            "XAmzContentChecksumMismatch",
            "The provided 'x-amz-checksum' header does not match what was computed."),
    X_AMZ_CONTENT_SHA256_MISMATCH(
            400,
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.");

    private final int status;
    private final String code;
    private final String message;

    S3Error(int status, String code, String message) {
        this.status = status;
        this.code = code;
        this.message = message;
    }

    int status() {
        return status;
    }

    /** As AWS spells it, as in {@code NoSuchKey}. */
    String code() {
        return code;
    }

    String message() {
        return message;
    }
}
