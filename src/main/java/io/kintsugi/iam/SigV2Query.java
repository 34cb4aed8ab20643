package io.kintsugi.iam;

import java.time.Instant;

/**
 * Reads the query parameters of a URL that was presigned with Signature Version 2.
 *
 * @param expires as it is signed: seconds since 1970, in decimal
 * @param end the same time
 * @param signature Base64 of 20 bytes, when it is a signature at all
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html">Signing and authenticating
 *     REST requests, "Query string request authentication alternative"</a>
 */
record SigV2Query(String accessKey, String expires, Instant end, String signature) {
    private static final String ACCESS_KEY = "AWSAccessKeyId";
    private static final String EXPIRES = "Expires";
    private static final String SIGNATURE = "Signature";
    /** The end of the year 9999 has 12 digits. */
    private static final int MAX_EXPIRES_DIGITS = 12;

    private static final long MAX_EXPIRES =
            Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

    /** Whether the request claims to be signed so. {@code Expires} alone is no claim. */
    static boolean isIn(SignedQuery query) {
        return query.first(ACCESS_KEY).isPresent() || query.first(SIGNATURE).isPresent();
    }

    /** @throws AuthException with {@code ACCESS_DENIED} when a parameter is missing, or the time is none */
    static SigV2Query read(SignedQuery query) {
        String expires = required(query, EXPIRES);
        return new SigV2Query(required(query, ACCESS_KEY), expires, time(expires), required(query, SIGNATURE));
    }

    /** @throws AuthException with {@code ACCESS_DENIED} when its time has gone */
    void checkTime(Instant now) {
        if (now.isAfter(end)) {
            throw new AuthException(AuthException.Kind.ACCESS_DENIED, "Request has expired")
                    .with(EXPIRES, end.toString())
                    .with("ServerTime", now.toString());
        }
    }

    private static String required(SignedQuery query, String name) {
        return query.first(name)
                .filter(value -> !value.isEmpty())
                .orElseThrow(() -> new AuthException(
                        AuthException.Kind.ACCESS_DENIED,
                        "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters; "
                                + "there is no " + name + "."));
    }

    private static Instant time(String text) {
        long seconds = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9 || i >= MAX_EXPIRES_DIGITS) {
                throw noTime(text);
            }
            seconds = 10 * seconds + digit;
        }
        if (seconds > MAX_EXPIRES) {
            throw noTime(text);
        }
        return Instant.ofEpochSecond(seconds);
    }

    private static AuthException noTime(String text) {
        return new AuthException(
                AuthException.Kind.ACCESS_DENIED,
                "Invalid date (should be seconds since epoch, up to the year 9999): " + text);
    }
}
