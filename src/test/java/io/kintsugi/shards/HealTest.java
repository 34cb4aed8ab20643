package io.kintsugi.shards;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.drives.DriveException.Kind;
import io.kintsugi.drives.ShardName;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimOp;
import io.kintsugi.sim.SimTopology;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** I12: what healing says is so, and after it the blob survives the loss of m drives again. */
class HealTest {
    static Stream<Integer> sizes() {
        return Stream.of(1, 100_000, StripeFiller.PACKED_BYTES + 1, 3_000_000);
    }

    private static List<byte[]> shards(BlobHarness<SimTopology> harness, BlobRef blob) {
        List<SimDrive> drives = harness.topology.sims();
        return drives.stream()
                .map(drive -> drive.bytesOf(new ShardName(blob.id(), drives.indexOf(drive)), blob.form())
                        .orElse(new byte[0]))
                .toList();
    }

    private static void assertShards(List<byte[]> expected, List<byte[]> actual) {
        for (int i = 0; i < expected.size(); i++) {
            BlobHarness.assertSame(expected.get(i), actual.get(i), "shard " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void lostCutAndDamagedShardsAreRebuiltByteForByte(int size) {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(3, 3)) {
            BlobRef blob = harness.write(BlobHarness.bytes(size));
            List<byte[]> before = shards(harness, blob);
            harness.topology.sims().get(0).lose(new ShardName(blob.id(), 0), blob.form());
            harness.topology.sims().get(2).truncate(new ShardName(blob.id(), 2), blob.form(), before.get(2).length - 1);
            harness.topology.sims().get(5).corrupt(new ShardName(blob.id(), 5), blob.form(), before.get(5).length - 1);
            HealResult result = harness.store.heal(blob, BlobHarness.ORIGIN);
            assertEquals(new HealResult(3, 3, 0, true), result);
            assertTrue(result.whole());
            assertShards(before, shards(harness, blob));
            assertEquals(new HealResult(0, 0, 0, true), harness.store.heal(blob, BlobHarness.ORIGIN));
            harness.assertNoMemoryLent();
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void aReplacedDriveIsFilled(int size) {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(2, 2)) {
            BlobRef blob = harness.write(BlobHarness.bytes(size));
            List<byte[]> before = shards(harness, blob);
            harness.topology.sims().get(1).replaceByEmpty();
            assertEquals(new HealResult(1, 1, 0, true), harness.store.heal(blob, BlobHarness.ORIGIN));
            assertShards(before, shards(harness, blob));
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void drivesThatAreAwayAreNotJudged(int size) {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(2, 2)) {
            byte[] content = BlobHarness.bytes(size);
            BlobRef blob = harness.write(content);
            harness.topology.sims().get(0).goOffline("away");
            HealResult result = harness.store.heal(blob, BlobHarness.ORIGIN);
            assertEquals(new HealResult(0, 0, 1, true), result);
            assertFalse(result.whole());
            harness.topology.sims().get(0).comeOnline();
            assertTrue(harness.store.heal(blob, BlobHarness.ORIGIN).whole());
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void withTooFewGoodShardsNothingIsTouched(int size) {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(2, 2)) {
            BlobRef blob = harness.write(BlobHarness.bytes(size));
            for (int i = 0; i < 3; i++) {
                harness.topology
                        .sims()
                        .get(i)
                        .corrupt(new ShardName(blob.id(), i), blob.form(), 2_100 % length(harness, blob));
            }
            List<byte[]> before = shards(harness, blob);
            HealResult result = harness.store.heal(blob, BlobHarness.ORIGIN);
            assertFalse(result.restorable());
            assertEquals(0, result.rebuilt());
            assertShards(before, shards(harness, blob));
        }
    }

    private static int length(BlobHarness<SimTopology> harness, BlobRef blob) {
        return shards(harness, blob).getFirst().length;
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void aDriveThatTakesNothingIsNotCountedAsRebuilt(int size) {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(2, 2)) {
            BlobRef blob = harness.write(BlobHarness.bytes(size));
            harness.topology.sims().get(3).lose(new ShardName(blob.id(), 3), blob.form());
            harness.topology.sims().get(3).setFull(true);
            assertEquals(new HealResult(1, 0, 0, true), harness.store.heal(blob, BlobHarness.ORIGIN));
            harness.topology.sims().get(3).setFull(false);
            assertEquals(new HealResult(1, 1, 0, true), harness.store.heal(blob, BlobHarness.ORIGIN));
            assertTrue(harness.topology.sims().get(3).count(SimOp.CREATE) < 4);
            harness.assertNoMemoryLent();
        }
    }

    /** Every shard is damaged, each in another stripe: more than m wrong shards, and still nothing is lost. */
    @Test
    void damageInDifferentStripesOfAllShardsIsMended() {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(2, 2)) {
            byte[] content = BlobHarness.bytes(4 * BlobLayout.stripeBytes(2));
            BlobRef blob = harness.write(content);
            List<byte[]> before = shards(harness, blob);
            for (int i = 0; i < 4; i++) {
                long offset =
                        ShardFormat.FILE_HEADER_BYTES + BlobLayout.of(blob).framePosition(i, 2) + 17;
                harness.topology.sims().get(i).corrupt(new ShardName(blob.id(), i), blob.form(), offset);
            }
            harness.assertReads(content, blob);
            assertEquals(new HealResult(4, 4, 0, true), harness.store.heal(blob, BlobHarness.ORIGIN));
            assertShards(before, shards(harness, blob));
        }
    }

    /** Shards that are each the only one with some good chunk must outlive a healing that fails at its last step. */
    @Test
    void aShardThatCannotBeReplacedStaysAsItIs() {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(2, 2)) {
            byte[] content = BlobHarness.bytes(4 * BlobLayout.stripeBytes(2));
            BlobRef blob = harness.write(content);
            for (int i = 0; i < 4; i++) {
                long offset =
                        ShardFormat.FILE_HEADER_BYTES + BlobLayout.of(blob).framePosition(i, 2) + 17;
                harness.topology.sims().get(i).corrupt(new ShardName(blob.id(), i), blob.form(), offset);
                harness.topology.sims().get(i).failNext(1, Kind.IO, SimOp.PUBLISH);
            }
            assertEquals(new HealResult(4, 0, 0, true), harness.store.heal(blob, BlobHarness.ORIGIN));
            harness.assertReads(content, blob);
            assertEquals(new HealResult(4, 4, 0, true), harness.store.heal(blob, BlobHarness.ORIGIN));
        }
    }

    /** What a drive does behind its deadline would lie there until the next sweep. */
    @ParameterizedTest
    @MethodSource("sizes")
    void whatIsMendedLateIsRemovedWithTheBlob(int size) {
        BlobTimes hasty = new BlobTimes(
                Duration.ofMillis(500),
                Duration.ofMillis(500),
                BlobHarness.PATIENT.read(),
                BlobHarness.PATIENT.straggler(),
                BlobHarness.PATIENT.hedgeAtLeast(),
                BlobHarness.PATIENT.hedgeAtMost(),
                BlobHarness.PATIENT.memory());
        try (BlobHarness<SimTopology> harness = new BlobHarness<>(new SimTopology(new ErasureCode(2, 2)), hasty)) {
            BlobRef blob = harness.write(BlobHarness.bytes(size));
            SimDrive slow = harness.topology.sims().get(1);
            slow.lose(new ShardName(blob.id(), 1), blob.form());
            slow.hang(SimOp.WRITE_PACKED, SimOp.PUBLISH);
            assertEquals(0, harness.store.heal(blob, BlobHarness.ORIGIN).rebuilt());
            assertFalse(harness.store.isSettled());
            harness.store.discard(blob);
            slow.release();
            assertTrue(harness.store.isSettled());
            harness.topology
                    .sims()
                    .forEach(drive -> assertEquals(0, drive.shards(blob.form()).size()));
            harness.assertNoMemoryLent();
        }
    }
}
