package io.kintsugi.catalog;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.codec.Crc32c;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * Reads what {@link RowWriter} wrote. The checksum is checked first, so that a newer format is told from a broken row.
 */
final class RowReader {
    private static final int SEVEN_BITS = 0x7F;
    private static final int MAX_SHIFT = 63;
    /** More are not looked through for each shard. */
    private static final int MOST_DRIVES = 32;

    private static final int FIRST_DRIVES = 8;
    private static final DriveId[] NO_DRIVES = {};
    private static final ErasureCode NO_CODE = new ErasureCode(1, 0);

    private final byte[] bytes;
    private final String what;
    private final int end;
    private int at;
    /** Drives and the code that this row has named: with 10,000 parts it names the same few again and again. */
    private DriveId[] drives = NO_DRIVES;

    private int drivesKnown;
    private ErasureCode code = NO_CODE;

    /** @param what names the kind of row, for the message */
    RowReader(byte[] row, int newestFormat, String what) {
        this(row, what);
        requireIntact(row, what);
        requireKnown(newestFormat);
    }

    private RowReader(byte[] row, String what) {
        this.bytes = row;
        this.what = what;
        this.end = row.length - RowWriter.CRC_BYTES;
    }

    /** Of a row for which {@link #requireIntact} was called: for values whose checksum costs more than all else. */
    static RowReader ofIntact(byte[] row, int newestFormat, String what) {
        RowReader reader = new RowReader(row, what);
        reader.requireKnown(newestFormat);
        return reader;
    }

    private void requireKnown(int newestFormat) {
        int format = u8();
        if (format < 1) {
            throw RowException.corrupt(what);
        }
        if (format > newestFormat) {
            throw new RowException(
                    RowException.Fault.TOO_NEW,
                    "a row of the catalog (" + what + ") has format " + format + "; this release knows up to "
                            + newestFormat + ". Start the release that wrote it, or a newer one");
        }
    }

    /** @throws RowException when the checksum does not match */
    static void requireIntact(byte[] row, String what) {
        if (!isIntact(row)) {
            throw RowException.corrupt(what);
        }
    }

    /**
     * The same of each row.
     *
     * @return the rows
     */
    static List<KvRow> requireIntact(List<KvRow> rows, KvSpace space) {
        rows.forEach(row -> requireIntact(row.value(), space.name()));
        return rows;
    }

    /** Whether the checksum matches. */
    static boolean isIntact(byte[] row) {
        int end = row.length - RowWriter.CRC_BYTES;
        return end >= 1 && Bytes.getInt(row, end) == Crc32c.of(row, 0, end);
    }

    private int take(long count) {
        if (count < 0 || count > end - at) {
            throw RowException.corrupt(what);
        }
        int from = at;
        at += (int) count;
        return from;
    }

    int u8() {
        return bytes[take(1)] & 0xFF;
    }

    long i64() {
        return Bytes.getLong(bytes, take(Long.BYTES));
    }

    long varint() {
        long value = 0;
        for (int shift = 0; shift <= MAX_SHIFT; shift += 7) {
            int b = u8();
            value |= (long) (b & SEVEN_BITS) << shift;
            if (b <= SEVEN_BITS) {
                return value;
            }
        }
        throw RowException.corrupt(what);
    }

    /** A number of things that take at least one byte each. */
    int count() {
        long count = varint();
        if (count < 0 || count > end - at) {
            throw RowException.corrupt(what);
        }
        return (int) count;
    }

    int number() {
        long value = varint();
        if (value != (int) value) {
            throw RowException.corrupt(what);
        }
        return (int) value;
    }

    Id128 id() {
        return new Id128(i64(), i64());
    }

    /** The same in memory as before, if the row has named it lately. */
    DriveId drive() {
        DriveId read = new DriveId(id());
        for (int i = 0; i < drivesKnown; i++) {
            if (drives[i].equals(read)) {
                return drives[i];
            }
        }
        if (drivesKnown < MOST_DRIVES) {
            drives = drivesKnown < drives.length
                    ? drives
                    : Arrays.copyOf(drives, Math.max(FIRST_DRIVES, 2 * drivesKnown));
            drives[drivesKnown++] = read;
        }
        return read;
    }

    /**
     * The same in memory as the last, if it is that.
     *
     * @throws IllegalArgumentException when it is no code
     */
    ErasureCode code() {
        ErasureCode read = new ErasureCode(number(), number());
        code = code.equals(read) ? code : read;
        return code;
    }

    Instant instant() {
        try {
            return Instant.ofEpochSecond(i64(), number());
        } catch (DateTimeException | ArithmeticException e) {
            throw RowException.corrupt(what);
        }
    }

    byte[] bytes() {
        int length = count();
        int from = take(length);
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    /** All that is left. */
    byte[] rest() {
        return Arrays.copyOfRange(bytes, take(end - at), end);
    }

    String text() {
        int length = count();
        return new String(bytes, take(length), length, StandardCharsets.UTF_8);
    }

    /** Passes over bytes or a text. */
    void skip() {
        take(count());
    }

    /** Nothing may be left. */
    void end() {
        if (at != end) {
            throw RowException.corrupt(what);
        }
    }

    <T> T oneOf(T[] codes) {
        int code = u8();
        if (code >= codes.length) {
            throw RowException.corrupt(what);
        }
        return codes[code];
    }

    RowException corrupt() {
        return RowException.corrupt(what);
    }
}
