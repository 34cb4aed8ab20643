package io.kintsugi.base;

/** How a checksum of a multipart object relates to its bytes ({@code x-amz-checksum-type}). */
public enum ChecksumType {
    /** The checksum of all bytes of the object, as if it had been uploaded in one piece. */
    FULL_OBJECT,
    /** The checksum of the parts' binary checksums one after the other; shown as {@code base64-parts}. */
    COMPOSITE
}
