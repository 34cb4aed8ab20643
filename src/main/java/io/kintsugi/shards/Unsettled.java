package io.kintsugi.shards;

import io.kintsugi.base.BlobId;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Blobs that were answered for while a drive still had something to write: what is removed must wait for that, or the
 * late shard would lie there for ever. Bounded by the operations that drives admit. Any thread.
 */
final class Unsettled {
    private final Map<BlobId, CompletableFuture<?>> pending = new ConcurrentHashMap<>();

    /** The blob is unsettled until {@code writes} is done, which never fails. */
    void add(BlobId blob, CompletableFuture<?> writes) {
        if (!writes.isDone()) {
            pending.put(blob, writes);
            writes.whenComplete((value, error) -> pending.remove(blob, writes));
        }
    }

    /**
     * Does {@code removal} when nothing of the blob is under way any more: at once, as a rule. Returns whether it was
     * at once.
     */
    boolean whenSettled(BlobId blob, Runnable removal) {
        CompletableFuture<?> writes = pending.get(blob);
        if (writes == null) {
            removal.run();
            return true;
        }
        writes.whenComplete((value, error) -> removal.run());
        return false;
    }

    int size() {
        return pending.size();
    }
}
