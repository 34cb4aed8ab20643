package io.kintsugi.drives;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** A published shard file, open for reading at any position, by any thread. */
public interface ShardSource extends AutoCloseable {
    /** Bytes of the file. */
    long size();

    /**
     * Fills {@code target} from {@code position} on, and completes with the number of bytes read: less than its room
     * only at the end of the file. {@code target} must not be touched until then, also when the caller has stopped
     * waiting.
     */
    CompletableFuture<Integer> read(long position, ByteBuffer target);

    /**
     * Reads from {@code position} on what can be had without waiting for the drive, in the caller's thread, and
     * advances {@code target} by it; returns how much that is. The rest is for {@link #read}, which also says what is
     * wrong when something is.
     */
    default int readAtOnce(long position, ByteBuffer target) {
        return 0;
    }

    /** Idempotent. Reads under way finish first. */
    @Override
    void close();
}
