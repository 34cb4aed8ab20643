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

    /** Idempotent. Reads under way finish first. */
    @Override
    void close();
}
