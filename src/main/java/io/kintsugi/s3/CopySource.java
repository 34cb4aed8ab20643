package io.kintsugi.s3;

import io.kintsugi.base.BucketName;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.VersionId;
import java.util.Optional;

/**
 * {@code x-amz-copy-source: bucket/key?versionId=id}, with or without a leading slash, percent-encoded.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html">CopyObject</a>
 */
record CopySource(BucketName bucket, ObjectKey key, Optional<VersionId> version) {
    private static final String VERSION = "?versionId=";

    /** @throws StoreException.Invalid with {@code ARGUMENT} when it names no object */
    static CopySource parse(String header) {
        int query = header.lastIndexOf(VERSION);
        String version = query < 0 ? "" : header.substring(query + VERSION.length());
        String path = decode(query < 0 ? header : header.substring(0, query));
        String name = path.startsWith("/") ? path.substring(1) : path;
        int slash = name.indexOf('/');
        if (slash <= 0 || slash == name.length() - 1) {
            throw invalid("must be bucket/key, percent-encoded, with an optional ?versionId=");
        }
        return new CopySource(
                new BucketName(name.substring(0, slash)),
                ObjectKey.of(name.substring(slash + 1)),
                version.isEmpty() ? Optional.empty() : Optional.of(VersionId.parse(decode(version))));
    }

    private static String decode(String text) {
        return UrlCoding.decode(text).orElseThrow(() -> invalid("is not percent-encoded UTF-8"));
    }

    private static StoreException.Invalid invalid(String fault) {
        return new StoreException.Invalid(
                StoreException.Invalid.Kind.ARGUMENT, "The header x-amz-copy-source " + fault);
    }
}
