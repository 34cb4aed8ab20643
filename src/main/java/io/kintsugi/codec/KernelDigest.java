package io.kintsugi.codec;

import io.kintsugi.base.ChecksumAlgorithm;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/** A digest by a C kernel. */
final class KernelDigest extends Digest {
    /** Arrays are pinned while a kernel reads them, so for a bounded time only; also the size of the copy below. */
    private static final int ARRAY_PIECE_BYTES = 256 * 1024;

    private final int kernel;
    private final int path;
    private final byte[] context = new byte[Kernels.CONTEXT_BYTES];
    private long seen;

    KernelDigest(ChecksumAlgorithm algorithm, Kernel kernel, CodecPath path) {
        super(algorithm);
        this.kernel = kernel.ordinal();
        this.path = path.ordinal();
        Kernels.digestBegin(this.kernel, context);
    }

    @Override
    void add(ByteBuffer bytes) {
        seen += bytes.remaining();
        if (bytes.isDirect()) {
            Kernels.digestBuffer(kernel, path, context, bytes, bytes.position(), bytes.remaining());
        } else if (bytes.hasArray()) {
            addArray(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        } else {
            addCopy(bytes);
        }
    }

    @Override
    void add(Slab slab, int offset, int length) {
        seen += length;
        Kernels.digestUpdate(kernel, path, context, slab.address() + offset, length);
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

    @Override
    byte[] value() {
        byte[] out = new byte[algorithm().length()];
        Kernels.digestFinish(kernel, path, context, out);
        return out;
    }

    private void addArray(byte[] array, int offset, int length) {
        for (int at = 0; at < length; at += ARRAY_PIECE_BYTES) {
            Kernels.digestArray(kernel, path, context, array, offset + at, Math.min(ARRAY_PIECE_BYTES, length - at));
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
