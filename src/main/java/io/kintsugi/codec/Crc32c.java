package io.kintsugi.codec;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.zip.CRC32C;

/** CRC32C (Castagnoli; RFC 3720, B.4), the checksum of every frame on disk and wire. */
public final class Crc32c {
    private Crc32c() {}

    /** Of that range of the slab. */
    public static int of(Slab slab, int offset, int length) {
        return of(Kernel.CRC32C.best(), slab, offset, length);
    }

    /** Of that range of the buffer, heap or direct, counted from 0; position and limit play no part. */
    public static int of(ByteBuffer bytes, int offset, int length) {
        return of(Kernel.CRC32C.best(), bytes, offset, length);
    }

    /** Of that range of the array. */
    public static int of(byte[] bytes, int offset, int length) {
        return of(Kernel.CRC32C.best(), bytes, offset, length);
    }

    static int of(CodecPath path, Slab slab, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, slab.capacity());
        if (path == CodecPath.JAVA) {
            return java(slab.slice(offset, length));
        }
        int crc = Kernels.crc32c(path.ordinal(), 0, slab.address() + offset, length);
        Reference.reachabilityFence(slab);
        return crc;
    }

    static int of(CodecPath path, ByteBuffer bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.capacity());
        if (path == CodecPath.JAVA) {
            return java(bytes.duplicate().clear().slice(offset, length));
        }
        if (bytes.isDirect()) {
            return Kernels.crc32cBuffer(path.ordinal(), 0, bytes, offset, length);
        }
        if (bytes.hasArray()) {
            return of(path, bytes.array(), bytes.arrayOffset() + offset, length);
        }
        byte[] copy = new byte[length];
        bytes.duplicate().clear().get(offset, copy);
        return of(path, copy, 0, length);
    }

    static int of(CodecPath path, byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        return path == CodecPath.JAVA
                ? java(ByteBuffer.wrap(bytes, offset, length))
                : Kernels.crc32cArray(path.ordinal(), 0, bytes, offset, length);
    }

    private static int java(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
