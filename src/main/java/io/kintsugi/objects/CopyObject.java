package io.kintsugi.objects;

import io.kintsugi.base.BucketName;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.WriteCondition;
import java.util.Map;
import java.util.Optional;

/**
 * @param metadata replaces the source's headers and user metadata ({@code x-amz-metadata-directive: REPLACE}); empty
 *     copies them
 * @param tags replaces the source's tags ({@code x-amz-tagging-directive: REPLACE}); empty copies them
 * @param storageClass of the copy; it is not copied, so empty means {@code STANDARD}
 * @param checksum the algorithm of the copy's checksum; empty keeps the source's
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html">CopyObject</a>
 */
public record CopyObject(
        GetObject source,
        Target target,
        Optional<ObjectMetadata> metadata,
        Optional<Map<String, String>> tags,
        Optional<String> storageClass,
        Optional<ChecksumAlgorithm> checksum) {
    public record Target(BucketName bucket, ObjectKey key, WriteCondition condition) {}
}
