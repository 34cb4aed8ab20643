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
            CompletableFuture<?> all = pending.merge(blob, writes, CompletableFuture::allOf);
            all.whenComplete((value, error) -> pending.remove(blob, all));
        }
    }

    /**
     * Whether something of the blob is under way. If so, {@code removal} is done when it has ended, on a drive's
     * thread: it must not wait for anything. If not, it is left to the caller.
     */
    boolean later(BlobId blob, Runnable removal) {
        CompletableFuture<?> writes = pending.get(blob);
        if (writes == null) {
            return false;
        }
        writes.whenComplete((value, error) -> removal.run());
        return true;
    }

    int size() {
        return pending.size();
    }
}
