package io.kintsugi.objects;

import java.time.Instant;
import java.util.Optional;

/**
 * The conditions of a read, or of the source of a copy, in the precedence of RFC 9110 section 13.2.2 as S3 documents
 * it.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html">GetObject</a>
 */
public record ReadCondition(
        Optional<String> ifMatch,
        Optional<String> ifNoneMatch,
        Optional<Instant> ifModifiedSince,
        Optional<Instant> ifUnmodifiedSince) {
    public static final ReadCondition NONE =
            new ReadCondition(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
