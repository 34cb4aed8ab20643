package io.kintsugi.codec;

import io.kintsugi.base.ChecksumAlgorithm;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.List;

/** A digest by a C kernel. */
final class KernelDigest extends Digest {
    /** Arrays are pinned while a kernel reads them, so for a bounded time only; also the size of the copy below. */
    private static final int ARRAY_PIECE_BYTES = 256 * 1024;

    private final Kernel kernel;
    private final CodecPath path;
    private final byte[] context = new byte[Kernels.CONTEXT_BYTES];
    private long seen;

    KernelDigest(ChecksumAlgorithm algorithm, Kernel kernel, CodecPath path) {
        super(algorithm);
        this.kernel = kernel;
        this.path = path;
        Kernels.digestBegin(kernel.ordinal(), context);
    }

    @Override
    void add(ByteBuffer bytes) {
        seen += bytes.remaining();
        if (bytes.isDirect()) {
            Kernels.digestBuffer(kernel.ordinal(), path.ordinal(), context, bytes, bytes.position(), bytes.remaining());
        } else if (bytes.hasArray()) {
            addArray(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        } else {
            addCopy(bytes);
        }
    }

    @Override
    void add(Slab slab, int offset, int length) {
        seen += length;
        Kernels.digestUpdate(kernel.ordinal(), path.ordinal(), context, slab.address() + offset, length);
        Reference.reachabilityFence(slab);
    }

    @Override
    void addAll(ByteBuffer... pieces) {
        long count = 0;
        boolean direct = true;
        for (ByteBuffer piece : pieces) {
            count += piece.remaining();
            direct &= piece.isDirect();
        }
        if (algorithm() != ChecksumAlgorithm.MD5
                || !Md5Lanes.SHARED.hasLanes()
                || !direct
                || count < Md5Lanes.WORTH_BYTES) {
            super.addAll(pieces);
            return;
        }
        Md5Lanes.SHARED.update(context, seen, pieces);
        seen += count;
    }

    /** Whether there is a way to compute both at a time. */
    boolean pairsWith(KernelDigest other) {
        return kernel == Kernel.SHA256 && other.kernel == kernel && other.path == path;
    }

    /** Adds direct pieces to two digests that pair: together as far as both have any, the rest of one alone. */
    static void addBoth(
            KernelDigest first, List<ByteBuffer> firstPieces, KernelDigest second, List<ByteBuffer> secondPieces) {
        BlockCursor a = first.cursor(firstPieces);
        BlockCursor b = second.cursor(secondPieces);
        while (a.hasBlocks() && b.hasBlocks()) {
            long blocks = Math.min(a.blocks(), b.blocks());
            Kernels.sha256Pair(first.path.ordinal(), a.context(), a.address(), b.context(), b.address(), blocks);
            a.ate(blocks);
            b.ate(blocks);
        }
        a.eatAll();
        b.eatAll();
        Reference.reachabilityFence(firstPieces);
        Reference.reachabilityFence(secondPieces);
    }

    private BlockCursor cursor(List<ByteBuffer> pieces) {
        BlockCursor cursor = new BlockCursor(kernel, path, context, seen, pieces);
        for (ByteBuffer piece : pieces) {
            seen += piece.remaining();
        }
        return cursor;
    }

    @Override
    byte[] value() {
        byte[] out = new byte[algorithm().length()];
        Kernels.digestFinish(kernel.ordinal(), path.ordinal(), context, out);
        return out;
    }

    private void addArray(byte[] array, int offset, int length) {
        for (int at = 0; at < length; at += ARRAY_PIECE_BYTES) {
            Kernels.digestArray(
                    kernel.ordinal(),
                    path.ordinal(),
                    context,
                    array,
                    offset + at,
                    Math.min(ARRAY_PIECE_BYTES, length - at));
        }
    }

    /** Read-only heap buffers do not show their array. */
    private void addCopy(ByteBuffer bytes) {
        byte[] piece = new byte[Math.min(bytes.remaining(), ARRAY_PIECE_BYTES)];
        for (int at = bytes.position(); at < bytes.limit(); at += piece.length) {
            int n = Math.min(piece.length, bytes.limit() - at);
            bytes.get(at, piece, 0, n);
            addArray(piece, 0, n);
        }
    }
}
