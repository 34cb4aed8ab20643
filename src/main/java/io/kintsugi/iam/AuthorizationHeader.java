package io.kintsugi.iam;

import java.util.Optional;

/**
 * Reads the {@code Authorization} header.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html">Using the
 *     authorization header</a>
 */
final class AuthorizationHeader {
    private AuthorizationHeader() {}

    /** @throws AuthException when it is not of version 4, or not well-formed */
    static SignatureClaim read(String header, SignedRequest request) {
        refuseOtherKinds(header);
        String fields = header.substring(SignatureClaim.ALGORITHM.length());
        String credential = field(fields, "Credential");
        String signedHeaders = field(fields, "SignedHeaders");
        String signature = field(fields, "Signature");
        CredentialScope scope = CredentialScope.parse(credential)
                .orElseThrow(() -> malformed("the Credential is mal-formed; expecting "
                        + "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."));
        String[] names = SignatureClaim.splitHeaders(signedHeaders)
                .orElseThrow(() -> malformed("SignedHeaders must be lower-case names, sorted, separated by ';'."));
        if (!SignatureClaim.isSignature(signature)) {
            throw malformed("the Signature must be 64 lower-case hexadecimal digits.");
        }
        return new SignatureClaim(scope, names, signature, date(request));
    }

    static AuthException malformed(String detail) {
        return new AuthException(
                AuthException.Kind.AUTHORIZATION_HEADER_MALFORMED, "The authorization header is malformed; " + detail);
    }

    private static void refuseOtherKinds(String header) {
        if (header.equals(SignatureClaim.ALGORITHM) || header.startsWith(SignatureClaim.ALGORITHM + " ")) {
            return;
        }
        if (header.startsWith("AWS4-ECDSA-P256-SHA256")) {
            throw new AuthException(
                    AuthException.Kind.UNSUPPORTED_SIGNATURE,
                    "Signature version 4A (AWS4-ECDSA-P256-SHA256) is not supported. Please use AWS4-HMAC-SHA256.");
        }
        if (header.startsWith("AWS ")) {
            throw new AuthException(
                    AuthException.Kind.INVALID_REQUEST,
                    "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.");
        }
        throw new AuthException(AuthException.Kind.INVALID_ARGUMENT, "Unsupported Authorization Type")
                .with("ArgumentName", "Authorization")
                .with("ArgumentValue", header.substring(0, Math.max(0, header.indexOf(' '))));
    }

    /** The value of {@code name=value}, up to a comma or a blank. */
    private static String field(String fields, String name) {
        int at = fields.indexOf(name);
        while (at >= 0) {
            int equals = at + name.length();
            boolean begins = at == 0 || isSeparator(fields.charAt(at - 1));
            if (begins && fields.startsWith("=", equals)) {
                return fields.substring(equals + 1, Math.min(end(fields, ',', equals), end(fields, ' ', equals)));
            }
            at = fields.indexOf(name, equals);
        }
        throw malformed("it has no " + name + ".");
    }

    private static int end(String fields, char separator, int from) {
        int end = fields.indexOf(separator, from);
        return end < 0 ? fields.length() : end;
    }

    private static boolean isSeparator(char c) {
        return c == ',' || c == ' ';
    }

    private static AmzDate date(SignedRequest request) {
        Optional<String> own = request.header("x-amz-date");
        Optional<AmzDate> date = own.isPresent()
                ? AmzDate.parse(own.get())
                : request.header("date").flatMap(AmzDate::parseHttp);
        return date.orElseThrow(() -> new AuthException(
                AuthException.Kind.ACCESS_DENIED, "AWS authentication requires a valid Date or x-amz-date header"));
    }
}
