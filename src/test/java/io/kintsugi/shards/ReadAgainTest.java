package io.kintsugi.shards;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ByteSink;
import io.kintsugi.base.PieceSource;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.cluster.DriveFolders;
import io.kintsugi.cluster.LocalTopology;
import io.kintsugi.codec.CachedFile;
import io.kintsugi.codec.Slab;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.ShardName;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads of real files that were read before: from the page cache, where it is asked first. */
class ReadAgainTest {
    private static final int FRAME = ShardFormat.FRAME_BYTES + ShardFormat.SEAL_BYTES;

    /** No other shard is asked since a busy machine is slow: reads are counted here. */
    private static final BlobTimes NEVER_LATE = new BlobTimes(
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30));

    @TempDir
    Path folder;

    private DriveResources resources;
    private BlobHarness<LocalTopology> harness;

    @BeforeEach
    void open() throws IOException {
        resources = new DriveResources(8 << 20, 8 << 20);
        List<Path> paths = DriveFolders.in(folder, 4);
        harness = new BlobHarness<>(DriveFolders.open(paths, resources), NEVER_LATE);
    }

    @AfterEach
    void close() {
        harness.close();
        resources.close();
    }

    private long driveBytes(BlobRef blob) {
        return blob.placement().stream()
                .map(id -> harness.topology.drive(id).orElseThrow())
                .map(Drive::stats)
                .mapToLong(stats -> stats.bytesRead())
                .sum();
    }

    private Path file(BlobRef blob, int index) throws IOException {
        String name = new ShardName(blob.id(), index).toString();
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.getFileName().toString().equals(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void flip(Path file, long position) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(position);
            int before = bytes.read();
            bytes.seek(position);
            bytes.write(before ^ 0x10);
        }
    }

    @Test
    void eachReadGivesTheSame() {
        for (int size : new int[] {300_000, 1 << 20, 3_500_001}) {
            byte[] content = BlobHarness.bytes(size);
            BlobRef blob = harness.write(content);
            for (int i = 0; i < 5; i++) {
                harness.assertReads(content, blob);
            }
        }
        assertEquals(0, harness.store.statistics().wrongFrames());
        harness.assertNoMemoryLent();
    }

    /** Also what came from the cache at once is verified. */
    @Test
    void aWrongByteInTheCacheIsNeverServed() throws IOException {
        byte[] content = BlobHarness.bytes(3_500_001);
        BlobRef blob = harness.write(content);
        for (int i = 0; i < 3; i++) {
            harness.assertReads(content, blob);
        }
        flip(file(blob, 0), ShardFormat.FILE_HEADER_BYTES + 100_000);
        flip(file(blob, 1), ShardFormat.FILE_HEADER_BYTES + 600_000);
        harness.assertReads(content, blob);
        assertEquals(2, harness.store.statistics().wrongFrames());
        assertEquals(List.of(blob), harness.wanting);
        harness.assertNoMemoryLent();
    }

    /** Most of it: the first stripes are read before their files are open. */
    @Test
    void whatIsInMemoryIsToldWithoutWaiting() throws IOException {
        byte[] content = BlobHarness.bytes(16 << 20);
        BlobRef blob = harness.write(content);
        for (int i = 0; i < 3; i++) {
            harness.assertReads(content, blob);
        }
        Drained drained = new Drained();
        harness.store.read(blob, new ByteRange(0, blob.size()), drained);
        assertEquals(content.length, drained.bytes);
        assumeTrue(readsAtOnce(blob), "no reads that do not wait");
        assertTrue(drained.atOnce > content.length / 2, drained.atOnce + " bytes were told at once");
    }

    /** A client that takes nothing of it holds as much. */
    @Test
    void whereMemoryIsShortNoMoreThanAFrameIsHandedOnAtOnce() {
        byte[] content = BlobHarness.bytes(4 << 20);
        BlobRef blob = harness.write(content);
        for (int i = 0; i < 3; i++) {
            harness.assertReads(content, blob);
        }
        Drained drained = new Drained();
        try (Slab others = harness.slabs.take(48 << 20, Duration.ZERO)) {
            harness.store.read(blob, new ByteRange(0, blob.size()), drained);
            assertEquals(48 << 20, others.capacity());
        }
        assertEquals(content.length, drained.bytes);
        assertEquals(ShardFormat.FRAME_BYTES, drained.most);
        harness.assertNoMemoryLent();
    }

    private boolean readsAtOnce(BlobRef blob) throws IOException {
        Optional<CachedFile> file = CachedFile.open(file(blob, 0).toString());
        try {
            return file.isPresent() && file.get().read(0, ByteBuffer.allocateDirect(4096)) == 4096;
        } finally {
            file.ifPresent(CachedFile::close);
        }
    }

    private static final class Drained implements ByteSink {
        private long bytes;
        private long atOnce;
        private long most;

        @Override
        public void writeAll(List<ByteBuffer> pieces, Runnable release) {
            most = Math.max(
                    most, pieces.stream().mapToLong(ByteBuffer::remaining).sum());
            ByteSink.super.writeAll(pieces, release);
        }

        @Override
        public void write(ByteBuffer piece, Runnable release) {
            bytes += piece.remaining();
            release.run();
        }

        @Override
        public void drain(PieceSource source) {
            long before = bytes;
            ByteSink.super.drain(source);
            atOnce += bytes - before;
        }
    }

    /** Any range of many stripes, with wrong frames in some of them: what is in memory is handed on by itself. */
    @Test
    void rangesOfManyStripesGiveTheSame() throws IOException {
        byte[] content = BlobHarness.bytes(13_000_001);
        BlobRef blob = harness.write(content);
        for (int i = 0; i < 3; i++) {
            harness.assertReads(content, blob);
        }
        for (int stripe : new int[] {3, 7, 9}) {
            int frame = stripe * 8 + 3;
            flip(file(blob, stripe % 2), ShardFormat.FILE_HEADER_BYTES + (long) frame * FRAME + 70);
        }
        Random random = new Random(2);
        for (int i = 0; i < 40; i++) {
            int from = random.nextInt(content.length);
            int length = 1 + random.nextInt(content.length - from);
            byte[] range = harness.read(blob, new ByteRange(from, length));
            BlobHarness.assertSame(Arrays.copyOfRange(content, from, from + length), range, from + "+" + length);
        }
        assertTrue(harness.store.statistics().wrongFrames() > 0);
        harness.assertNoMemoryLent();
    }

    /** With all parity in use, a third wrong shard leaves nothing to serve the stripe from. */
    @Test
    void tooManyWrongShardsAreNotServed() throws IOException {
        byte[] content = BlobHarness.bytes(1 << 20);
        BlobRef blob = harness.write(content);
        for (int i = 0; i < 3; i++) {
            harness.assertReads(content, blob);
        }
        for (int shard = 0; shard < 3; shard++) {
            flip(file(blob, shard), ShardFormat.FILE_HEADER_BYTES + 1_000);
        }
        assertThrows(Unavailable.class, () -> harness.read(blob));
        harness.assertNoMemoryLent();
    }

    /** 64 KiB at any place lie in two frames of a chunk, or in the last of one and the first of the next. */
    @Test
    void rangesReadTheirFramesAlone() {
        byte[] content = BlobHarness.bytes(16 << 20);
        BlobRef blob = harness.write(content);
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            int from = random.nextInt(content.length - (64 << 10));
            long before = driveBytes(blob);
            byte[] range = harness.read(blob, new ByteRange(from, 64 << 10));
            BlobHarness.assertSame(Arrays.copyOfRange(content, from, from + (64 << 10)), range, "at " + from);
            long read = driveBytes(blob) - before;
            assertTrue(read <= 2 * FRAME, read + " bytes of the drives for 64 KiB at " + from);
        }
    }
}
