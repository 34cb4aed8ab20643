package io.kintsugi.drives;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.Id128;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The rows of packed shards: key and size ({@code docs/DISK-FORMAT.md}). Keys are ordered as {@link ShardName}s are.
 */
final class PackedKey {
    static final int BYTES = Id128.BYTES + 1;

    private PackedKey() {}

    static byte[] of(ShardName name) {
        ByteBuffer key = ByteBuffer.allocate(BYTES);
        name.blob().value().write(key);
        return key.put((byte) name.index()).array();
    }

    /** The first key behind this name's. */
    static byte[] behind(ShardName name) {
        return Arrays.copyOf(of(name), BYTES + 1);
    }

    static ShardName parse(byte[] key) {
        ByteBuffer bytes = ByteBuffer.wrap(key);
        return new ShardName(new BlobId(Id128.read(bytes)), Byte.toUnsignedInt(bytes.get()));
    }

    static byte[] size(long bytes) {
        return ByteBuffer.allocate(Long.BYTES).putLong(bytes).array();
    }

    static long size(byte[] value) {
        return ByteBuffer.wrap(value).getLong();
    }
}
