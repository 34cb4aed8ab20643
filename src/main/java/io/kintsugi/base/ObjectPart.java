package io.kintsugi.base;

import java.util.Optional;

/**
 * One part of an object: an object that was put in one piece has exactly one, with number 1.
 *
 * @param number 1 to 10,000
 * @param size bytes
 * @param etag MD5 of the part's bytes
 * @param checksum the part's additional checksum, if it was uploaded with one
 * @param blob where its bytes are; empty blobs are stored inline with size 0
 */
public record ObjectPart(int number, long size, ETag etag, Optional<Checksum> checksum, BlobRef blob) {
    /** The same part, whose bytes are elsewhere. */
    public ObjectPart with(BlobRef elsewhere) {
        return new ObjectPart(number, size, etag, checksum, elsewhere);
    }
}
