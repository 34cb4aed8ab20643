package io.kintsugi.shards;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;

/**
 * A published shard, where it lies.
 *
 * @param index among the blob's k + m shards
 * @param form never {@link BlobRef.Form#INLINE}
 */
public record SurveyedShard(DriveId drive, BlobId blob, int index, BlobRef.Form form) {}
