package io.kintsugi.s3;

import java.util.Optional;

/**
 * What a request is about.
 *
 * @param bucket as it was sent: may be no valid name
 * @param key percent-decoded; present only when it is not empty
 * @param resource the path for error messages: {@code /bucket/key}, percent-decoded
 */
record S3Target(Optional<String> bucket, Optional<String> key, String resource) {
    static S3Target of(Optional<String> bucket, Optional<String> key) {
        return new S3Target(
                bucket,
                key,
                "/" + bucket.orElse("") + key.map(text -> "/" + text).orElse(""));
    }
}
