package io.kintsugi.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.ChecksumAlgorithm;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Two digests at a time have the values that each has alone, by other makers' code. */
class DigestPairPropertyTest {
    private static final int EVERY_LENGTH = 200;
    private static final int ROUNDS = 3;

    /** A digest and what it was given. */
    private record Side(Digest digest, ByteArrayOutputStream given) {
        static Side of(ChecksumAlgorithm algorithm, CodecPath path) {
            return new Side(Digest.of(algorithm, path), new ByteArrayOutputStream());
        }

        List<ByteBuffer> given(List<ByteBuffer> pieces) {
            for (ByteBuffer piece : pieces) {
                byte[] bytes = new byte[piece.remaining()];
                piece.get(piece.position(), bytes);
                given.writeBytes(bytes);
            }
            return pieces;
        }

        void check(Object about) {
            byte[] want = References.value(digest.algorithm(), given.toByteArray());
            assertArrayEquals(want, digest.finish(), () -> given.size() + " bytes, " + about);
        }
    }

    /** Pieces of any length at any place, so that the two meet in the middle of their blocks, several times over. */
    @Property(tries = 400)
    void piecesOfBothMakeTheWholeOfEach(
            @ForAll @IntRange(min = 0, max = 6) int pieces,
            @ForAll @IntRange(min = 0, max = 3000) int longest,
            @ForAll long seed) {
        Random random = new Random(seed);
        for (CodecPath path : Kernel.SHA256.paths()) {
            Side first = Side.of(ChecksumAlgorithm.SHA256, path);
            Side second = Side.of(ChecksumAlgorithm.SHA256, path);
            for (int round = 0; round < ROUNDS; round++) {
                boolean direct = random.nextInt(4) > 0;
                Digest.updateBoth(
                        first.digest(),
                        first.given(pieces(random, pieces, longest, direct)),
                        second.digest(),
                        second.given(pieces(random, random.nextInt(4), longest, true)));
            }
            first.check(path);
            second.check(path);
        }
    }

    @Example
    void everyPairOfLengths() {
        Random random = new Random(1);
        for (CodecPath path : Kernel.SHA256.paths()) {
            for (int a = 0; a <= EVERY_LENGTH; a++) {
                for (int b = 0; b <= EVERY_LENGTH; b += 1 + a % 7) {
                    Side first = Side.of(ChecksumAlgorithm.SHA256, path);
                    Side second = Side.of(ChecksumAlgorithm.SHA256, path);
                    Digest.updateBoth(
                            first.digest(),
                            first.given(List.of(piece(random, a, true))),
                            second.digest(),
                            second.given(List.of(piece(random, b, true))));
                    first.check(path);
                    second.check(path);
                }
            }
        }
    }

    @Example
    void digestsThatDoNotPairAreComputedAloneToo() {
        Random random = new Random(2);
        for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
            for (CodecPath path : Digest.kernel(algorithm).paths()) {
                Side first = Side.of(algorithm, path);
                Side second = Side.of(ChecksumAlgorithm.SHA256, CodecPath.JAVA);
                Side third = Side.of(ChecksumAlgorithm.SHA256, Kernel.SHA256.best());
                Digest.updateBoth(
                        first.digest(),
                        first.given(pieces(random, 3, 300, true)),
                        second.digest(),
                        second.given(pieces(random, 2, 300, true)));
                Digest.updateBoth(
                        third.digest(),
                        third.given(pieces(random, 3, 300, true)),
                        first.digest(),
                        first.given(pieces(random, 3, 300, true)));
                List.of(first, second, third).forEach(side -> side.check(algorithm + " by " + path));
            }
        }
    }

    @Example
    void thePiecesStayWhereTheyAre() {
        ByteBuffer piece = ByteBuffer.allocateDirect(300).position(7).limit(290);
        Digest.updateBoth(
                Digest.of(ChecksumAlgorithm.SHA256), List.of(piece), Digest.of(ChecksumAlgorithm.SHA256), List.of());
        assertEquals(7, piece.position());
        assertEquals(290, piece.limit());
    }

    @Example
    void oneDigestIsNoPairAndAFinishedOneIsRefused() {
        Digest digest = Digest.of(ChecksumAlgorithm.SHA256);
        Digest finished = Digest.of(ChecksumAlgorithm.SHA256);
        finished.finish();
        List<ByteBuffer> none = List.of();
        assertThrows(IllegalArgumentException.class, () -> Digest.updateBoth(digest, none, digest, none));
        assertThrows(IllegalStateException.class, () -> Digest.updateBoth(digest, none, finished, none));
        assertThrows(IllegalStateException.class, () -> Digest.updateBoth(finished, none, digest, none));
    }

    private static List<ByteBuffer> pieces(Random random, int count, int longest, boolean direct) {
        List<ByteBuffer> pieces = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pieces.add(piece(random, random.nextInt(longest + 1), direct));
        }
        return pieces;
    }

    private static ByteBuffer piece(Random random, int length, boolean direct) {
        int offset = random.nextInt(64);
        int capacity = offset + length + random.nextInt(64);
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(capacity) : ByteBuffer.allocate(capacity);
        return buffer.put(offset, bytes).limit(offset + length).position(offset);
    }
}
