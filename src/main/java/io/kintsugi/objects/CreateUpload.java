package io.kintsugi.objects;

import io.kintsugi.base.BucketName;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.Upload;
import java.util.Optional;

/**
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html">CreateMultipartUpload</a>
 */
public record CreateUpload(
        BucketName bucket, ObjectKey key, ObjectMetadata metadata, Optional<Upload.ChecksumPlan> checksum) {}
