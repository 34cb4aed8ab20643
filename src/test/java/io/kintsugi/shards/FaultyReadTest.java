package io.kintsugi.shards;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.drives.DriveException.Kind;
import io.kintsugi.drives.ShardName;
import io.kintsugi.drives.ShardSink;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimOp;
import io.kintsugi.sim.SimTopology;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** I3, I9, I11: reads around drives that hang, fail or lie, and reads of parts. */
class FaultyReadTest {
    private static final int SMALL = 150_000;
    private static final int LARGE = 3_500_000;

    @ParameterizedTest
    @EnumSource(
            value = SimOp.class,
            names = {"OPEN", "READ", "READ_PACKED"})
    void driveThatHangsHoldsNoReader(SimOp op) {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(2, 2)) {
            byte[] content = BlobHarness.bytes(op == SimOp.READ_PACKED ? SMALL : LARGE);
            BlobRef blob = harness.write(content);
            for (SimDrive drive : harness.topology.sims()) {
                drive.hang(op);
                harness.assertReads(content, blob);
                harness.assertReads(content, blob);
                drive.release();
                harness.assertNoMemoryLent();
            }
            assertTrue(harness.store.statistics().hedges() > 0);
        }
    }

    @Test
    void withTooFewLeftALateDriveIsWaitedFor() throws InterruptedException {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(2, 1)) {
            byte[] content = BlobHarness.bytes(LARGE);
            BlobRef blob = harness.write(content);
            harness.topology.sims().get(0).goOffline("away");
            SimDrive late = harness.topology.sims().get(1);
            late.hang(SimOp.READ);
            Thread reader = Thread.startVirtualThread(() -> harness.assertReads(content, blob));
            while (late.waiting() == 0) {
                Thread.onSpinWait();
            }
            late.release();
            reader.join();
            assertEquals(content.length, harness.store.statistics().bytesRead());
            harness.assertNoMemoryLent();
        }
    }

    @Test
    void whenAllHangTheDeadlineEndsIt() {
        BlobTimes hasty = new BlobTimes(
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofMillis(100),
                Duration.ofMillis(20),
                Duration.ofMillis(10),
                Duration.ofMillis(20),
                Duration.ofSeconds(30));
        try (BlobHarness<SimTopology> harness = new BlobHarness<>(new SimTopology(new ErasureCode(2, 2)), hasty)) {
            BlobRef blob = harness.write(BlobHarness.bytes(LARGE));
            harness.topology.sims().forEach(drive -> drive.hang(SimOp.READ));
            Unavailable late = assertThrows(Unavailable.class, () -> harness.read(blob));
            assertEquals(Unavailable.Kind.TIMEOUT, late.kind());
            harness.topology.sims().forEach(SimDrive::release);
            harness.assertNoMemoryLent();
        }
    }

    @Test
    void whatALateDriveWritesIntoMemoryIsNeverServed() {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(2, 1)) {
            byte[] content = BlobHarness.bytes(900_000);
            BlobRef blob = harness.write(content);
            SimDrive liar = harness.topology.sims().get(0);
            for (long offset = 2_048; offset < 400_000; offset += 1_000) {
                liar.corrupt(new ShardName(blob.id(), 0), blob.form(), offset);
            }
            liar.hang(SimOp.READ);
            List<ByteBuffer> sent = new ArrayList<>();
            List<Runnable> releases = new ArrayList<>();
            for (int round = 0; round < 2; round++) {
                harness.store.read(blob, new ByteRange(0, blob.size()), (piece, release) -> {
                    sent.add(piece);
                    releases.add(release);
                });
            }
            liar.release();
            ByteBuffer all = ByteBuffer.allocate(2 * content.length);
            sent.forEach(piece -> all.put(piece.duplicate()));
            BlobHarness.assertSame(content, Arrays.copyOf(all.array(), content.length), "first");
            BlobHarness.assertSame(
                    content, Arrays.copyOfRange(all.array(), content.length, 2 * content.length), "second");
            releases.forEach(Runnable::run);
            harness.assertNoMemoryLent();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"MISSING", "CORRUPT", "IO", "BUSY", "GONE"})
    void failuresOfOneDriveAreReadAround(Kind kind) {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(2, 2)) {
            for (int size : new int[] {SMALL, LARGE}) {
                byte[] content = BlobHarness.bytes(size);
                BlobRef blob = harness.write(content);
                for (SimDrive drive : harness.topology.sims()) {
                    for (SimOp op : size == SMALL ? List.of(SimOp.READ_PACKED) : List.of(SimOp.OPEN, SimOp.READ)) {
                        drive.failNext(1, kind, op);
                        harness.assertReads(content, blob);
                        drive.crash();
                    }
                }
            }
            harness.assertNoMemoryLent();
        }
    }

    @Test
    void rangesGiveTheirBytesAndTouchOnlyTheirFrames() {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(3, 2)) {
            byte[] content = BlobHarness.bytes(2 * BlobLayout.stripeBytes(3) + 123_457);
            BlobRef blob = harness.write(content);
            int chunk = BlobLayout.of(blob).chunkBytes(0);
            long[] offsets = {0, 1, 65_535, 65_536, chunk - 1, chunk, blob.stripeSize() - 1, blob.size() - 1};
            for (long offset : offsets) {
                for (int length : new int[] {0, 1, 100, 65_537, chunk + 1, 2_000_000}) {
                    int fits = (int) Math.min(length, blob.size() - offset);
                    long before = harness.store.statistics().shardBytesRead();
                    byte[] expected = Arrays.copyOfRange(content, (int) offset, (int) offset + fits);
                    BlobHarness.assertSame(expected, harness.read(blob, new ByteRange(offset, fits)), "at " + offset);
                    long read = harness.store.statistics().shardBytesRead() - before;
                    // a frame too many at each end of each chunk that the range touches, and blocks begun with them
                    long chunks = fits / chunk + 2;
                    long more = 2 * (ShardFormat.FRAME_BYTES + ShardSink.BLOCK_BYTES) + 1_024;
                    long bound = fits == 0 ? 0 : fits + chunks * more;
                    assertTrue(read <= bound, read + " bytes read for " + fits + " at " + offset);
                }
            }
            long before = harness.store.statistics().shardBytesRead();
            harness.read(blob, new ByteRange(70_000, 10));
            long one = ShardFormat.FRAME_BYTES + ShardFormat.SEAL_BYTES;
            assertEquals(one, harness.store.statistics().shardBytesRead() - before, "one frame");
        }
    }

    @Test
    void rangesAreRestoredToo() {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(3, 2)) {
            byte[] content = BlobHarness.bytes(2_500_000);
            BlobRef blob = harness.write(content);
            harness.topology.sims().get(0).goOffline("away");
            harness.topology.sims().get(2).goOffline("away");
            for (int offset = 0; offset < content.length; offset += 77_777) {
                int length = Math.min(300_000, content.length - offset);
                byte[] expected = Arrays.copyOfRange(content, offset, offset + length);
                BlobHarness.assertSame(expected, harness.read(blob, new ByteRange(offset, length)), "at " + offset);
            }
            harness.assertNoMemoryLent();
        }
    }

    @Test
    void aSinkThatFailsEndsTheReadAndKeepsNoMemory() {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(2, 2)) {
            BlobRef blob = harness.write(BlobHarness.bytes(LARGE));
            int[] left = {20};
            assertThrows(
                    StoreException.ClientGone.class,
                    () -> harness.store.read(blob, new ByteRange(0, LARGE), (piece, release) -> {
                        release.run();
                        if (left[0]-- == 0) {
                            throw new StoreException.ClientGone("the client of this test has gone");
                        }
                    }));
            harness.assertNoMemoryLent();
        }
    }
}
