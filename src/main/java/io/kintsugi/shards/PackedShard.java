package io.kintsugi.shards;

import io.kintsugi.drives.ShardName;
import io.kintsugi.drives.ShardSource;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * A packed shard that was read whole, to be read like a file. Header, footer and length were verified; frames are by
 * whoever reads them.
 */
final class PackedShard implements ShardSource {
    private final ByteBuffer bytes;

    private PackedShard(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** @throws ShardFormatException unless this is that shard, whole */
    static BlobShards.OpenShard open(ByteBuffer value, ShardName name, BlobLayout layout) {
        ByteBuffer bytes = value.slice();
        ShardHeader header = ShardHeader.read(bytes);
        int headerBytes = ShardHeader.lengthOf(bytes);
        header.check(name, layout);
        ShardFooter footer = ShardFooter.read(bytes, bytes.capacity(), ShardFormat.binding(name));
        footer.check(layout, layout.packedBytes(headerBytes, footer.bytes()), bytes.capacity());
        return new BlobShards.OpenShard(new PackedShard(bytes), headerBytes);
    }

    ShardFooter footer(int binding) {
        return ShardFooter.read(bytes, bytes.capacity(), binding);
    }

    @Override
    public long size() {
        return bytes.capacity();
    }

    @Override
    public CompletableFuture<Integer> read(long position, ByteBuffer target) {
        int count = Math.clamp(size() - position, 0, target.remaining());
        target.put(bytes.slice((int) Math.min(position, size()), count));
        return CompletableFuture.completedFuture(count);
    }

    @Override
    public void close() {
        // memory alone: nothing to give back
    }
}
