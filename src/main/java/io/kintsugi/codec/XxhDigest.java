package io.kintsugi.codec;

import io.kintsugi.base.ChecksumAlgorithm;
import java.nio.ByteBuffer;

/** The Java path of the XXHash family. */
final class XxhDigest extends Digest {
    private static final int PIECE_BYTES = 16 * 1024;

    private final Hash hash;

    /** A hash that eats arrays. */
    sealed interface Hash permits Xxh64, Xxh3 {
        void update(byte[] bytes, int offset, int length);

        /** The value of 8 bytes, or of 16 where the hash has it; big-endian. */
        byte[] value(int length);
    }

    XxhDigest(ChecksumAlgorithm algorithm, Hash hash) {
        super(algorithm);
        this.hash = hash;
    }

    @Override
    void add(ByteBuffer bytes) {
        if (bytes.hasArray()) {
            hash.update(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
            return;
        }
        byte[] piece = new byte[Math.min(bytes.remaining(), PIECE_BYTES)];
        for (int at = bytes.position(); at < bytes.limit(); at += piece.length) {
            int n = Math.min(piece.length, bytes.limit() - at);
            bytes.get(at, piece, 0, n);
            hash.update(piece, 0, n);
        }
    }

    @Override
    byte[] value() {
        return hash.value(algorithm().length());
    }
}
