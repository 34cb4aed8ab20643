package io.kintsugi.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.ChecksumAlgorithm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The XXHash family on every path against values that the reference implementation computed. */
class XxhTest {
    /** The input: the highest bytes of x, with x(0) = 1 and x(n+1) = 1664525 x(n) + 1013904223 modulo 2^32. */
    private static byte[] sequence() {
        byte[] out = new byte[8192];
        int x = 1;
        for (int i = 0; i < out.length; i++) {
            out[i] = (byte) (x >>> 24);
            x = x * 1664525 + 1013904223;
        }
        return out;
    }

    @Test
    void valuesAreThoseOfTheReference() throws IOException {
        byte[] input = sequence();
        List<String> lines = vectors();
        assertTrue(lines.size() > 40, "vectors");
        for (String line : lines) {
            String[] f = line.split(" ");
            int length = Integer.parseInt(f[0]);
            check(ChecksumAlgorithm.XXHASH64, input, length, f[1]);
            check(ChecksumAlgorithm.XXHASH3, input, length, f[2]);
            check(ChecksumAlgorithm.XXHASH128, input, length, f[3]);
        }
    }

    private static void check(ChecksumAlgorithm a, byte[] input, int length, String hex) {
        for (CodecPath path : Digest.kernel(a).paths()) {
            Digest whole = Digest.of(a, path);
            whole.update(input, 0, length);
            assertEquals(hex, HexFormat.of().formatHex(whole.finish()), () -> a + " " + path + " of " + length);
        }
    }

    private static List<String> vectors() throws IOException {
        try (InputStream in = XxhTest.class.getResourceAsStream("xxhash-vectors.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(l -> !l.startsWith("#"))
                    .toList();
        }
    }
}
