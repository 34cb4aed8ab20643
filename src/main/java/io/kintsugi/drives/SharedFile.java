package io.kintsugi.drives;

import io.kintsugi.codec.CachedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The descriptors of a published shard file, which has several owners at a time: those who read it, and
 * {@link OpenShards}. The last one to release it closes them. Any thread.
 */
final class SharedFile {
    private final FileChannel channel;
    private final Ways ways;
    private final long size;
    private final AtomicInteger owners = new AtomicInteger(1);
    private Optional<FileChannel> direct = Optional.empty();
    private boolean asked;

    /**
     * How else than by its channel the file is read.
     *
     * @param direct opens it once more, to be read past the page cache; empty where that can't be
     * @param cached reads at once what is in the page cache; empty where that can't be
     */
    record Ways(Supplier<Optional<FileChannel>> direct, Optional<CachedFile> cached) {}

    SharedFile(FileChannel channel, Ways ways) throws IOException {
        this.channel = channel;
        this.ways = ways;
        this.size = channel.size();
    }

    long size() {
        return size;
    }

    /** One more owner, unless it is closed already. */
    boolean retain() {
        return owners.updateAndGet(n -> n == 0 ? 0 : n + 1) > 0;
    }

    void release() {
        if (owners.decrementAndGet() == 0) {
            close();
        }
    }

    /** Reads what is in the page cache, without waiting for anything; returns how much that is. */
    int readAtOnce(long position, ByteBuffer target) {
        return ways.cached().isPresent() ? ways.cached().get().read(position, target) : 0;
    }

    /** Fills the target, or as much of it as the file has. @param past the page cache, where it can be */
    int read(long position, ByteBuffer target, boolean past) throws IOException {
        int total = 0;
        int count = 0;
        while (target.hasRemaining() && count >= 0) {
            count = channelFor(position + total, target, past).read(target, position + total);
            total += Math.max(count, 0);
        }
        return total;
    }

    private FileChannel channelFor(long position, ByteBuffer target, boolean past) {
        return past && Blocks.areWhole(position) && Blocks.areWhole(target) ? direct().orElse(channel) : channel;
    }

    private synchronized Optional<FileChannel> direct() {
        if (!asked) {
            asked = true;
            direct = ways.direct().get();
        }
        return direct;
    }

    private void close() {
        ways.cached().ifPresent(CachedFile::close);
        try {
            try {
                channel.close();
            } finally {
                closeDirect();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized void closeDirect() throws IOException {
        asked = true;
        if (direct.isPresent()) {
            direct.get().close();
        }
    }
}
