package io.kintsugi.drives;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;

/**
 * A published shard file, open for one reader. Unless it is read again and again, reads of whole blocks into aligned
 * direct memory go past the page cache: large objects would drive everything else out of it, and reading into pages
 * that were not used lately costs more than all else that is done for a read.
 */
final class FileSource implements ShardSource {
    private final ShardName name;
    private final SharedFile file;
    private final Use use;
    private final DriveTasks tasks;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * What it is read for.
     *
     * @param again the file was read lately: through the page cache
     * @param served hears how many bytes were read for a client
     */
    record Use(boolean again, LongConsumer served) {
        static final Use ONCE = new Use(false, bytes -> {});
    }

    /** @param file one ownership of which passes to this */
    FileSource(ShardName name, SharedFile file, Use use, DriveTasks tasks) {
        this.name = name;
        this.file = file;
        this.use = use;
        this.tasks = tasks;
    }

    @Override
    public long size() {
        return file.size();
    }

    @Override
    public int readAtOnce(long position, ByteBuffer target) {
        boolean cached = use.again() || !Blocks.areWhole(target);
        if (!cached || closed.get() || tasks.health().refusesAll().isPresent() || !file.retain()) {
            return 0;
        }
        try {
            return counted(file.readAtOnce(position, target));
        } finally {
            file.release();
        }
    }

    @Override
    public CompletableFuture<Integer> read(long position, ByteBuffer target) {
        if (closed.get() || !file.retain()) {
            return tasks.refused(tasks.gone("shard " + name + " was closed by its reader"));
        }
        return tasks.read(DriveOp.READ, name, () -> counted(file.read(position, target, !use.again())))
                .whenComplete((count, failure) -> file.release());
    }

    private int counted(int bytes) {
        tasks.meter().read(bytes);
        use.served().accept(bytes);
        return bytes;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            file.release();
        }
    }
}
