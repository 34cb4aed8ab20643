package io.kintsugi.iam;

import io.kintsugi.base.Clock;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Verifies URLs that were presigned with AWS Signature Version 2, as boto3 and version 1 of aws-cli still make them for
 * {@code us-east-1}. The body is vouched for by nothing, unless a signed header does. Thread-safe.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html">Signing and authenticating
 *     REST requests, "Query string request authentication alternative"</a>
 */
final class SigV2Verifier {
    private static final String HMAC = "HmacSHA1";

    private final RootCredentials root;
    private final SecretKeySpec key;
    private final Clock clock;

    SigV2Verifier(RootCredentials root, Clock clock) {
        this.root = root;
        this.key = new SecretKeySpec(root.secretKey().getBytes(StandardCharsets.UTF_8), HMAC);
        this.clock = clock;
    }

    /** @throws AuthException when the URL is not the root's, or no longer */
    Verified verify(SignedRequest request, SignedQuery query) {
        SigV2Query claim = SigV2Query.read(query);
        claim.checkTime(clock.now());
        root.check(claim.accessKey());
        SigV2Text signed = new SigV2Text(request, query, claim.expires());
        Map<String, String> headers = signed.headers();
        if (headers.containsKey("x-amz-security-token")) {
            throw AuthException.noTokens();
        }
        checkSignature(signed, claim);
        return new Verified(new Identity.Root(root.accessKey()), payload(headers));
    }

    /** The page signs the path as it is sent; botocore puts a slash behind a bucket that it sends without one. */
    private void checkSignature(SigV2Text signed, SigV2Query claim) {
        String path = signed.path();
        String text = signed.text(path);
        boolean bucketAlone = path.indexOf('/', 1) < 0 && path.length() > 1;
        if (!matches(text, claim) && !(bucketAlone && matches(signed.text(path + "/"), claim))) {
            throw AuthException.mismatch(claim.accessKey(), claim.signature()).withText("StringToSign", text);
        }
    }

    private boolean matches(String text, SigV2Query claim) {
        return ChunkSigner.isEqual(sign(text), claim.signature());
    }

    private static Payload payload(Map<String, String> headers) {
        String word = headers.getOrDefault(SigV4Verifier.CONTENT_SHA256, Payload.UNSIGNED);
        return Payload.withoutChain(word)
                .orElseThrow(() -> new AuthException(
                                AuthException.Kind.INVALID_ARGUMENT,
                                SigV4Verifier.CONTENT_SHA256 + " of a URL of Signature Version 2 must be "
                                        + Payload.UNSIGNED + ", " + Payload.UNSIGNED_CHUNKS_TRAILER
                                        + " or a valid sha256 value.")
                        .with("ArgumentName", SigV4Verifier.CONTENT_SHA256)
                        .with("ArgumentValue", word));
    }

    private String sign(String text) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + HMAC, e);
        }
    }
}
