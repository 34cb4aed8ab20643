package io.kintsugi.base;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * 128 bits that name something: 48 bits of Unix milliseconds, then chance, so that younger names sort behind older ones
 * (as in UUID version 7, RFC 9562, without its version and variant bits). Text is 32 lower-case hexadecimal digits.
 */
public record Id128(long high, long low) implements Comparable<Id128> {
    public static final int BYTES = 16;
    private static final int TEXT_LENGTH = 2 * BYTES;
    private static final int RANDOM_HIGH_BITS = 16;
    private static final HexFormat HEX = HexFormat.of();

    /** A new name: the clock's milliseconds and 80 bits of entropy. */
    public static Id128 next(Clock clock, Entropy entropy) {
        long random = entropy.nextLong();
        long high = clock.millis() << RANDOM_HIGH_BITS | random >>> (Long.SIZE - RANDOM_HIGH_BITS);
        return new Id128(high, entropy.nextLong());
    }

    /** The same, but greater than another name, even where the clock was set back since that was made. */
    public static Id128 nextAfter(Id128 other, Clock clock, Entropy entropy) {
        Id128 name = next(clock, entropy);
        return name.compareTo(other) > 0 ? name : new Id128(other.high + (1L << RANDOM_HIGH_BITS), name.low);
    }

    /** @throws IllegalArgumentException when this is not 32 lower-case hexadecimal digits */
    public static Id128 parse(String text) {
        if (!isValid(text)) {
            throw new IllegalArgumentException("'" + text + "' is not 32 lower-case hexadecimal digits");
        }
        long high = HexFormat.fromHexDigitsToLong(text, 0, TEXT_LENGTH / 2);
        return new Id128(high, HexFormat.fromHexDigitsToLong(text, TEXT_LENGTH / 2, TEXT_LENGTH));
    }

    public static boolean isValid(String text) {
        if (text.length() != TEXT_LENGTH) {
            return false;
        }
        for (int i = 0; i < TEXT_LENGTH; i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    public static Id128 read(ByteBuffer from) {
        return new Id128(from.getLong(), from.getLong());
    }

    public void write(ByteBuffer to) {
        to.putLong(high).putLong(low);
    }

    /** Unix milliseconds at which the name was made. */
    public long millis() {
        return high >>> RANDOM_HIGH_BITS;
    }

    @Override
    public int compareTo(Id128 other) {
        int order = Long.compareUnsigned(high, other.high);
        return order != 0 ? order : Long.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
        return HEX.toHexDigits(high) + HEX.toHexDigits(low);
    }
}
