package io.kintsugi.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.kintsugi.base.ChecksumAlgorithm;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Bytes cut into any pieces, of any kind of memory, at any place: the value is that of the whole. */
class DigestPropertyTest {
    private static final SlabPool POOL = new SlabPool(1 << 20);

    @Property(tries = 400)
    void piecesMakeTheWhole(
            @ForAll ChecksumAlgorithm algorithm,
            @ForAll @IntRange(min = 0, max = 4200) int length,
            @ForAll @IntRange(min = 1, max = 1500) int longestPiece,
            @ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = new byte[length + 64];
        random.nextBytes(bytes);
        int offset = random.nextInt(64);
        byte[] want = References.value(algorithm, Arrays.copyOfRange(bytes, offset, offset + length));
        for (CodecPath path : Digest.kernel(algorithm).paths()) {
            Digest d = Digest.of(algorithm, path);
            for (int at = 0; at < length; ) {
                int n = Math.min(length - at, random.nextInt(longestPiece + 1));
                add(d, bytes, offset + at, n, random.nextInt(5));
                at += n;
            }
            assertArrayEquals(want, d.finish(), path::title);
        }
    }

    private static void add(Digest d, byte[] bytes, int offset, int length, int kind) {
        try (Slab slab = POOL.take(bytes.length, Duration.ZERO)) {
            ByteBuffer direct = slab.buffer();
            direct.put(0, bytes);
            direct.limit(offset + length).position(offset);
            switch (kind) {
                case 0 -> d.update(bytes, offset, length);
                case 1 -> d.update(ByteBuffer.wrap(bytes, offset, length).slice());
                case 2 -> d.update(ByteBuffer.wrap(bytes, offset, length).asReadOnlyBuffer());
                case 3 -> d.update(direct);
                default -> d.update(slab, offset, length);
            }
        }
    }
}
