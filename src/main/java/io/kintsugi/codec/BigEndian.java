package io.kintsugi.codec;

import java.nio.ByteBuffer;

/** Numbers as S3 writes checksums: most significant byte first. */
final class BigEndian {
    private BigEndian() {}

    /** The low {@code length} bytes (1 to 8) of the value. */
    static byte[] bytes(long value, int length) {
        byte[] out = new byte[length];
        for (int i = 0; i < length; i++) {
            out[i] = (byte) (value >>> 8 * (length - 1 - i));
        }
        return out;
    }

    static byte[] bytes(long high, long low) {
        return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    /** The number that up to 8 bytes make. */
    static long number(byte[] bytes) {
        long out = 0;
        for (byte b : bytes) {
            out = out << 8 | b & 0xff;
        }
        return out;
    }
}
