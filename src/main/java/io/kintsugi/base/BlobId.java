package io.kintsugi.base;

/** The name of a blob: the immutable bytes of one object or one part. */
public record BlobId(Id128 value) implements Comparable<BlobId> {
    public static BlobId next(Clock clock, Entropy entropy) {
        return new BlobId(Id128.next(clock, entropy));
    }

    /** @throws IllegalArgumentException when this is not 32 lower-case hexadecimal digits */
    public static BlobId parse(String text) {
        return new BlobId(Id128.parse(text));
    }

    @Override
    public int compareTo(BlobId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
