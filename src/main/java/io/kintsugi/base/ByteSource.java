package io.kintsugi.base;

import java.nio.ByteBuffer;
import java.util.List;

/** Bytes to be read once, in order, by one thread. Blocks (a virtual thread) until there are some. */
@FunctionalInterface
public interface ByteSource {
    /**
     * Reads at least one byte into {@code target}, which has room, and returns how many; −1 at the end.
     *
     * @throws StoreException when the bytes are cut short, late, or not those that were signed; nothing read so far may
     *     be kept then
     */
    int read(ByteBuffer target);

    static ByteSource of(ByteBuffer bytes) {
        return target -> {
            if (!bytes.hasRemaining()) {
                return -1;
            }
            int count = Math.min(bytes.remaining(), target.remaining());
            target.put(target.position(), bytes, bytes.position(), count);
            target.position(target.position() + count);
            bytes.position(bytes.position() + count);
            return count;
        };
    }

    /** Reads until {@code target} is full or the source has ended; returns how many bytes were read (0 at the end). */
    default int readFully(ByteBuffer target) {
        int start = target.position();
        while (target.hasRemaining() && read(target) >= 0) {
            continue;
        }
        return target.position() - start;
    }

    /**
     * The same for several targets, one after the other. Their bytes belong to the source until this returns, so it may
     * look at more of them at a time than {@link #read} gives.
     */
    default int readFully(List<ByteBuffer> targets) {
        int count = 0;
        for (ByteBuffer target : targets) {
            count += readFully(target);
            if (target.hasRemaining()) {
                return count;
            }
        }
        return count;
    }
}
