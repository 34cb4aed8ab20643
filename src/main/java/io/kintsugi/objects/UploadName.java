package io.kintsugi.objects;

import io.kintsugi.base.BucketName;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.UploadId;

/** Names an upload as a request does. */
public record UploadName(BucketName bucket, ObjectKey key, UploadId id) {}
