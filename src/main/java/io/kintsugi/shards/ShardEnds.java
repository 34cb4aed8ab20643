package io.kintsugi.shards;

import io.kintsugi.drives.ShardSource;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** Reads what is around the frames of a shard file. Any thread. */
final class ShardEnds {
    /** Most footers fit: then one read is enough. */
    private static final int GUESS_BYTES = 1024;

    private ShardEnds() {}

    /** Fails with {@link ShardFormatException} unless a whole footer with this binding ends the shard. */
    static CompletableFuture<ShardFooter> footer(ShardSource source, int binding) {
        return tail(source, GUESS_BYTES).thenCompose(guess -> {
            int length = ShardFooter.lengthAtEnd(guess, guess.limit());
            return length <= guess.limit()
                    ? CompletableFuture.completedFuture(ShardFooter.read(guess, guess.limit(), binding))
                    : tail(source, length).thenApply(all -> ShardFooter.read(all, all.limit(), binding));
        });
    }

    private static CompletableFuture<ByteBuffer> tail(ShardSource source, int bytes) {
        int wanted = (int) Math.min(bytes, source.size());
        ByteBuffer target = ByteBuffer.allocateDirect(wanted);
        return source.read(source.size() - wanted, target).thenApply(count -> {
            if (count != wanted) {
                throw ShardFormatException.corrupt("it is cut off");
            }
            return target.clear();
        });
    }
}
