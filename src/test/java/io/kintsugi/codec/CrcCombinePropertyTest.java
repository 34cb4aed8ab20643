package io.kintsugi.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ChecksumType;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The CRC of two sequences from their CRCs is that of both together; what is no CRC is refused. */
class CrcCombinePropertyTest {
    @Property(tries = 300)
    void partsMakeTheWhole(
            @ForAll @IntRange(min = 0, max = 5000) int first,
            @ForAll @IntRange(min = 0, max = 5000) int second,
            @ForAll long seed) {
        byte[] both = new byte[first + second];
        new Random(seed).nextBytes(both);
        for (ChecksumAlgorithm a : ChecksumAlgorithm.values()) {
            byte[] crcA = References.value(a, Arrays.copyOf(both, first));
            byte[] crcB = References.value(a, Arrays.copyOfRange(both, first, both.length));
            if (a.allows(ChecksumType.FULL_OBJECT)) {
                assertArrayEquals(References.value(a, both), CrcCombine.combine(a, crcA, crcB, second));
            } else {
                assertThrows(IllegalArgumentException.class, () -> CrcCombine.combine(a, crcA, crcB, second));
            }
        }
    }

    /** 4 TiB of zeros by doubling: the length is a long, and x^(8n) is right far beyond 2^32. */
    @Example
    void hugeLengths() {
        for (ChecksumAlgorithm a : new ChecksumAlgorithm[] {ChecksumAlgorithm.CRC32C, ChecksumAlgorithm.CRC64NVME}) {
            byte[] crc = References.value(a, new byte[1024]);
            long length = 1024;
            for (int i = 0; i < 32; i++) {
                crc = CrcCombine.combine(a, crc, crc, length);
                length *= 2;
            }
            long third = length / 3;
            byte[] byThirds = CrcCombine.combine(a, zeros(a, third), zeros(a, length - third), length - third);
            assertArrayEquals(crc, byThirds);
        }
    }

    @Example
    void wrongValuesAreRefused() {
        ChecksumAlgorithm a = ChecksumAlgorithm.CRC32;
        assertThrows(IllegalArgumentException.class, () -> CrcCombine.combine(a, new byte[4], new byte[8], 1));
        assertThrows(IllegalArgumentException.class, () -> CrcCombine.combine(a, new byte[4], new byte[4], -1));
    }

    /** Of n zero bytes, from single ones by the binary digits of n. */
    private static byte[] zeros(ChecksumAlgorithm a, long n) {
        byte[] out = References.value(a, new byte[0]);
        byte[] power = References.value(a, new byte[1]);
        for (long bit = 1; bit <= n && bit > 0; bit <<= 1) {
            if ((n & bit) != 0) {
                out = CrcCombine.combine(a, out, power, bit);
            }
            power = CrcCombine.combine(a, power, power, bit);
        }
        return out;
    }
}
