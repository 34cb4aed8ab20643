package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Id128;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both descriptors of an open shard. */
class FileSourceTest {
    private static final DriveId ID = new DriveId(new Id128(1, 2));

    @Test
    void aDescriptorThatFailsToCloseDoesNotKeepTheOther(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve(DriveDirectory.IDENTITY), "one");
        DriveThreads threads = new DriveThreads("test", new DriveSettings.Threads(1, 1, 1));
        Path file = Files.write(folder.resolve("shard"), new byte[ShardSink.BLOCK_BYTES]);
        ByteBuffer block = ByteBuffer.allocateDirect(2 * ShardSink.BLOCK_BYTES)
                .alignedSlice(ShardSink.BLOCK_BYTES)
                .limit(ShardSink.BLOCK_BYTES);
        try (FileChannel direct = FileChannel.open(file, StandardOpenOption.READ)) {
            SharedFile.Ways ways = new SharedFile.Ways(() -> Optional.of(direct), Optional.empty());
            FileSource source = new FileSource(
                    DriveContract.name(1, 0),
                    new SharedFile(new Unclosable(), ways),
                    FileSource.Use.ONCE,
                    tasks(folder, threads));
            assertEquals(ShardSink.BLOCK_BYTES, source.read(0, block).get());
            assertThrows(UncheckedIOException.class, source::close);
            assertFalse(direct.isOpen(), "the descriptor that reads past the page cache");
        } finally {
            threads.finish();
        }
    }

    private static DriveTasks tasks(Path folder, DriveThreads threads) throws IOException {
        DriveMeter meter = new DriveMeter();
        DriveHealth.Parts parts = new DriveHealth.Parts(ID, folder, Clock.SYSTEM, new DriveWatch(folder), meter);
        return new DriveTasks(
                ID, threads, new DriveHealth(parts, Duration.ofMinutes(1), () -> Long.MAX_VALUE), meter, Clock.SYSTEM);
    }

    /** Of a device that reports an error on {@code close}. Nothing is read from it here. */
    private static final class Unclosable extends FileChannel {
        @Override
        protected void implCloseChannel() throws IOException {
            throw new IOException("Input/output error");
        }

        @Override
        public long size() {
            return ShardSink.BLOCK_BYTES;
        }

        private static UnsupportedOperationException unused() {
            return new UnsupportedOperationException("it is only closed");
        }

        @Override
        public int read(ByteBuffer target) {
            throw unused();
        }

        @Override
        public long read(ByteBuffer[] targets, int offset, int length) {
            throw unused();
        }

        @Override
        public int read(ByteBuffer target, long position) {
            throw unused();
        }

        @Override
        public int write(ByteBuffer source) {
            throw unused();
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) {
            throw unused();
        }

        @Override
        public int write(ByteBuffer source, long position) {
            throw unused();
        }

        @Override
        public long position() {
            throw unused();
        }

        @Override
        public FileChannel position(long position) {
            throw unused();
        }

        @Override
        public FileChannel truncate(long size) {
            throw unused();
        }

        @Override
        public void force(boolean metadata) {
            throw unused();
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) {
            throw unused();
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long position, long count) {
            throw unused();
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) {
            throw unused();
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) {
            throw unused();
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) {
            throw unused();
        }
    }
}
