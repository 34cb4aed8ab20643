package io.kintsugi.shards;

import io.kintsugi.base.BlobRef;

/**
 * Hears which blobs need healing. A hint, never the whole truth: what is reported while it is being written may not be committed yet, or never will be, and
 * what looked wrong may be whole when it is looked at again. So the receiver looks into the catalog first, then calls {@link BlobStore#heal}.
 */
@FunctionalInterface
public interface HealQueue {
    /** Why a blob needs healing. */
    enum Reason {
        /** A drive did not take its shard when the blob was written. */
        NOT_WRITTEN,
        /** A shard is not where it belongs. */
        MISSING,
        /** A shard does not match its checksums, or cannot be read. */
        WRONG
    }

    /** Must not block, and must bound what it keeps. Any thread. */
    void report(BlobRef blob, Reason reason);
}
