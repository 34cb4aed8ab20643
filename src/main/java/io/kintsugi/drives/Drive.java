package io.kintsugi.drives;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Id128;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One drive. All I/O runs on the drive's own bounded threads: callers hold futures, and give each its deadline. A
 * future fails with a {@link DriveException} and nothing else. A drive that has failed answers
 * {@link DriveException.Kind#GONE} at once.
 *
 * <p>What depends on a future runs on the drive's thread that completes it, unless it was added as asynchronous: it
 * must be short and must not block, or it holds up everybody else on that drive.
 *
 * <p>Shards come in two forms, chosen by the blob's {@link BlobRef.Form}: packed (one value in the drive's key-value
 * store, written with the group commit) and files. Both are written once, and published whole.
 */
public interface Drive extends AutoCloseable {
    DriveId id();

    DriveStatus status();

    /** What the drive has done since it was opened; all zero while it is away. */
    DriveStats stats();

    /**
     * Opens an unpublished shard file for appending.
     *
     * @param expectedBytes size of the file when it is done, for preallocation; 0 when it is not known
     */
    CompletableFuture<ShardSink> createShard(ShardName name, long expectedBytes);

    /** Opens a published shard file; fails with {@code MISSING} when there is none. */
    CompletableFuture<ShardSource> openShard(ShardName name);

    /**
     * Opens a published shard file for a client, who may want it again and again: the drive may keep it open, and let
     * it be read through the page cache. Background work takes {@link #openShard}, which leaves the cache to clients.
     */
    default CompletableFuture<ShardSource> openServed(ShardName name) {
        return openShard(name);
    }

    /** Stores a whole packed shard, durable when done. The bytes must not change until then. */
    CompletableFuture<Void> writePacked(ShardName name, ByteBuffer bytes);

    /** A whole packed shard; fails with {@code MISSING} when there is none. */
    CompletableFuture<ByteBuffer> readPacked(ShardName name);

    /**
     * Removes a published shard of either form; one that is not there is success. Durable eventually, not when done.
     */
    CompletableFuture<Void> deleteShard(ShardName name, BlobRef.Form form);

    /** Whether the shard is there, without reading it: its size in bytes, or empty. */
    CompletableFuture<Optional<Long>> statShard(ShardName name, BlobRef.Form form);

    /**
     * The published shards of this form in an order of the drive's own, for sweeps and rebuilds.
     *
     * @param after the last name of the previous page; empty for the first
     * @param limit 1 to 10,000
     */
    CompletableFuture<ShardPage> listShards(BlobRef.Form form, Optional<ShardName> after, int limit);

    /**
     * The drive's ordered key-value store; the catalog's replica lives there. It is that of the drive as it was opened
     * last: when the drive goes and comes back under the same handle, even as itself, what was taken before fails with
     * {@code GONE}, and never touches the one that came.
     */
    KeyValue keyValue();

    /** The catalog epoch that this drive knows of (0 on a new drive): a replica of a lower epoch anywhere is stale. */
    long catalogEpoch();

    /** Records a new catalog epoch in the drive's identity, durable when done. Never goes down. */
    CompletableFuture<Void> raiseCatalogEpoch(long epoch);

    /** Changes when the drive was formatted anew: one id may return as an empty drive. */
    Id128 incarnation();

    /**
     * Grows each time that a drive is opened under this handle. One that was away may hold less than it did: an older
     * copy of itself came back, or its write cache was lost with its power.
     */
    default long openings() {
        return 1;
    }

    /**
     * What is known to be damaged in the files of its key-value store, also from before the drive was opened; empty
     * while it is away.
     */
    default Optional<KeyValueRot> rot() {
        return Optional.empty();
    }

    /**
     * A file of its key-value store was found to be damaged, and all that is in the store can be had from other drives:
     * the drive is given up, and when it is opened again the store is set aside, and an empty one takes its place.
     *
     * @param reason what was found
     * @return false, and nothing happens, where none may be set aside: without parity, or when one that was set aside
     *     still lies there, or on as many drives as the parity restores
     */
    default boolean setAsideKeyValue(String reason) {
        return false;
    }

    /** Drains what was accepted, and closes. Idempotent. */
    @Override
    void close();
}
