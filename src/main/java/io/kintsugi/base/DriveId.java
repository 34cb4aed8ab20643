package io.kintsugi.base;

/** The identity of a drive, given when it was formatted and kept wherever it is mounted. */
public record DriveId(Id128 value) implements Comparable<DriveId> {
    public static DriveId next(Clock clock, Entropy entropy) {
        return new DriveId(Id128.next(clock, entropy));
    }

    /** @throws IllegalArgumentException when this is not 32 lower-case hexadecimal digits */
    public static DriveId parse(String text) {
        return new DriveId(Id128.parse(text));
    }

    @Override
    public int compareTo(DriveId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
