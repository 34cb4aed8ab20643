package io.kintsugi.iam;

import io.kintsugi.base.Clock;
import io.kintsugi.base.PercentEncoding;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * Verifies AWS Signature Version 4, in the {@code Authorization} header and in the query of presigned URLs, and leaves
 * URLs that were presigned with version 2 to {@link SigV2Verifier}. Thread-safe.
 *
 * <p>The path is signed as S3 has it: encoded once, never normalised. A client may send characters bare that it encoded
 * for the signature, or the other way round: the path in AWS's own encoding is tried first, then the path as it was
 * sent. Both name the same key.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html">Authenticating
 *     requests</a>
 */
public final class SigV4Verifier {
    private static final Duration MAX_SKEW = Duration.ofMinutes(15);
    static final String CONTENT_SHA256 = "x-amz-content-sha256";

    private final RootCredentials root;
    private final String region;
    private final SigningKeys keys;
    private final SigV2Verifier old;
    private final Clock clock;

    /** @param region that clients must sign for */
    public SigV4Verifier(RootCredentials root, String region, Clock clock) {
        this.root = root;
        this.region = region;
        this.keys = new SigningKeys(root.secretKey(), region);
        this.old = new SigV2Verifier(root, clock);
        this.clock = clock;
    }

    /** @throws AuthException when the request claims to be somebody's and that can't be verified */
    public Verified verify(SignedRequest request) {
        SignedQuery query = SignedQuery.parse(request.rawQuery());
        Optional<String> header = request.header("authorization");
        boolean presigned = PresignedQuery.isIn(query);
        boolean presignedOld = SigV2Query.isIn(query);
        if (header.isPresent() && (presigned || presignedOld) || presigned && presignedOld) {
            throw new AuthException(
                    AuthException.Kind.INVALID_ARGUMENT,
                    "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string "
                            + "parameter or the Authorization header should be specified");
        }
        if (presignedOld) {
            return old.verify(request, query);
        }
        if (presigned) {
            return presigned(request, query);
        }
        return header.isPresent() ? signed(request, query, header.get()) : anonymous(request);
    }

    private static Verified anonymous(SignedRequest request) {
        boolean chunks = request.header(CONTENT_SHA256)
                .filter(Payload.UNSIGNED_CHUNKS_TRAILER::equals)
                .isPresent();
        return new Verified(new Identity.Anonymous(), chunks ? new Payload.UnsignedChunks() : new Payload.Unsigned());
    }

    private Verified signed(SignedRequest request, SignedQuery query, String header) {
        SignatureClaim claim = AuthorizationHeader.read(header, request);
        checkScope(claim, AuthException.Kind.AUTHORIZATION_HEADER_MALFORMED, "The authorization header is malformed; ");
        checkSkew(claim);
        String payload = request.header(CONTENT_SHA256)
                .orElseThrow(() -> new AuthException(
                        AuthException.Kind.INVALID_REQUEST,
                        "Missing required header for this request: " + CONTENT_SHA256));
        return verify(request, query, claim, payload);
    }

    private Verified presigned(SignedRequest request, SignedQuery query) {
        PresignedQuery presigned = PresignedQuery.read(query);
        SignatureClaim claim = presigned.claim();
        checkScope(
                claim,
                AuthException.Kind.AUTHORIZATION_QUERY_MALFORMED,
                "Error parsing the X-Amz-Credential parameter; ");
        presigned.checkTime(clock.now(), MAX_SKEW);
        String payload = request.header(CONTENT_SHA256)
                .or(() -> query.firstIgnoringCase(CONTENT_SHA256))
                .orElse(Payload.UNSIGNED);
        return verify(request, query, claim, payload);
    }

    private void checkScope(SignatureClaim claim, AuthException.Kind kind, String prefix) {
        CredentialScope scope = claim.credential();
        if (!scope.terminator().equals(CredentialScope.TERMINATOR)) {
            throw new AuthException(
                    kind,
                    prefix + "the terminator '" + scope.terminator() + "' is wrong; expecting '"
                            + CredentialScope.TERMINATOR + "'");
        }
        if (!scope.service().equals(CredentialScope.SERVICE)) {
            throw new AuthException(
                    kind,
                    prefix + "incorrect service '" + scope.service() + "'. This endpoint belongs to '"
                            + CredentialScope.SERVICE + "'.");
        }
        if (!scope.region().equals(region)) {
            throw new AuthException(
                            kind, prefix + "the region '" + scope.region() + "' is wrong; expecting '" + region + "'")
                    .with("Region", region);
        }
        if (!scope.date().equals(claim.date().day())) {
            throw new AuthException(
                    kind,
                    prefix + "Invalid credential date '" + scope.date()
                            + "'. This date is not the same as X-Amz-Date: '"
                            + claim.date().day() + "'.");
        }
    }

    private void checkSkew(SignatureClaim claim) {
        Instant now = clock.now();
        if (Duration.between(claim.date().instant(), now).abs().compareTo(MAX_SKEW) > 0) {
            throw new AuthException(
                            AuthException.Kind.TIME_TOO_SKEWED,
                            "The difference between the request time and the current time is too large.")
                    .with("RequestTime", claim.date().text())
                    .with("ServerTime", now.toString())
                    .with("MaxAllowedSkewMilliseconds", Long.toString(MAX_SKEW.toMillis()));
        }
    }

    private Verified verify(SignedRequest request, SignedQuery query, SignatureClaim claim, String payload) {
        if (!Payload.isValid(payload)) {
            throw new AuthException(
                            AuthException.Kind.INVALID_ARGUMENT,
                            CONTENT_SHA256 + " must be UNSIGNED-PAYLOAD, " + Payload.UNSIGNED_CHUNKS_TRAILER + ", "
                                    + Payload.SIGNED_CHUNKS + ", " + Payload.SIGNED_CHUNKS_TRAILER
                                    + " or a valid sha256 value.")
                    .with("ArgumentName", CONTENT_SHA256)
                    .with("ArgumentValue", payload);
        }
        checkSignedHeaders(request, claim);
        root.check(claim.credential().accessKey());
        if (request.header("x-amz-security-token").isPresent()
                || query.firstIgnoringCase("x-amz-security-token").isPresent()) {
            throw AuthException.noTokens();
        }
        Hmac key = keys.of(claim.credential().date());
        checkSignature(request, query, claim, payload, key);
        ChunkSigner chunks = new ChunkSigner(key, claim, claim.signature());
        return new Verified(new Identity.Root(root.accessKey()), Payload.of(payload, chunks));
    }

    /** What is not signed may have been added on the way. */
    private static void checkSignedHeaders(SignedRequest request, SignatureClaim claim) {
        StringJoiner unsigned = new StringJoiner(", ");
        for (int i = 0; i < request.headers().size(); i += 2) {
            String name = request.headers().get(i);
            if ((name.startsWith("x-amz-") || name.equals("host")) && !claim.signs(name)) {
                unsigned.add(name);
            }
        }
        if (unsigned.length() > 0 || !claim.signs("host")) {
            throw new AuthException(
                            AuthException.Kind.ACCESS_DENIED,
                            "There were headers present in the request which were not signed")
                    .with("HeadersNotSigned", unsigned.length() > 0 ? unsigned.toString() : "host");
        }
    }

    private static void checkSignature(
            SignedRequest request, SignedQuery query, SignatureClaim claim, String payload, Hmac key) {
        String path = PercentEncoding.decode(request.rawPath(), false)
                .map(decoded -> PercentEncoding.encode(decoded, true))
                .orElse(request.rawPath());
        CanonicalRequest canonical = new CanonicalRequest(request, path, query, claim, payload);
        String text = canonical.text();
        String toSign = canonical.stringToSign(text);
        if (matches(toSign, claim, key)) {
            return;
        }
        if (!path.equals(request.rawPath())) {
            CanonicalRequest asSent = new CanonicalRequest(request, request.rawPath(), query, claim, payload);
            if (matches(asSent.stringToSign(asSent.text()), claim, key)) {
                return;
            }
        }
        throw AuthException.mismatch(claim.credential().accessKey(), claim.signature())
                .with("StringToSign", toSign)
                .withText("CanonicalRequest", text);
    }

    private static boolean matches(String toSign, SignatureClaim claim, Hmac key) {
        String expected = HexFormat.of().formatHex(key.sign(toSign));
        return ChunkSigner.isEqual(expected, claim.signature());
    }
}
