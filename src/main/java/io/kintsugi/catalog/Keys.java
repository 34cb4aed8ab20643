package io.kintsugi.catalog;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.VersionId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The keys of all rows. Each sorts as what it stands for:
 *
 * <pre>
 * OBJECTS   bucket:8  key
 * HISTORY   bucket:8  escaped key  00 00  ~order:8          newest first
 * VERSIONS  bucket:8  escaped key  00 00  version:16
 * UPLOADS   bucket:8  escaped key  00 00  upload:16
 * PARTS     'p' upload:16 number:4    'v' upload:16 (what it became)
 * INLINE    blob:16
 * RECLAIM   'q' sequence:8            'b' blob:16 (finds the sequence)
 * BUCKETS   'n' name                  'i' bucket:8 (finds the name)
 * </pre>
 *
 * A key of S3 may hold any byte, 00 too. Where something follows the key, each of its 00 is written 00 FF, and 00 00
 * ends it: so a key sorts before all keys that it is a prefix of, as in OBJECTS, where nothing follows and nothing is
 * escaped.
 */
final class Keys {
    static final byte PART = 'p';
    static final byte BECAME = 'v';
    static final byte QUEUE = 'q';
    static final byte BLOB = 'b';
    static final byte KEPT = 'k';
    static final byte NAME = 'n';
    static final byte ID = 'i';
    private static final int BUCKET_BYTES = Long.BYTES;
    private static final byte ESCAPED = (byte) 0xFF;

    private Keys() {}

    static byte[] object(long bucket, ObjectKey key) {
        byte[] row = new byte[BUCKET_BYTES + key.utf8Length()];
        Bytes.putLong(row, 0, bucket);
        key.copyUtf8(row, BUCKET_BYTES);
        return row;
    }

    /** A bucket, and bytes that keys begin with, as in OBJECTS. */
    static byte[] objectPrefix(long bucket, byte[] prefix) {
        byte[] row = new byte[BUCKET_BYTES + prefix.length];
        Bytes.putLong(row, 0, bucket);
        System.arraycopy(prefix, 0, row, BUCKET_BYTES, prefix.length);
        return row;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The bytes of the S3 key in a row of OBJECTS. */
    static byte[] keyOfObject(byte[] row) {
        return Arrays.copyOfRange(row, BUCKET_BYTES, row.length);
    }

    static long bucketOf(byte[] row) {
        return Bytes.getLong(row, 0);
    }

    /** A bucket, and bytes that keys begin with, as in HISTORY, VERSIONS and UPLOADS. */
    static byte[] escapedPrefix(long bucket, byte[] prefix) {
        return escaped(bucket, prefix, 0);
    }

    /** The same with {@code tail} bytes of 00 behind it. */
    private static byte[] escaped(long bucket, byte[] key, int tail) {
        int zeros = 0;
        for (byte b : key) {
            zeros += b == 0 ? 1 : 0;
        }
        byte[] row = new byte[BUCKET_BYTES + key.length + zeros + tail];
        Bytes.putLong(row, 0, bucket);
        if (zeros == 0) {
            System.arraycopy(key, 0, row, BUCKET_BYTES, key.length);
            return row;
        }
        int at = BUCKET_BYTES;
        for (byte b : key) {
            row[at++] = b;
            if (b == 0) {
                row[at++] = ESCAPED;
            }
        }
        return row;
    }

    /** The bytes of the S3 key in a row that ends with {@code 00 00} and {@code tail} bytes more. */
    static byte[] keyOfEscaped(byte[] row, int tail) {
        int end = row.length - tail - 2;
        if (end < BUCKET_BYTES || row[end] != 0 || row[end + 1] != 0) {
            throw RowException.corrupt("the key of a row");
        }
        byte[] key = new byte[end - BUCKET_BYTES];
        int length = 0;
        for (int at = BUCKET_BYTES; at < end; at++) {
            key[length++] = row[at];
            if (row[at] == 0) {
                at++;
            }
        }
        return length == key.length ? key : Arrays.copyOf(key, length);
    }

    /** All rows of this key begin with it. */
    static byte[] ofKey(long bucket, byte[] key) {
        return escaped(bucket, key, 2);
    }

    /** Behind all rows of this key, and before those of any other. */
    static byte[] behindKey(long bucket, byte[] key) {
        byte[] row = escaped(bucket, key, 2);
        row[row.length - 1] = 1;
        return row;
    }

    static byte[] history(long bucket, ObjectKey key, long order) {
        return history(bucket, key.utf8(), order);
    }

    static byte[] history(long bucket, byte[] key, long order) {
        byte[] row = escaped(bucket, key, 2 + Long.BYTES);
        Bytes.putLong(row, row.length - Long.BYTES, ~order);
        return row;
    }

    static long orderOfHistory(byte[] row) {
        return ~Bytes.getLong(row, row.length - Long.BYTES);
    }

    static byte[] version(long bucket, ObjectKey key, VersionId version) {
        return withId(bucket, key, version.value());
    }

    static byte[] upload(long bucket, ObjectKey key, UploadId upload) {
        return withId(bucket, key, upload.value());
    }

    private static byte[] withId(long bucket, ObjectKey key, Id128 id) {
        byte[] row = escaped(bucket, key.utf8(), 2 + Id128.BYTES);
        putId(row, row.length - Id128.BYTES, id);
        return row;
    }

    static UploadId uploadOf(byte[] row) {
        int at = row.length - Id128.BYTES;
        return new UploadId(new Id128(Bytes.getLong(row, at), Bytes.getLong(row, at + Long.BYTES)));
    }

    static byte[] part(UploadId upload, int number) {
        byte[] row = new byte[1 + Id128.BYTES + Integer.BYTES];
        row[0] = PART;
        putId(row, 1, upload.value());
        Bytes.putInt(row, 1 + Id128.BYTES, number);
        return row;
    }

    /** Of a part. */
    static UploadId uploadOfPart(byte[] row) {
        return new UploadId(new Id128(Bytes.getLong(row, 1), Bytes.getLong(row, 1 + Long.BYTES)));
    }

    static byte[] became(UploadId upload) {
        return kindAndId(BECAME, upload.value());
    }

    static byte[] inline(BlobId blob) {
        byte[] row = new byte[Id128.BYTES];
        putId(row, 0, blob.value());
        return row;
    }

    static byte[] reclaim(long sequence) {
        return kindAndNumber(QUEUE, sequence);
    }

    static long sequenceOf(byte[] row) {
        return Bytes.getLong(row, 1);
    }

    static byte[] reclaimOf(BlobId blob) {
        return kindAndId(BLOB, blob.value());
    }

    static byte[] kept() {
        return new byte[] {KEPT};
    }

    static byte[] bucket(BucketName name) {
        return bucketPrefix(name.value());
    }

    static byte[] bucketPrefix(String prefix) {
        byte[] utf8 = utf8(prefix);
        byte[] row = new byte[1 + utf8.length];
        row[0] = NAME;
        System.arraycopy(utf8, 0, row, 1, utf8.length);
        return row;
    }

    static BucketName nameOf(byte[] row) {
        return new BucketName(new String(row, 1, row.length - 1, StandardCharsets.UTF_8));
    }

    static byte[] bucketById(long id) {
        return kindAndNumber(ID, id);
    }

    private static byte[] kindAndNumber(byte kind, long number) {
        byte[] row = new byte[1 + Long.BYTES];
        row[0] = kind;
        Bytes.putLong(row, 1, number);
        return row;
    }

    private static byte[] kindAndId(byte kind, Id128 id) {
        byte[] row = new byte[1 + Id128.BYTES];
        row[0] = kind;
        putId(row, 1, id);
        return row;
    }

    private static void putId(byte[] row, int at, Id128 id) {
        Bytes.putLong(row, at, id.high());
        Bytes.putLong(row, at + Long.BYTES, id.low());
    }
}
