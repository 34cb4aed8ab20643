package io.kintsugi.base;

/**
 * A range of bytes that lies within what it is a range of. {@code length} may be 0. Offsets are in bytes from the
 * start.
 */
public record ByteRange(long offset, long length) {
    public ByteRange {
        if (offset < 0 || length < 0 || offset + length < 0) {
            throw new IllegalArgumentException("not a range of bytes: offset " + offset + ", length " + length);
        }
    }

    /** The offset behind the last byte. */
    public long end() {
        return offset + length;
    }
}
