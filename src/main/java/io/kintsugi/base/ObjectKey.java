package io.kintsugi.base;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The key of an object: 1 to 1,024 bytes of UTF-8, any of them; {@code ..}, {@code //} and a trailing slash mean
 * nothing special. Keys are ordered by their UTF-8 bytes, unsigned, as S3 lists them (this differs from
 * {@link String#compareTo} beyond the BMP).
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html">Object keys</a>
 */
public final class ObjectKey implements Comparable<ObjectKey> {
    public static final int MAX_BYTES = 1024;

    private final String value;
    private final byte[] utf8;

    private ObjectKey(String value, byte[] utf8) {
        this.value = value;
        this.utf8 = utf8;
    }

    /** @throws StoreException.Invalid with {@code KEY_TOO_LONG} or {@code ARGUMENT} */
    public static ObjectKey of(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        if (utf8.length == 0) {
            throw new StoreException.Invalid(StoreException.Invalid.Kind.ARGUMENT, "An object key must not be empty");
        }
        if (utf8.length > MAX_BYTES) {
            throw new StoreException.Invalid(
                    StoreException.Invalid.Kind.KEY_TOO_LONG,
                    "The key has " + utf8.length + " bytes of UTF-8; at most " + MAX_BYTES + " are allowed");
        }
        return new ObjectKey(value, utf8);
    }

    /** The key of these UTF-8 bytes, as a row of the catalog or a shard header holds them. */
    public static ObjectKey ofUtf8(byte[] utf8) {
        return of(new String(utf8, StandardCharsets.UTF_8));
    }

    public String value() {
        return value;
    }

    /** A copy of the UTF-8 bytes. */
    public byte[] utf8() {
        return utf8.clone();
    }

    public int utf8Length() {
        return utf8.length;
    }

    /** Copies the UTF-8 bytes into {@code target} from {@code offset} on, and returns the offset behind them. */
    public int copyUtf8(byte[] target, int offset) {
        System.arraycopy(utf8, 0, target, offset, utf8.length);
        return offset + utf8.length;
    }

    @Override
    public int compareTo(ObjectKey other) {
        return Arrays.compareUnsigned(utf8, other.utf8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ObjectKey key && value.equals(key.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }
}
