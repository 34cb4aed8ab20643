package io.kintsugi.objects;

import io.kintsugi.base.BlobId;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/** Blobs that reads of this process are at: they stay on the drives however long such a read takes. Thread-safe. */
final class ReadPins {
    private final ConcurrentHashMap<BlobId, Integer> readers = new ConcurrentHashMap<>();

    void pin(List<BlobId> blobs) {
        for (BlobId blob : blobs) {
            readers.merge(blob, 1, Integer::sum);
        }
    }

    void unpin(List<BlobId> blobs) {
        for (BlobId blob : blobs) {
            readers.computeIfPresent(blob, (id, count) -> count == 1 ? null : count - 1);
        }
    }

    boolean pinned(BlobId blob) {
        return readers.containsKey(blob);
    }

    int size() {
        return readers.size();
    }
}
