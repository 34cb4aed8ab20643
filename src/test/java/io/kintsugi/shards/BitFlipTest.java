package io.kintsugi.shards;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.drives.ShardName;
import io.kintsugi.drives.ShardSink;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimTopology;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** I3: a wrong byte anywhere in a shard is found, never served, and mended. */
class BitFlipTest {
    @Test
    void everyByteOfEverySmallShard() {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(2, 2)) {
            byte[] content = BlobHarness.bytes(300);
            BlobRef blob = harness.write(content);
            for (int shard = 0; shard < 4; shard++) {
                int length = bytesOf(harness, blob, shard).length;
                for (int offset = 0; offset < length; offset++) {
                    flipReadHeal(harness, blob, content, shard, offset);
                }
            }
            harness.assertNoMemoryLent();
        }
    }

    @Test
    void everyRegionOfEveryShardFile() {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(2, 1)) {
            byte[] content = BlobHarness.bytes(BlobLayout.stripeBytes(2) + 300_001);
            BlobRef blob = harness.write(content);
            for (int shard = 0; shard < 3; shard++) {
                for (int offset : regions(BlobLayout.of(blob))) {
                    flipReadHeal(harness, blob, content, shard, offset);
                }
            }
            harness.assertNoMemoryLent();
        }
    }

    /** Begin, middle and end of the header, of each frame, of each seal and of the footer. */
    private static TreeSet<Integer> regions(BlobLayout layout) {
        TreeSet<Integer> offsets = new TreeSet<>();
        addRegion(offsets, 0, ShardFormat.FILE_HEADER_BYTES);
        for (long s = 0; s < layout.stripes(); s++) {
            int chunk = layout.chunkBytes(s);
            for (int f = 0; f < BlobLayout.framesOf(chunk); f++) {
                int begin = (int) layout.framePosition(s, f) + ShardFormat.FILE_HEADER_BYTES;
                int data = Math.min(ShardFormat.FRAME_BYTES, chunk - f * ShardFormat.FRAME_BYTES);
                addRegion(offsets, begin, data);
                addRegion(offsets, begin + data, ShardFormat.SEAL_BYTES);
            }
        }
        int zeros = (int) layout.framesBytes() + ShardFormat.FILE_HEADER_BYTES;
        int footerBytes = BlobHarness.NOTE.length + ShardFooter.FIXED_BYTES;
        int footer = (int) layout.fileBytes(footerBytes) - footerBytes;
        addRegion(offsets, zeros, footer - zeros);
        addRegion(offsets, footer, BlobHarness.NOTE.length);
        addRegion(offsets, footer + BlobHarness.NOTE.length, ShardFooter.FIXED_BYTES);
        return offsets;
    }

    private static void addRegion(TreeSet<Integer> offsets, int begin, int length) {
        offsets.add(begin);
        offsets.add(begin + length / 2);
        offsets.add(begin + length - 1);
    }

    private static void flipReadHeal(
            BlobHarness<SimTopology> harness, BlobRef blob, byte[] content, int shard, int offset) {
        byte[] before = bytesOf(harness, blob, shard);
        harness.topology.sims().get(shard).corrupt(new ShardName(blob.id(), shard), blob.form(), offset);
        harness.assertReads(content, blob);
        HealResult healed = harness.store.heal(blob, BlobHarness.ORIGIN);
        assertEquals(new HealResult(1, 1, 0, true), healed, "shard " + shard + " offset " + offset);
        assertArrayEquals(before, bytesOf(harness, blob, shard), "shard " + shard + " offset " + offset);
    }

    private static byte[] bytesOf(BlobHarness<SimTopology> harness, BlobRef blob, int shard) {
        SimDrive drive = harness.topology.sims().get(shard);
        return drive.bytesOf(new ShardName(blob.id(), shard), blob.form()).orElseThrow();
    }

    @Test
    void aShardUnderTheWrongNameIsNotServed() {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(2, 2)) {
            byte[] one = BlobHarness.bytes(400_001);
            byte[] other = BlobHarness.bytes(400_002);
            BlobRef first = harness.write(one);
            BlobRef second = harness.write(other);
            assertEquals(bytesOf(harness, first, 0).length, bytesOf(harness, second, 0).length);
            SimDrive drive = harness.topology.sims().getFirst();
            ShardSink sink = drive.createShard(new ShardName(first.id(), 0), 0).join();
            sink.append(ByteBuffer.wrap(bytesOf(harness, second, 0))).join();
            sink.publish().join();
            harness.assertReads(one, first);
            assertTrue(harness.store.statistics().wrongFrames() > 0);
            assertEquals(new HealResult(1, 1, 0, true), harness.store.heal(first, BlobHarness.ORIGIN));
        }
    }

    @Test
    void wrongBytesAreCountedAndReportedOnce() {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(2, 2)) {
            byte[] content = BlobHarness.bytes(5_000_000);
            BlobRef blob = harness.write(content);
            harness.topology.sims().get(1).corrupt(new ShardName(blob.id(), 1), Form.FILES, 10_000);
            harness.assertReads(content, blob);
            assertEquals(List.of(blob), harness.wanting);
            assertEquals(1, harness.store.statistics().wrongFrames());
            assertTrue(harness.store.statistics().stripesDecoded() > 0);
        }
    }

    /** The canary: the damage that the tests above do would be seen by a reader that did not verify. */
    @Test
    void withoutVerificationTheFlippedByteWouldBeServed() {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(1, 1)) {
            byte[] content = BlobHarness.bytes(60_000);
            BlobRef blob = harness.write(content);
            byte[] sound = bytesOf(harness, blob, 0);
            harness.topology.sims().getFirst().corrupt(new ShardName(blob.id(), 0), Form.PACKED, 30_000);
            byte[] damaged = bytesOf(harness, blob, 0);
            int head = ShardHeader.packedBytes(BlobHarness.ORIGIN);
            assertArrayEquals(content, Arrays.copyOfRange(sound, head, head + content.length));
            assertFalse(Arrays.equals(content, Arrays.copyOfRange(damaged, head, head + content.length)));
        }
    }
}
