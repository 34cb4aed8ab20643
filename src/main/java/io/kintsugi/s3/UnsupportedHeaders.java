package io.kintsugi.s3;

import java.util.Set;

/**
 * Headers that ask for something that this server does not do. They are refused, since to ignore them would be to say
 * that it was done.
 */
final class UnsupportedHeaders {
    private static final String ENCRYPTION = "x-amz-server-side-encryption";
    private static final String SOURCE_ENCRYPTION = "x-amz-copy-source-server-side-encryption";
    private static final Set<String> NOT_DONE = Set.of(
            "x-amz-object-lock-mode",
            "x-amz-object-lock-retain-until-date",
            "x-amz-object-lock-legal-hold",
            "x-amz-write-offset-bytes",
            "x-amz-request-payer");
    /** What the owner of the bucket has anyway: to grant nothing else. */
    private static final Set<String> OWNER_ONLY = Set.of("private", "bucket-owner-full-control", "bucket-owner-read");

    private UnsupportedHeaders() {}

    /**
     * Of a request that writes.
     *
     * @throws S3Exception {@code NotImplemented} with the header's name
     */
    static void checkWrite(Headers headers) {
        headers.forEach((name, value) -> {
            boolean encrypts = name.startsWith(ENCRYPTION) || name.startsWith(SOURCE_ENCRYPTION);
            if (encrypts || NOT_DONE.contains(name) || name.startsWith("x-amz-grant-") || grants(name, value)) {
                throw notImplemented(name);
            }
        });
    }

    /**
     * Of a request that reads: keys of the client mean nothing for what is not encrypted with them.
     *
     * @throws S3Exception {@code InvalidRequest} or {@code NotImplemented}
     */
    static void checkRead(Headers headers) {
        headers.forEach((name, value) -> {
            if (name.startsWith(ENCRYPTION)) {
                throw new S3Exception(
                        S3Error.INVALID_REQUEST, "The encryption parameters are not applicable to this object.");
            }
            if (name.equals("x-amz-request-payer")) {
                throw notImplemented(name);
            }
        });
    }

    /** Of the creation of a bucket: besides, object lock and object ownership other than the one there is. */
    static void checkCreateBucket(Headers headers) {
        checkWrite(headers);
        headers.forEach((name, value) -> {
            boolean lock = name.equals("x-amz-bucket-object-lock-enabled") && value.equalsIgnoreCase("true");
            boolean ownership = name.equals("x-amz-object-ownership") && !value.equals("BucketOwnerEnforced");
            if (lock || ownership) {
                throw notImplemented(name);
            }
        });
    }

    static S3Exception notImplemented(String header) {
        return new S3Exception(
                        S3Error.NOT_IMPLEMENTED,
                        "A header you provided implies functionality that is not implemented: " + header)
                .with("Header", header);
    }

    private static boolean grants(String name, String value) {
        return name.equals("x-amz-acl") && !OWNER_ONLY.contains(value);
    }
}
