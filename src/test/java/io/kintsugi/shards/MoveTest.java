package io.kintsugi.shards;

import static io.kintsugi.shards.BlobHarness.ORIGIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.codec.ShardSet;
import io.kintsugi.drives.DriveException.Kind;
import io.kintsugi.drives.ShardName;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimOp;
import io.kintsugi.sim.SimTopology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Shards that are moved are there, whole, before anything refers to them; or none of them is. */
class MoveTest {
    private static final BlobTimes BRIEF = new BlobTimes(
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofMillis(300),
            Duration.ofMillis(20),
            Duration.ofMillis(20),
            Duration.ofMillis(200),
            Duration.ofSeconds(30));

    /** Code 2+2 on seven drives. */
    @AutoClose
    private final BlobHarness<SimTopology> harness =
            new BlobHarness<>(new SimTopology(new ErasureCode(2, 2), 7), BRIEF);

    static Stream<Integer> sizes() {
        return Stream.of(1, 100_000, StripeFiller.PACKED_BYTES + 1, 3_000_000);
    }

    private SimDrive drive(int index) {
        return harness.topology.sim(index);
    }

    private List<DriveId> placement(int... drives) {
        return IntStream.of(drives).mapToObj(i -> drive(i).id()).toList();
    }

    private byte[] shard(BlobRef blob, int index, int drive) {
        return drive(drive)
                .bytesOf(new ShardName(blob.id(), index), blob.form())
                .orElse(new byte[0]);
    }

    private BlobRef move(BlobRef blob, int... drives) {
        return harness.store.relocate(blob, ORIGIN, placement(drives), Pace.UNPACED);
    }

    private void assertNothingOn(int... drives) {
        for (int i : drives) {
            assertEquals(List.of(), List.copyOf(drive(i).shards(BlobRef.Form.PACKED)), "drive " + i);
            assertEquals(List.of(), List.copyOf(drive(i).shards(BlobRef.Form.FILES)), "drive " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shardsAreCopiedByteForByteAndTheOldOnesStay(int size) {
        byte[] content = BlobHarness.bytes(size);
        BlobRef blob = harness.write(content);
        BlobRef moved = move(blob, 0, 5, 2, 4);
        assertEquals(blob.at(placement(0, 5, 2, 4)), moved);
        BlobHarness.assertSame(shard(blob, 1, 1), shard(blob, 1, 5), "shard 1");
        BlobHarness.assertSame(shard(blob, 3, 3), shard(blob, 3, 4), "shard 3");
        harness.assertReads(content, blob);
        drive(0).goOffline("gone");
        drive(2).goOffline("gone");
        harness.assertReads(content, moved);
        assertTrue(drive(6).shards(blob.form()).isEmpty());
        harness.assertNoMemoryLent();
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void whatLiesOnALostDriveIsRebuilt(int size) {
        BlobRef blob = harness.write(BlobHarness.bytes(size));
        byte[] first = shard(blob, 0, 0);
        byte[] last = shard(blob, 3, 3);
        drive(0).goOffline("gone");
        drive(3).lose(new ShardName(blob.id(), 3), blob.form());
        move(blob, 4, 1, 2, 5);
        BlobHarness.assertSame(first, shard(blob, 0, 4), "shard 0");
        BlobHarness.assertSame(last, shard(blob, 3, 5), "shard 3");
        harness.assertNoMemoryLent();
    }

    /** Each stripe has k good chunks, but no k shards are good. */
    @Test
    void aWrongShardGivesWhatIsRightInIt() {
        BlobRef blob = harness.write(BlobHarness.bytes(4 * BlobLayout.stripeBytes(2)));
        List<byte[]> before = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            before.add(shard(blob, i, i));
            long offset = ShardFormat.FILE_HEADER_BYTES + BlobLayout.of(blob).framePosition(i, 2) + 17;
            drive(i).corrupt(new ShardName(blob.id(), i), blob.form(), offset);
        }
        move(blob, 4, 5, 6, 3);
        for (int i = 0; i < 3; i++) {
            BlobHarness.assertSame(before.get(i), shard(blob, i, 4 + i), "shard " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void aDriveThatTakesNothingLeavesNothingOnTheOthers(int size) {
        byte[] content = BlobHarness.bytes(size);
        BlobRef blob = harness.write(content);
        drive(5).setFull(true);
        assertThrows(Unavailable.class, () -> move(blob, 4, 5, 2, 3));
        assertNothingOn(4, 5);
        drive(5).setFull(false);
        drive(5).failNext(1, Kind.IO, SimOp.PUBLISH, SimOp.WRITE_PACKED);
        assertThrows(Unavailable.class, () -> move(blob, 4, 5, 2, 3));
        assertNothingOn(4, 5);
        drive(5).goOffline("gone");
        assertThrows(Unavailable.class, () -> move(blob, 4, 5, 2, 3));
        assertNothingOn(4);
        harness.assertReads(content, blob);
        harness.assertNoMemoryLent();
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void withTooFewGoodShardsNothingIsMade(int size) {
        BlobRef blob = harness.write(BlobHarness.bytes(size));
        for (int i = 0; i < 3; i++) {
            drive(i).lose(new ShardName(blob.id(), i), blob.form());
        }
        assertThrows(Unavailable.class, () -> move(blob, 4, 1, 2, 3));
        assertNothingOn(4);
        move(blob, 0, 1, 2, 6);
        harness.assertNoMemoryLent();
    }

    /** What was written is read back: a drive that says yes and keeps something else is found out. */
    @ParameterizedTest
    @MethodSource("sizes")
    void whatCannotBeReadBackIsNotMoved(int size) {
        BlobRef blob = harness.write(BlobHarness.bytes(size));
        drive(4).failNext(1, Kind.IO, SimOp.READ, SimOp.READ_PACKED);
        assertThrows(Unavailable.class, () -> move(blob, 4, 1, 2, 3));
        assertNothingOn(4);
    }

    @Test
    void aDriveThatHangsIsLeftBehindAndItsShardRebuilt() {
        BlobRef blob = harness.write(BlobHarness.bytes(3_000_000));
        byte[] first = shard(blob, 0, 0);
        drive(0).hang(SimOp.READ);
        move(blob, 4, 1, 2, 3);
        BlobHarness.assertSame(first, shard(blob, 0, 4), "shard 0");
        drive(0).release();
        harness.assertNoMemoryLent();
    }

    @Test
    void aTargetThatHangsGetsNothingInTheEnd() {
        BlobRef blob = harness.write(BlobHarness.bytes(3_000_000));
        drive(4).hang(SimOp.PUBLISH);
        assertThrows(Unavailable.class, () -> move(blob, 4, 1, 2, 3));
        drive(4).release();
        assertNothingOn(4);
        harness.assertNoMemoryLent();
    }

    /** A removal that a drive does late would take the new shard with it. */
    @ParameterizedTest
    @MethodSource("sizes")
    void nothingIsPutWhereAnEarlierShardIsStillRemoved(int size) {
        byte[] content = BlobHarness.bytes(size);
        BlobRef blob = harness.write(content);
        BlobRef there = move(blob, 4, 1, 2, 3);
        drive(4).hang(SimOp.DELETE);
        harness.store.discard(there, ShardSet.of(0));
        assertThrows(Unavailable.class, () -> move(blob, 4, 1, 2, 3));
        drive(4).release();
        assertNothingOn(4);
        assertIsKept(blob, content);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void nothingIsPutWhereAMoveThatFailedIsStillTakenBack(int size) {
        byte[] content = BlobHarness.bytes(size);
        BlobRef blob = harness.write(content);
        drive(4).hang(SimOp.DELETE);
        drive(4).failNext(1, Kind.IO, SimOp.READ, SimOp.READ_PACKED);
        assertThrows(Unavailable.class, () -> move(blob, 4, 1, 2, 3));
        assertThrows(Unavailable.class, () -> move(blob, 4, 1, 2, 3));
        drive(4).release();
        assertNothingOn(4);
        assertIsKept(blob, content);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void nothingIsPutWhereTheOrphanSweepIsStillRemoving(int size) {
        byte[] content = BlobHarness.bytes(size);
        BlobRef blob = harness.write(content);
        move(blob, 4, 1, 2, 3);
        drive(4).hang(SimOp.DELETE);
        SurveyedShard orphan = new SurveyedShard(drive(4).id(), blob.id(), 0, blob.form());
        ShardSurvey survey = harness.store.survey(Duration.ofMillis(100));
        assertThrows(Unavailable.class, () -> survey.remove(orphan));
        assertThrows(Unavailable.class, () -> move(blob, 4, 1, 2, 3));
        drive(4).release();
        assertNothingOn(4);
        assertIsKept(blob, content);
    }

    private void assertIsKept(BlobRef blob, byte[] content) {
        BlobRef moved = move(blob, 4, 1, 2, 3);
        drive(1).goOffline("gone");
        drive(2).goOffline("gone");
        harness.assertReads(content, moved);
        harness.assertNoMemoryLent();
    }

    @Test
    void chosenShardsAreDiscardedAndNoOthers() {
        BlobRef blob = harness.write(BlobHarness.bytes(3_000_000));
        BlobRef moved = move(blob, 4, 1, 2, 5);
        harness.store.discard(blob, ShardSet.of(0, 3));
        assertNothingOn(0, 3);
        harness.assertReads(BlobHarness.bytes(3_000_000), moved);
    }

    @Test
    void twoShardsOnOneDriveAreRefused() {
        BlobRef blob = harness.write(BlobHarness.bytes(100_000));
        assertThrows(IllegalArgumentException.class, () -> move(blob, 1, 1, 2, 3));
    }

    @Test
    void thePaceIsAskedBeforeEachStripeAndCanEndIt() {
        BlobRef blob = harness.write(BlobHarness.bytes(3_000_000));
        AtomicLong asked = new AtomicLong();
        Pace stops = bytes -> {
            assertEquals(0, harness.slabs.statistics().inUseBytes(), "whoever waits holds no memory");
            if (asked.incrementAndGet() == 3) {
                throw new Unavailable(Unavailable.Kind.STOPPING, "enough");
            }
        };
        assertThrows(Unavailable.class, () -> harness.store.relocate(blob, ORIGIN, placement(4, 1, 2, 3), stops));
        assertEquals(3, asked.get());
        assertNothingOn(4);
        harness.assertNoMemoryLent();
    }
}
