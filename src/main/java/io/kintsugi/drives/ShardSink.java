package io.kintsugi.drives;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * An unpublished shard file. Used by one thread at a time; appends are done in the order of the calls. Exactly one of
 * {@link #publish} and {@link #abort} ends it; after a failed append or publish nothing is left that could be seen, but
 * for what took the place of another shard.
 */
public interface ShardSink {
    /**
     * Where appends begin and end that go past the page cache, in bytes: in the file, and in memory when that is
     * direct. Others are right too, but cost a copy and pages that others may need; after the first of them the rest of
     * the file goes through the cache.
     */
    int BLOCK_BYTES = 4096;

    /**
     * Appends the buffers' remaining bytes in order. They must not change until the future is done. At most a few may
     * be under way (bounded by the drive).
     */
    CompletableFuture<Void> append(ByteBuffer... bytes);

    /**
     * Appends the last bytes, if there are any left, syncs, renames into place and syncs the directory: the shard is
     * there, whole, and survives a power cut. A shard of the same name (a wrong one that is being healed) is replaced
     * at once; who has it open goes on reading the old bytes. Whatever fails then, one of the two is there. The bytes
     * must not change until the future is done.
     */
    CompletableFuture<Void> publish(ByteBuffer... last);

    /** Drops what was written. Idempotent, also after a failure. */
    CompletableFuture<Void> abort();
}
