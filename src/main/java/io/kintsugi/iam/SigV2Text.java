package io.kintsugi.iam;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * What a URL that was presigned with Signature Version 2 signs.
 *
 * <p>Version 2 leaves more unsigned than version 4 does. What would make another operation of the request, or one text
 * of two requests, is refused here before the signature is looked at.
 *
 * @param expires as it was sent
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html">Signing and authenticating
 *     REST requests</a>
 */
record SigV2Text(SignedRequest request, SignedQuery query, String expires) {
    private static final int USUAL_LENGTH = 256;

    /** AWS's page has the old ones; the others are those that botocore signs too. */
    private static final Set<String> SIGNED = Set.of(
            "accelerate",
            "acl",
            "analytics",
            "cors",
            "defaultObjectAcl",
            "delete",
            "inventory",
            "lifecycle",
            "location",
            "logging",
            "metrics",
            "notification",
            "object-lock",
            "partNumber",
            "policy",
            "replication",
            "requestPayment",
            "response-cache-control",
            "response-content-disposition",
            "response-content-encoding",
            "response-content-language",
            "response-content-type",
            "response-expires",
            "restore",
            "select",
            "select-type",
            "storageClass",
            "tagging",
            "torrent",
            "uploadId",
            "uploads",
            "versionId",
            "versioning",
            "versions",
            "website");

    /**
     * Younger than version 2 and signed by nobody: added to somebody's URL, they would make another operation of it.
     * Only {@code attributes} may stand there, as it does nothing without its header, which is signed.
     */
    private static final Set<String> NOT_SIGNED = Set.of(
            "abac",
            "annotation",
            "encryption",
            "intelligent-tiering",
            "legal-hold",
            "metadataAnnotationTable",
            "metadataConfiguration",
            "metadataInventoryTable",
            "metadataJournalTable",
            "metadataTable",
            "ownershipControls",
            "policyStatus",
            "publicAccessBlock",
            "renameObject",
            "retention",
            "session");

    /** The path with the bucket in it, as sent. */
    String path() {
        return request.hostedBucket().map(bucket -> "/" + bucket).orElse("") + request.rawPath();
    }

    /**
     * The string to sign; each byte of it is one character.
     *
     * @param path to sign
     * @throws AuthException with {@code INVALID_REQUEST} when this form can't vouch for the request
     */
    String text(String path) {
        Map<String, String> headers = headers();
        StringBuilder text = new StringBuilder(USUAL_LENGTH);
        text.append(request.method()).append('\n');
        text.append(headers.getOrDefault("content-md5", "")).append('\n');
        text.append(headers.getOrDefault("content-type", "")).append('\n');
        text.append(expires).append('\n');
        headers.forEach((name, value) -> {
            if (name.startsWith("x-amz-")) {
                text.append(name).append(':').append(value).append('\n');
            }
        });
        text.append(path);
        appendSubresources(text);
        return text.toString();
    }

    /** The signed headers, sorted; several of one name are joined by commas. */
    Map<String, String> headers() {
        Map<String, String> signed = new TreeMap<>();
        List<String> all = HeadersInQuery.joinVersion2(query, request.headers());
        for (int i = 0; i < all.size(); i += 2) {
            if (HeadersInQuery.isInVersion2(all.get(i))) {
                signed.merge(all.get(i), all.get(i + 1).strip(), (first, next) -> first + "," + next);
            }
        }
        return signed;
    }

    private void appendSubresources(StringBuilder text) {
        StringJoiner subresources = new StringJoiner("&", "?", "").setEmptyValue("");
        query.forEach((name, value) -> {
            if (NOT_SIGNED.contains(name)) {
                throw refused("A URL of Signature Version 2 does not sign the parameter " + name
                        + ". Please use AWS4-HMAC-SHA256.");
            }
            if (SIGNED.contains(name)) {
                checkIsOne(name, value);
                subresources.add(value.isEmpty() ? name : name + "=" + HeadersInQuery.bytes(value));
            }
        });
        text.append(subresources);
    }

    /** Values are signed without encoding, so that {@code a%26versionId%3Db} would look like two parameters. */
    private static void checkIsOne(String name, String value) {
        for (int start = value.indexOf('&'); start >= 0; ) {
            int next = value.indexOf('&', start + 1);
            int end = next < 0 ? value.length() : next;
            int equals = value.indexOf('=', start, end);
            if (SIGNED.contains(value.substring(start + 1, equals < 0 ? end : equals))) {
                throw refused("The value of " + name + " looks like two parameters, which Signature Version 2 can't "
                        + "tell apart. Please use AWS4-HMAC-SHA256.");
            }
            start = next;
        }
    }

    private static AuthException refused(String message) {
        return new AuthException(AuthException.Kind.INVALID_REQUEST, message);
    }
}
