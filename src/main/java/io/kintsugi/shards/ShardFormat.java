package io.kintsugi.shards;

import io.kintsugi.codec.Crc32c;
import io.kintsugi.drives.ShardName;
import io.kintsugi.shards.ShardFormatException.Kind;
import java.nio.ByteBuffer;

/**
 * The numbers of the shard format, version 1, and its seals. The table is in {@code docs/DISK-FORMAT.md}.
 *
 * <p>Every CRC32C outside of the header is xored with what binds it to its place: the blob, the index of the shard and
 * the number of the frame. So a frame that a drive returns from the wrong place, or a shard that lies under a wrong
 * name, does not match although its bytes are whole.
 */
final class ShardFormat {
    /** "KINTSHRD". */
    static final long MAGIC = 0x4b494e5453485244L;

    static final int VERSION = 1;
    private static final int OLDEST_VERSION = 1;

    /** Bytes of shard data in one frame, at most. */
    static final int FRAME_BYTES = 64 * 1024;
    /** The CRC32C behind each frame. */
    static final int SEAL_BYTES = 4;
    /** Headers of shard files have one size, so that the place of a frame is known without a look at the header. */
    static final int FILE_HEADER_BYTES = 2048;
    /** Chunks and headers are multiples of this, for the sake of the coding kernels. */
    static final int ALIGNMENT = 64;

    private static final int FRAME_FACTOR = 0x9e3779b1;

    private ShardFormat() {}

    static int roundUp(int bytes) {
        return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** What binds seals to a shard: computed once, and given to {@link #seal}. */
    static int binding(ShardName name) {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + 2 * Long.BYTES);
        name.blob().value().write(bytes);
        bytes.putInt(name.index());
        return Crc32c.of(bytes.array(), 0, bytes.capacity());
    }

    /**
     * The seal of a frame whose data has this CRC32C. Different frame numbers never give the same seal: the factor is
     * odd.
     */
    static int seal(int crc, int binding, long frame) {
        return crc ^ binding ^ (int) frame * FRAME_FACTOR;
    }

    static void checkVersion(int version) {
        if (version < OLDEST_VERSION) {
            throw new ShardFormatException(
                    Kind.TOO_OLD,
                    "its format " + version + " is older than " + OLDEST_VERSION + ", the oldest that is read");
        }
        if (version > VERSION) {
            throw new ShardFormatException(
                    Kind.TOO_NEW,
                    "its format " + version + " is newer than " + VERSION
                            + ": it was written by a later version of Kintsugi");
        }
    }
}
