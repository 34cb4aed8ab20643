package io.kintsugi.objects;

import io.kintsugi.base.BucketName;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.WriteCondition;

/** @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html">PutObject</a> */
public record PutObject(
        BucketName bucket, ObjectKey key, ObjectMetadata metadata, WriteCondition condition, UploadBody body) {}
