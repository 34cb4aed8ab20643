package io.kintsugi.codec;

import io.kintsugi.base.ChecksumAlgorithm;

/**
 * The CRC of two sequences of bytes one after the other, from their CRCs and the second one's length: what makes the
 * full-object checksum of a multipart upload out of those of its parts.
 *
 * <p>With initial value and final xor all ones both effects cancel, so crc(AB) = crc(A) · x^(8·|B|) + crc(B) modulo the
 * polynomial; the power is found by squaring.
 */
public final class CrcCombine {
    private static final long CRC32_POLYNOMIAL = 0xedb88320L;
    private static final long CRC32C_POLYNOMIAL = 0x82f63b78L;

    private CrcCombine() {}

    /**
     * Combines values as {@link Digest#finish()} gives them.
     *
     * @param algorithm one that allows full-object checksums: CRC32, CRC32C or CRC64NVME
     * @param lengthB length of the second sequence in bytes
     * @return the value of both sequences
     * @throws IllegalArgumentException for another algorithm, a value of another length, or a negative length
     */
    public static byte[] combine(ChecksumAlgorithm algorithm, byte[] crcA, byte[] crcB, long lengthB) {
        if (crcA.length != algorithm.length() || crcB.length != algorithm.length()) {
            throw new IllegalArgumentException(algorithm + " values have " + algorithm.length() + " bytes, not "
                    + crcA.length + " and " + crcB.length);
        }
        return BigEndian.bytes(
                combine(algorithm, BigEndian.number(crcA), BigEndian.number(crcB), lengthB), algorithm.length());
    }

    /** Like {@link #combine(ChecksumAlgorithm, byte[], byte[], long)}, with values as (unsigned) numbers. */
    public static long combine(ChecksumAlgorithm algorithm, long crcA, long crcB, long lengthB) {
        if (lengthB < 0) {
            throw new IllegalArgumentException("length " + lengthB + " of the second sequence is negative");
        }
        return switch (algorithm) {
            case CRC32 -> shift(crcA, lengthB, CRC32_POLYNOMIAL, 1L << 31) ^ crcB;
            case CRC32C -> shift(crcA, lengthB, CRC32C_POLYNOMIAL, 1L << 31) ^ crcB;
            case CRC64NVME -> shift(crcA, lengthB, Crc64Nvme.POLYNOMIAL, 1L << 63) ^ crcB;
            case SHA1, SHA256, SHA512, MD5, XXHASH64, XXHASH3, XXHASH128 ->
                throw new IllegalArgumentException(algorithm + " values cannot be combined; only CRCs can");
        };
    }

    /** {@code crc · x^(8·bytes)}; numbers are bit-reflected, so the highest bit is x^0. */
    private static long shift(long crc, long bytes, long polynomial, long one) {
        long power = one >>> 8;
        long result = crc;
        for (long n = bytes; n != 0; n >>>= 1) {
            if ((n & 1) != 0) {
                result = multiply(result, power, polynomial, one);
            }
            power = multiply(power, power, polynomial, one);
        }
        return result;
    }

    private static long multiply(long a, long b, long polynomial, long one) {
        long product = 0;
        long shifted = b;
        for (long bit = one; bit != 0; bit >>>= 1) {
            if ((a & bit) != 0) {
                product ^= shifted;
            }
            shifted = (shifted & 1) == 0 ? shifted >>> 1 : shifted >>> 1 ^ polynomial;
        }
        return product;
    }
}
