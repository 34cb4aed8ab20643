package io.kintsugi.iam;

import java.util.List;
import java.util.Optional;

/**
 * What of a request is signed, as it came over the wire.
 *
 * @param method upper case
 * @param rawPath as sent, percent-encoded, without the query
 * @param rawQuery as sent, without the question mark; empty when there is none
 * @param hostedBucket the bucket, when it is named by the host and so not in the path
 * @param headers name, value, name, value…; names in lower case, each byte of a value one character
 */
public record SignedRequest(
        String method, String rawPath, String rawQuery, Optional<String> hostedBucket, List<String> headers) {
    /** A request in path style. */
    public SignedRequest(String method, String rawPath, String rawQuery, List<String> headers) {
        this(method, rawPath, rawQuery, Optional.empty(), headers);
    }

    /** The value of the first header of that lower-case name. */
    Optional<String> header(String name) {
        for (int i = 0; i < headers.size(); i += 2) {
            if (headers.get(i).equals(name)) {
                return Optional.of(headers.get(i + 1));
            }
        }
        return Optional.empty();
    }
}
