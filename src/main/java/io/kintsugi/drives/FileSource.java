package io.kintsugi.drives;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** A published shard file, open. The descriptor is closed by the last of: the reads under way, and {@link #close}. */
final class FileSource implements ShardSource {
    private static final int CLOSED = Integer.MIN_VALUE;

    private final ShardName name;
    private final FileChannel channel;
    private final long size;
    private final DriveTasks tasks;
    private final AtomicInteger users = new AtomicInteger();

    FileSource(ShardName name, FileChannel channel, DriveTasks tasks) throws IOException {
        this.name = name;
        this.channel = channel;
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
        while (target.hasRemaining()) {
            int count = channel.read(target, position + total);
            if (count < 0) {
                break;
            }
            total += count;
        }
        tasks.meter().read(total);
        return total;
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
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
