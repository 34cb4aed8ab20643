package io.kintsugi.codec;

import io.kintsugi.base.ChecksumAlgorithm;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * A checksum or digest of bytes that arrive piece by piece. Made for one sequence of bytes: {@link #update} any number
 * of times, {@link #finish} once.
 *
 * <p>Not thread-safe.
 */
public abstract sealed class Digest permits KernelDigest, ChecksumDigest, MessageDigestDigest, XxhDigest {
    private final ChecksumAlgorithm algorithm;
    private boolean finished;

    Digest(ChecksumAlgorithm algorithm) {
        this.algorithm = algorithm;
    }

    /** A fresh digest on the fastest path that this machine has. */
    public static Digest of(ChecksumAlgorithm algorithm) {
        return of(algorithm, kernel(algorithm).best());
    }

    static Digest of(ChecksumAlgorithm algorithm, CodecPath path) {
        return path == CodecPath.JAVA ? java(algorithm) : new KernelDigest(algorithm, kernel(algorithm), path);
    }

    static Kernel kernel(ChecksumAlgorithm algorithm) {
        return switch (algorithm) {
            case CRC32 -> Kernel.CRC32;
            case CRC32C -> Kernel.CRC32C;
            case CRC64NVME -> Kernel.CRC64NVME;
            case SHA1 -> Kernel.SHA1;
            case SHA256 -> Kernel.SHA256;
            case SHA512 -> Kernel.SHA512;
            case MD5 -> Kernel.MD5;
            case XXHASH64 -> Kernel.XXHASH64;
            case XXHASH3 -> Kernel.XXHASH3;
            case XXHASH128 -> Kernel.XXHASH128;
        };
    }

    private static Digest java(ChecksumAlgorithm algorithm) {
        return switch (algorithm) {
            case CRC32 -> new ChecksumDigest(algorithm, new CRC32());
            case CRC32C -> new ChecksumDigest(algorithm, new CRC32C());
            case CRC64NVME -> new ChecksumDigest(algorithm, new Crc64Nvme());
            case SHA1 -> new MessageDigestDigest(algorithm, "SHA-1");
            case SHA256 -> new MessageDigestDigest(algorithm, "SHA-256");
            case SHA512 -> new MessageDigestDigest(algorithm, "SHA-512");
            case MD5 -> new MessageDigestDigest(algorithm, "MD5");
            case XXHASH64 -> new XxhDigest(algorithm, new Xxh64());
            case XXHASH3, XXHASH128 -> new XxhDigest(algorithm, new Xxh3());
        };
    }

    public final ChecksumAlgorithm algorithm() {
        return algorithm;
    }

    /** Adds the bytes from the buffer's position to its limit, heap or direct. The position stays where it is. */
    public final void update(ByteBuffer bytes) {
        checkOpen();
        if (bytes.hasRemaining()) {
            add(bytes);
        }
    }

    /**
     * Adds the pieces, one after the other, as {@link #update(ByteBuffer)}. May join other threads that do the same,
     * for the speed of all: it blocks until the bytes are eaten.
     */
    public final void updateAll(ByteBuffer... pieces) {
        checkOpen();
        addAll(pieces);
    }

    /**
     * Adds pieces to two digests, in any kinds of memory and of any lengths, as {@link #update(ByteBuffer)} one after
     * the other to each. Two SHA-256 whose pieces are direct are computed at a time where the machine has instructions
     * for them, which takes little longer than one: the rounds of each fill the time in which the other waits for its
     * own.
     */
    public static void updateBoth(
            Digest first, List<ByteBuffer> firstPieces, Digest second, List<ByteBuffer> secondPieces) {
        if (first == second) {
            throw new IllegalArgumentException("both are the same digest: its pieces have an order, add them by turns");
        }
        first.checkOpen();
        second.checkOpen();
        if (first instanceof KernelDigest a
                && second instanceof KernelDigest b
                && a.pairsWith(b)
                && areDirect(firstPieces)
                && areDirect(secondPieces)) {
            KernelDigest.addBoth(a, firstPieces, b, secondPieces);
        } else {
            firstPieces.forEach(first::update);
            secondPieces.forEach(second::update);
        }
    }

    private static boolean areDirect(List<ByteBuffer> pieces) {
        for (ByteBuffer piece : pieces) {
            if (!piece.isDirect()) {
                return false;
            }
        }
        return true;
    }

    /** Adds that range of the array. */
    public final void update(byte[] bytes, int offset, int length) {
        checkOpen();
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length > 0) {
            add(ByteBuffer.wrap(bytes, offset, length));
        }
    }

    /** Adds that range of the slab. */
    public final void update(Slab slab, int offset, int length) {
        checkOpen();
        Objects.checkFromIndexSize(offset, length, slab.capacity());
        if (length > 0) {
            add(slab, offset, length);
        }
    }

    /** The value: big-endian bytes as S3 has them, {@link ChecksumAlgorithm#length()} of them. */
    public final byte[] finish() {
        checkOpen();
        finished = true;
        return value();
    }

    /** Adds what remains in the buffer, which is not empty and whose position is not disturbed. */
    abstract void add(ByteBuffer bytes);

    void addAll(ByteBuffer... pieces) {
        for (ByteBuffer piece : pieces) {
            if (piece.hasRemaining()) {
                add(piece);
            }
        }
    }

    void add(Slab slab, int offset, int length) {
        add(slab.slice(offset, length));
    }

    abstract byte[] value();

    private void checkOpen() {
        if (finished) {
            throw new IllegalStateException(
                    algorithm + " digest used after finish(): take a new one for each sequence " + "of bytes");
        }
    }
}
