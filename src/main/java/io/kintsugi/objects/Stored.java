package io.kintsugi.objects;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ObjectPart;
import java.time.Instant;
import java.util.Optional;

/**
 * Bytes that arrived whole and as claimed, and where they are. Nothing refers to them yet.
 *
 * @param inline the bytes, when the blob is inline
 * @param when they had arrived: the date of the row
 */
@SuppressWarnings("ArrayRecordComponent")
record Stored(BlobRef blob, Optional<byte[]> inline, Digests.Sums sums, Instant when) {
    ObjectPart part(int number) {
        return new ObjectPart(number, blob.size(), sums.etag(), sums.checksum(), blob);
    }
}
