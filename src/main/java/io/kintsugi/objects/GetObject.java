package io.kintsugi.objects;

import io.kintsugi.base.BucketName;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.VersionId;
import java.util.Optional;

/** @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html">GetObject</a> */
public record GetObject(
        BucketName bucket, ObjectKey key, Optional<VersionId> version, RangeSpec range, ReadCondition condition) {}
