package io.kintsugi.s3;

import io.kintsugi.base.WriteCondition;
import io.kintsugi.objects.ReadCondition;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The conditions that a request names in headers.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html">Conditional
 *     requests</a>
 */
final class Conditions {
    private Conditions() {}

    /** {@code If-Match} and its kin. A date that is none is no condition, as HTTP has it. */
    static ReadCondition read(Headers headers) {
        return read(headers, "");
    }

    /** {@code x-amz-copy-source-if-match} and its kin. */
    static ReadCondition copySource(Headers headers) {
        return read(headers, "x-amz-copy-source-");
    }

    private static ReadCondition read(Headers headers, String prefix) {
        return new ReadCondition(
                headers.first(prefix + "if-match"),
                headers.first(prefix + "if-none-match"),
                headers.first(prefix + "if-modified-since").flatMap(HttpDates::parse),
                headers.first(prefix + "if-unmodified-since").flatMap(HttpDates::parse));
    }

    /**
     * Of a write: {@code If-Match} with a tag, {@code If-None-Match} with {@code *}.
     *
     * @throws S3Exception {@code NotImplemented} for {@code If-None-Match} with a tag, as AWS has it, and for dates
     */
    static WriteCondition write(Headers headers) {
        refuse(headers, "If-Modified-Since", "If-Unmodified-Since");
        Optional<String> ifNoneMatch = headers.first("if-none-match");
        if (ifNoneMatch.isPresent() && !ifNoneMatch.get().strip().equals("*")) {
            throw UnsupportedHeaders.notImplemented("If-None-Match");
        }
        Optional<String> ifMatch = headers.first("if-match");
        return ifMatch.isEmpty() && ifNoneMatch.isEmpty()
                ? WriteCondition.NONE
                : new WriteCondition(ifMatch, ifNoneMatch.isPresent(), Optional.empty(), OptionalLong.empty());
    }

    /**
     * Of a DELETE: {@code If-Match}, {@code x-amz-if-match-last-modified-time} and {@code x-amz-if-match-size}.
     *
     * @throws S3Exception {@code NotImplemented} for the other conditions of HTTP
     */
    static WriteCondition delete(Headers headers) {
        refuse(headers, "If-None-Match", "If-Modified-Since", "If-Unmodified-Since");
        return delete(
                headers.first("if-match"),
                headers.first("x-amz-if-match-last-modified-time"),
                headers.first("x-amz-if-match-size"));
    }

    /**
     * @throws S3Exception {@code InvalidArgument} when the date or size is none: deleting without the condition would
     *     be wrong
     */
    static WriteCondition delete(Optional<String> etag, Optional<String> lastModified, Optional<String> size) {
        if (etag.isEmpty() && lastModified.isEmpty() && size.isEmpty()) {
            return WriteCondition.NONE;
        }
        Optional<Instant> when = lastModified.map(text -> HttpDates.parse(text)
                .orElseThrow(() -> S3Exception.invalidArgument("Not a date", "LastModifiedTime", text)));
        return new WriteCondition(
                etag,
                false,
                when,
                size.isPresent() ? OptionalLong.of(Numbers.atLeastZero("Size", size.get())) : OptionalLong.empty());
    }

    /**
     * Of an abort: there is none.
     *
     * @throws S3Exception {@code NotImplemented} for the one that AWS has for directory buckets
     */
    static void abort(Headers headers) {
        refuse(headers, "x-amz-if-match-initiated-time");
    }

    /** Whoever sends such a condition counts on it that nothing is changed where it does not hold. */
    private static void refuse(Headers headers, String... names) {
        for (String name : names) {
            if (headers.contains(name.toLowerCase(Locale.ROOT))) {
                throw UnsupportedHeaders.notImplemented(name);
            }
        }
    }
}
