package io.kintsugi.iam;

import java.util.ArrayList;
import java.util.List;

/**
 * Why a request is not let in. The message and the details are for the client; they hold what it sent and what follows
 * from that, never a secret. An answer, not an accident: it carries no stack trace.
 */
public final class AuthException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Kind {
        ACCESS_DENIED,
        AUTHORIZATION_HEADER_MALFORMED,
        AUTHORIZATION_QUERY_MALFORMED,
        INVALID_ACCESS_KEY,
        INVALID_ARGUMENT,
        INVALID_REQUEST,
        INVALID_TOKEN,
        INVALID_URI,
        SIGNATURE_MISMATCH,
        TIME_TOO_SKEWED,
        UNSUPPORTED_SIGNATURE
    }

    private final Kind kind;
    private final transient List<Detail> details = new ArrayList<>();

    /** A named element of the error document. */
    public record Detail(String name, String value) {}

    AuthException(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /** The signature is not what the secret key makes of the request. */
    static AuthException mismatch(String accessKey, String provided) {
        return new AuthException(
                        Kind.SIGNATURE_MISMATCH,
                        "The request signature we calculated does not match the signature you provided. Check your key "
                                + "and signing method.")
                .with("AWSAccessKeyId", accessKey)
                .with("SignatureProvided", provided);
    }

    /** A session token came with a key that has none. */
    static AuthException noTokens() {
        return new AuthException(
                Kind.INVALID_TOKEN,
                "The provided token is malformed or otherwise not valid: this access key has no session tokens.");
    }

    /** A text that holds headers, but not where one of them is a customer's encryption key. */
    AuthException withText(String name, String text) {
        return text.contains("-server-side-encryption-customer-key:") ? this : with(name, text);
    }

    AuthException with(String name, String value) {
        details.add(new Detail(name, value));
        return this;
    }

    public Kind kind() {
        return kind;
    }

    public List<Detail> details() {
        return List.copyOf(details);
    }
}
