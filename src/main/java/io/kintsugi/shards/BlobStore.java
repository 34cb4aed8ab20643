package io.kintsugi.shards;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ByteSink;
import io.kintsugi.base.ByteSource;
import io.kintsugi.base.DriveId;
import io.kintsugi.codec.ShardSet;
import java.util.List;
import java.util.OptionalLong;

/** Stores and restores the bytes of blobs. All methods block their (virtual) thread, within deadlines. */
public interface BlobStore {
    /**
     * Writes a blob, stripe by stripe, and returns when its write quorum is durable. Nothing refers to it yet: the
     * caller commits the reference, or calls {@link #discard}.
     *
     * @param note is kept with each shard
     * @param length of the source, when it is known
     * @param source is read to its end
     * @param tap sees the bytes in order, once each, while they are coded and written
     * @throws io.kintsugi.base.StoreException of the source, passed on, or {@code Unavailable} when too few drives took
     *     their shard; what was written is dropped then
     */
    BlobRef write(BlobOrigin origin, BlobNote note, OptionalLong length, ByteSource source, StripeTap tap);

    /**
     * Reads a range of a blob that is not inline, and hands it to {@code sink} in order. Whatever can fail before the
     * first byte fails before the sink is called.
     *
     * @throws io.kintsugi.base.StoreException.Unavailable when fewer than k shards can be read
     */
    void read(BlobRef blob, ByteRange range, ByteSink sink);

    /**
     * Removes the shards of a blob that nothing refers to any more. Shards on drives that are away are left for the
     * sweep.
     */
    void discard(BlobRef blob);

    /** Removes some shards of a blob, from the drives that it names for them: those that nothing refers to any more. */
    void discard(BlobRef blob, ShardSet shards);

    /**
     * Verifies every shard of a blob, and rebuilds those that are missing or wrong where they belong.
     *
     * @return what was found and done
     */
    HealResult heal(BlobRef blob, BlobOrigin origin, Pace pace);

    /** As fast as the drives are. */
    default HealResult heal(BlobRef blob, BlobOrigin origin) {
        return heal(blob, origin, Pace.UNPACED);
    }

    /**
     * Makes every shard whose drive changes anew on its new drive: copied from the old one where that is right, else
     * rebuilt from any k others. When this returns all of them are durable and were read back; the old ones are as they
     * were. Nothing refers to the new ones yet: the caller records the placement, or discards them.
     *
     * @param placement drive i for shard i, each drive once
     * @return the blob with that placement
     * @throws io.kintsugi.base.StoreException.Unavailable when not all of them could be made; then none is left
     */
    BlobRef relocate(BlobRef blob, BlobOrigin origin, List<DriveId> placement, Pace pace);

    /** Whether nothing of any blob is still being written, among it shards that came too late to be waited for. */
    boolean isSettled();
}
