package io.kintsugi.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.base.ChecksumAlgorithm;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class XxhTest {
    @Test
    void knownValues() {
        assertEquals("ef46db3751d8e999", hex(ChecksumAlgorithm.XXHASH64, ""));
        assertEquals("2d06800538d394c2", hex(ChecksumAlgorithm.XXHASH3, ""));
        assertEquals("99aa06d3014798d86001c324468d497f", hex(ChecksumAlgorithm.XXHASH128, ""));
        assertEquals("ae8b14860a799888", hex(ChecksumAlgorithm.CRC64NVME, "123456789"));
        assertEquals("fbcea83c8a378bf1", hex(ChecksumAlgorithm.XXHASH64, "Nobody inspects the spammish repetition"));
    }

    private static String hex(ChecksumAlgorithm a, String text) {
        Digest d = Digest.of(a);
        byte[] b = text.getBytes(StandardCharsets.UTF_8);
        d.update(b, 0, b.length);
        return HexFormat.of().formatHex(d.finish());
    }
}
