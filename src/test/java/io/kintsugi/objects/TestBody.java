package io.kintsugi.objects;

import io.kintsugi.base.ByteSource;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.Pieces;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/** A body that hands its bytes out in uneven pieces. */
record TestBody(
        ByteSource source,
        OptionalLong length,
        Optional<byte[]> contentMd5,
        Optional<ChecksumAlgorithm> checksumAlgorithm,
        Optional<byte[]> claimedChecksum)
        implements UploadBody {
    private static final int PIECE = 7001;

    static TestBody of(byte[] bytes) {
        return new TestBody(
                pieces(bytes), OptionalLong.of(bytes.length), Optional.empty(), Optional.empty(), Optional.empty());
    }

    static TestBody of(int size, int seed) {
        return of(bytes(size, seed));
    }

    static byte[] bytes(int size, int seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static TestBody failing(byte[] first, RuntimeException then, OptionalLong length) {
        ByteSource pieces = pieces(first);
        return new TestBody(
                target -> {
                    int count = pieces.read(target);
                    if (count < 0) {
                        throw then;
                    }
                    return count;
                },
                length,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static ByteSource pieces(byte[] bytes) {
        return Pieces.of(ByteBuffer.wrap(bytes), PIECE);
    }

    TestBody withLength(OptionalLong said) {
        return new TestBody(source, said, contentMd5, checksumAlgorithm, claimedChecksum);
    }

    TestBody withMd5(byte[] md5) {
        return new TestBody(source, length, Optional.of(md5), checksumAlgorithm, claimedChecksum);
    }

    TestBody withAlgorithm(ChecksumAlgorithm algorithm) {
        return new TestBody(source, length, contentMd5, Optional.of(algorithm), claimedChecksum);
    }

    TestBody withChecksum(ChecksumAlgorithm algorithm, byte[] claimed) {
        return new TestBody(source, length, contentMd5, Optional.of(algorithm), Optional.of(claimed));
    }

    @Override
    public int read(ByteBuffer target) {
        return source.read(target);
    }
}
