package io.kintsugi.drives;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A published shard file, open. Reads of whole blocks into aligned direct memory go past the page cache: large objects
 * would drive everything else out of it, and reading into pages that were not used lately costs more than all else that
 * is done for a read. The descriptors are closed by the last of: the reads under way, and {@link #close}.
 */
final class FileSource implements ShardSource {
    private static final int CLOSED = Integer.MIN_VALUE;

    private final ShardName name;
    private final FileChannel channel;
    private final Supplier<Optional<FileChannel>> opener;
    private Optional<FileChannel> direct = Optional.empty();
    private boolean asked;
    private final long size;
    private final DriveTasks tasks;
    private final AtomicInteger users = new AtomicInteger();

    /** @param opener opens the file once more, to read it past the page cache; empty where that can't be */
    FileSource(ShardName name, FileChannel channel, Supplier<Optional<FileChannel>> opener, DriveTasks tasks)
            throws IOException {
        this.name = name;
        this.channel = channel;
        this.opener = opener;
        this.size = channel.size();
        this.tasks = tasks;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public CompletableFuture<Integer> read(long position, ByteBuffer target) {
        if (users.incrementAndGet() < 0) {
            leave();
            return tasks.refused(tasks.gone("shard " + name + " was closed by its reader"));
        }
        return tasks.read(DriveOp.READ, name, () -> fill(position, target)).whenComplete((count, failure) -> leave());
    }

    private int fill(long position, ByteBuffer target) throws IOException {
        int total = 0;
        int count = 0;
        while (target.hasRemaining() && count >= 0) {
            count = channelFor(position + total, target).read(target, position + total);
            total += Math.max(count, 0);
        }
        tasks.meter().read(total);
        return total;
    }

    private FileChannel channelFor(long position, ByteBuffer target) {
        return Blocks.areWhole(position) && Blocks.areWhole(target) ? direct().orElse(channel) : channel;
    }

    private synchronized Optional<FileChannel> direct() {
        if (!asked) {
            asked = true;
            direct = opener.get();
        }
        return direct;
    }

    private void leave() {
        if (users.decrementAndGet() == CLOSED) {
            closeChannel();
        }
    }

    @Override
    public void close() {
        int before = users.getAndUpdate(n -> n | CLOSED);
        if (before == 0) {
            closeChannel();
        }
    }

    private void closeChannel() {
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
