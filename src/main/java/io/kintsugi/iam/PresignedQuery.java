package io.kintsugi.iam;

import java.time.Duration;
import java.time.Instant;

/**
 * Reads the query parameters of a presigned URL.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html">Using query
 *     parameters</a>
 */
record PresignedQuery(SignatureClaim claim, Duration expires) {
    private static final String ALGORITHM = "X-Amz-Algorithm";
    private static final String CREDENTIAL = "X-Amz-Credential";
    private static final String SIGNATURE = "X-Amz-Signature";
    private static final int MAX_EXPIRES_SECONDS = 604_800;
    private static final int MAX_EXPIRES_DIGITS = 9;

    /** Whether the request claims to be signed so. */
    static boolean isIn(SignedQuery query) {
        return query.first(ALGORITHM).isPresent()
                || query.first(CREDENTIAL).isPresent()
                || query.first(SIGNATURE).isPresent();
    }

    /** @throws AuthException when a parameter is missing or wrong */
    static PresignedQuery read(SignedQuery query) {
        String algorithm = required(query, ALGORITHM);
        if (!algorithm.equals(SignatureClaim.ALGORITHM)) {
            throw malformed("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"");
        }
        CredentialScope scope = CredentialScope.parse(required(query, CREDENTIAL))
                .orElseThrow(
                        () -> malformed("Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; "
                                + "expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."));
        String[] names = SignatureClaim.splitHeaders(required(query, "X-Amz-SignedHeaders"))
                .orElseThrow(() -> malformed("X-Amz-SignedHeaders must be lower-case names, sorted, separated by ';'"));
        String signature = required(query, SIGNATURE);
        if (!SignatureClaim.isSignature(signature)) {
            throw malformed("X-Amz-Signature must be 64 lower-case hexadecimal digits");
        }
        AmzDate date = AmzDate.parse(required(query, "X-Amz-Date"))
                .orElseThrow(() -> malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""));
        Duration expires = expires(required(query, "X-Amz-Expires"));
        return new PresignedQuery(new SignatureClaim(scope, names, signature, date), expires);
    }

    static AuthException malformed(String message) {
        return new AuthException(AuthException.Kind.AUTHORIZATION_QUERY_MALFORMED, message);
    }

    /** @throws AuthException with {@code ACCESS_DENIED} when its time has not come, or has gone */
    void checkTime(Instant now, Duration skew) {
        if (claim.date().instant().isAfter(now.plus(skew))) {
            throw new AuthException(AuthException.Kind.ACCESS_DENIED, "Request is not valid yet");
        }
        Instant end = claim.date().instant().plus(expires);
        if (now.isAfter(end)) {
            throw new AuthException(AuthException.Kind.ACCESS_DENIED, "Request has expired")
                    .with("X-Amz-Expires", Long.toString(expires.toSeconds()))
                    .with("Expires", end.toString())
                    .with("ServerTime", now.toString());
        }
    }

    private static String required(SignedQuery query, String name) {
        return query.first(name)
                .filter(value -> !value.isEmpty())
                .orElseThrow(() -> malformed("Query-string authentication version 4 requires the X-Amz-Algorithm, "
                        + "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires "
                        + "parameters; there is no " + name + "."));
    }

    private static Duration expires(String text) {
        int seconds = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9 || i >= MAX_EXPIRES_DIGITS) {
                throw malformed("X-Amz-Expires must be a number of seconds from 1 to " + MAX_EXPIRES_SECONDS);
            }
            seconds = 10 * seconds + digit;
        }
        if (seconds < 1 || seconds > MAX_EXPIRES_SECONDS) {
            throw malformed("X-Amz-Expires must be from 1 to " + MAX_EXPIRES_SECONDS + " seconds (a week)");
        }
        return Duration.ofSeconds(seconds);
    }
}
