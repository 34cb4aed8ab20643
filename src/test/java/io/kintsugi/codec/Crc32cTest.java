package io.kintsugi.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class Crc32cTest {
    static List<CodecPath> paths() {
        return Kernel.CRC32C.paths();
    }

    @ParameterizedTest
    @MethodSource("paths")
    void everyKindOfMemoryAtEveryLength(CodecPath path) {
        byte[] bytes = new byte[4300];
        new Random(3).nextBytes(bytes);
        SlabPool pool = new SlabPool(1 << 20);
        try (Slab slab = pool.take(bytes.length, Duration.ZERO)) {
            ByteBuffer direct = slab.buffer().put(bytes);
            ByteBuffer readOnly = ByteBuffer.wrap(bytes).asReadOnlyBuffer();
            for (int length = 0; length <= 4200; length++) {
                int offset = length % 71;
                CRC32C reference = new CRC32C();
                reference.update(bytes, offset, length);
                int want = (int) reference.getValue();
                assertEquals(want, Crc32c.of(path, slab, offset, length));
                assertEquals(want, Crc32c.of(path, direct, offset, length));
                assertEquals(want, Crc32c.of(path, bytes, offset, length));
                assertEquals(want, Crc32c.of(path, readOnly, offset, length));
            }
        }
    }

    /** RFC 3720, B.4. */
    @ParameterizedTest
    @MethodSource("paths")
    void valuesOfTheRfc(CodecPath path) {
        byte[] zeros = new byte[32];
        byte[] rising = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
        assertEquals(0x8a9136aa, Crc32c.of(path, zeros, 0, 32));
        assertEquals(0x46dd794e, Crc32c.of(path, rising, 0, 32));
    }

    @Test
    void rangesAreCountedFromTheBeginAndChecked() {
        ByteBuffer b = ByteBuffer.allocateDirect(10).position(4).limit(6);
        assertEquals(Crc32c.of(new byte[10], 0, 10), Crc32c.of(b, 0, 10));
        assertThrows(IndexOutOfBoundsException.class, () -> Crc32c.of(b, 5, 6));
        assertThrows(IndexOutOfBoundsException.class, () -> Crc32c.of(new byte[3], 0, 4));
    }
}
