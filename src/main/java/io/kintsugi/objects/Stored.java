package io.kintsugi.objects;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ObjectPart;
import java.util.Optional;

/**
 * Bytes that arrived whole and as claimed, and where they are. Nothing refers to them yet.
 *
 * @param inline the bytes, when the blob is inline
 */
@SuppressWarnings("ArrayRecordComponent")
record Stored(BlobRef blob, Optional<byte[]> inline, Digests.Sums sums) {
    ObjectPart part(int number) {
        return new ObjectPart(number, blob.size(), sums.etag(), sums.checksum(), blob);
    }
}
