package io.kintsugi.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.ChecksumAlgorithm;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DigestTest {
    @ParameterizedTest
    @EnumSource
    void everyLengthAgreesWithTheReference(ChecksumAlgorithm algorithm) {
        byte[] bytes = new byte[4300];
        new Random(7).nextBytes(bytes);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes);
        for (int length = 0; length <= 4200; length += length < 600 ? 1 : 7) {
            int offset = length % 67;
            byte[] want = References.value(algorithm, java.util.Arrays.copyOfRange(bytes, offset, offset + length));
            for (CodecPath path : Digest.kernel(algorithm).paths()) {
                Digest d = Digest.of(algorithm, path);
                d.update(direct.limit(offset + length).position(offset));
                assertArrayEquals(want, d.finish(), algorithm + " " + path + " of " + length);
            }
        }
    }

    /** CRC catalogue (reveng), RFC 1321, FIPS 180-4 examples, the AWS SDK for Java's tests ("Hello world"). */
    @ParameterizedTest
    @CsvSource({
        "CRC32, 123456789, cbf43926",
        "CRC32C, 123456789, e3069283",
        "CRC64NVME, 123456789, ae8b14860a799888",
        "MD5, abc, 900150983cd24fb0d6963f7d28e17f72",
        "SHA1, abc, a9993e364706816aba3e25717850c26c9cd0d89d",
        "SHA256, abc, ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "XXHASH64, Hello world, c500b0c912b376d8",
        "XXHASH3, Hello world, b6acb9d84a38ff74",
        "XXHASH128, Hello world, 7351f89812f97382b91d05b31e04dd7f",
    })
    void publishedValues(ChecksumAlgorithm algorithm, String text, String hex) {
        byte[] input = text.getBytes(StandardCharsets.US_ASCII);
        for (CodecPath path : Digest.kernel(algorithm).paths()) {
            Digest d = Digest.of(algorithm, path);
            d.update(ByteBuffer.wrap(input));
            assertEquals(hex, HexFormat.of().formatHex(d.finish()), () -> algorithm + " " + path);
        }
    }

    @ParameterizedTest
    @EnumSource
    void valuesHaveTheLengthThatS3Expects(ChecksumAlgorithm algorithm) {
        assertEquals(algorithm.length(), Digest.of(algorithm).finish().length);
    }

    @ParameterizedTest
    @EnumSource
    void positionsAreNotDisturbed(ChecksumAlgorithm algorithm) {
        ByteBuffer heap = ByteBuffer.wrap(new byte[100], 10, 50);
        ByteBuffer direct = ByteBuffer.allocateDirect(100).position(10).limit(60);
        for (CodecPath path : Digest.kernel(algorithm).paths()) {
            Digest d = Digest.of(algorithm, path);
            for (ByteBuffer b : new ByteBuffer[] {heap, direct, heap.asReadOnlyBuffer(), direct.asReadOnlyBuffer()}) {
                d.update(b);
                assertEquals(10, b.position());
                assertEquals(60, b.limit());
            }
            assertArrayEquals(References.value(algorithm, new byte[200]), d.finish(), path::title);
        }
    }

    @Test
    void largePiecesOfEveryKindAgree() {
        byte[] bytes = new byte[3 * 256 * 1024 + 5];
        new Random(9).nextBytes(bytes);
        byte[] want = References.value(ChecksumAlgorithm.SHA256, bytes);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        for (CodecPath path : Kernel.SHA256.paths()) {
            ByteBuffer[] kinds = {ByteBuffer.wrap(bytes), ByteBuffer.wrap(bytes).asReadOnlyBuffer(), direct};
            for (ByteBuffer b : kinds) {
                Digest d = Digest.of(ChecksumAlgorithm.SHA256, path);
                d.update(b);
                assertArrayEquals(want, d.finish(), () -> path + " " + b);
            }
        }
    }

    @Test
    void aFinishedDigestIsRefused() {
        Digest d = Digest.of(ChecksumAlgorithm.SHA1);
        assertEquals("2jmj7l5rSw0yVb/vlWAYkK/YBwk=", Base64.getEncoder().encodeToString(d.finish()));
        assertThrows(IllegalStateException.class, d::finish);
        assertThrows(IllegalStateException.class, () -> d.update(new byte[1], 0, 1));
    }

    @Test
    void rangesAreChecked() {
        SlabPool pool = new SlabPool(1 << 20);
        Digest d = Digest.of(ChecksumAlgorithm.CRC64NVME);
        assertThrows(IndexOutOfBoundsException.class, () -> d.update(new byte[5], 3, 3));
        try (Slab slab = pool.take(4096, java.time.Duration.ZERO)) {
            assertThrows(IndexOutOfBoundsException.class, () -> d.update(slab, 4000, 97));
            assertThrows(IndexOutOfBoundsException.class, () -> d.update(slab, -1, 2));
        }
    }

    @Test
    void lengthsBeyondFourGigabitsAreCounted() {
        byte[] piece = new byte[1 << 20];
        byte[] want = null;
        for (CodecPath path : Kernel.MD5.paths()) {
            Digest d = Digest.of(ChecksumAlgorithm.MD5, path);
            for (int i = 0; i < 513; i++) {
                d.update(piece, 0, piece.length);
            }
            byte[] is = d.finish();
            want = want == null ? is : want;
            assertArrayEquals(want, is, path::title);
        }
        assertTrue(want != null, "no path");
    }
}
