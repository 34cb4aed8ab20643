package io.kintsugi.base;

/** The name of a multipart upload. */
public record UploadId(Id128 value) implements Comparable<UploadId> {
    public static UploadId next(Clock clock, Entropy entropy) {
        return new UploadId(Id128.next(clock, entropy));
    }

    /** @throws IllegalArgumentException when this is not 32 lower-case hexadecimal digits */
    public static UploadId parse(String text) {
        return new UploadId(Id128.parse(text));
    }

    @Override
    public int compareTo(UploadId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
