package io.kintsugi.shards;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.DriveId;
import io.kintsugi.drives.ShardName;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What was answered for while a drive still had something to do. Blobs of which something is written: what is removed
 * must wait for that, or the late shard would lie there for ever. And shards that are removed: none may be put there
 * before that has ended, or it would go with the old one. Bounded by the operations that drives admit. Any thread.
 */
final class Unsettled {
    private final Map<BlobId, CompletableFuture<?>> pending = new ConcurrentHashMap<>();
    private final Map<Place, CompletableFuture<?>> removals = new ConcurrentHashMap<>();

    private record Place(DriveId drive, ShardName shard) {}

    /** The blob is unsettled until {@code writes} is done, which never fails. */
    void add(BlobId blob, CompletableFuture<?> writes) {
        if (!writes.isDone()) {
            CompletableFuture<?> all = pending.merge(blob, writes, CompletableFuture::allOf);
            all.whenComplete((value, error) -> pending.remove(blob, all));
        }
    }

    /**
     * If something of the blob is under way, {@code removal} is begun when it has ended, on a drive's thread: it must
     * not wait for anything. If not, it is left to the caller.
     *
     * @param removal begins it, and returns what is done when it has ended
     * @return done when the removal has ended; empty when it is left to the caller
     */
    Optional<CompletableFuture<?>> later(BlobId blob, Supplier<CompletableFuture<?>> removal) {
        return Optional.ofNullable(pending.get(blob)).map(writes -> writes.thenCompose(done -> removal.get()));
    }

    /** The shard is being removed until {@code removal} is done, either way. */
    void removing(DriveId drive, ShardName shard, CompletableFuture<?> removal) {
        Place place = new Place(drive, shard);
        if (!removal.isDone()) {
            CompletableFuture<?> all = removals.merge(place, removal, CompletableFuture::allOf);
            all.whenComplete((value, error) -> removals.remove(place, all));
        }
    }

    boolean isRemoving(DriveId drive, ShardName shard) {
        return removals.containsKey(new Place(drive, shard));
    }

    int size() {
        return pending.size();
    }
}
