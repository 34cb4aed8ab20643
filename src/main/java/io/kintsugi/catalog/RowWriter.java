package io.kintsugi.catalog;

import io.kintsugi.base.Id128;
import io.kintsugi.codec.Crc32c;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * Writes one row: a byte of format version, the fields, and a CRC32C (big-endian) of all that is before it. Numbers
 * that are mostly small are varints (seven bits a byte, lowest first); lengths come before what they measure.
 */
final class RowWriter {
    static final int CRC_BYTES = 4;
    private static final int INITIAL_BYTES = 256;
    private static final int SEVEN_BITS = 0x7F;
    private static final int MORE = 0x80;

    private byte[] bytes;
    private int length;

    RowWriter(int formatVersion) {
        this(formatVersion, INITIAL_BYTES);
    }

    RowWriter(int formatVersion, int expectedBytes) {
        bytes = new byte[expectedBytes];
        u8(formatVersion);
    }

    private int room(int count) {
        int at = length;
        if (at + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, at + count));
        }
        length = at + count;
        return at;
    }

    RowWriter u8(int value) {
        int at = room(1);
        bytes[at] = (byte) value;
        return this;
    }

    RowWriter i64(long value) {
        int at = room(Long.BYTES);
        Bytes.putLong(bytes, at, value);
        return this;
    }

    RowWriter varint(long value) {
        long rest = value;
        while ((rest & ~(long) SEVEN_BITS) != 0) {
            u8((int) rest & SEVEN_BITS | MORE);
            rest >>>= 7;
        }
        return u8((int) rest);
    }

    RowWriter id(Id128 id) {
        return i64(id.high()).i64(id.low());
    }

    RowWriter instant(Instant when) {
        return i64(when.getEpochSecond()).varint(when.getNano());
    }

    RowWriter bytes(byte[] value) {
        return varint(value.length).raw(value);
    }

    RowWriter raw(byte[] value) {
        int at = room(value.length);
        System.arraycopy(value, 0, bytes, at, value.length);
        return this;
    }

    RowWriter text(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    /** The row, with room for the checksum that {@link #seal} writes. */
    byte[] draft() {
        return Arrays.copyOf(bytes, length + CRC_BYTES);
    }

    /** The finished row. */
    byte[] finish() {
        return seal(draft());
    }

    static byte[] seal(byte[] draft) {
        int at = draft.length - CRC_BYTES;
        Bytes.putInt(draft, at, Crc32c.of(draft, 0, at));
        return draft;
    }
}
