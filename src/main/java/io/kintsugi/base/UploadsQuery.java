package io.kintsugi.base;

import java.util.Optional;

/**
 * What a listing of uploads asks for: ordered by key, then by the time of creation.
 *
 * @param keyMarker uploads behind this key, or of this key behind {@code uploadMarker}; empty for the beginning
 * @param limit 1 to 1,000
 */
public record UploadsQuery(
        BucketName bucket,
        String prefix,
        Optional<String> delimiter,
        String keyMarker,
        Optional<UploadId> uploadMarker,
        int limit) {}
