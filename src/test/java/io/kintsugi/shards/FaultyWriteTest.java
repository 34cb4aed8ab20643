package io.kintsugi.shards;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.ByteSource;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.StoreException.Invalid;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.drives.DriveException.Kind;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimOp;
import io.kintsugi.sim.SimTopology;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** I1, I2, I9: drives that fail, hang, are full or vanish at each step of a write. */
class FaultyWriteTest {
    /** What hangs is given up soon. */
    private static final BlobTimes HASTY = new BlobTimes(
            Duration.ofMillis(300),
            Duration.ofMillis(300),
            Duration.ofSeconds(30),
            Duration.ofMillis(20),
            Duration.ofMillis(20),
            Duration.ofMillis(200),
            Duration.ofSeconds(30));

    /** Nobody lives to see the deadlines. */
    private static final BlobTimes NEVER = new BlobTimes(
            Duration.ofDays(1),
            Duration.ofDays(1),
            Duration.ofDays(1),
            Duration.ofMillis(20),
            Duration.ofMillis(20),
            Duration.ofMillis(200),
            Duration.ofDays(1));

    private static final int SMALL = 100_000;
    private static final int LARGE = 5_000_000;

    private record Step(SimOp op, int bytes) {}

    private static final List<Step> STEPS = List.of(
            new Step(SimOp.WRITE_PACKED, SMALL),
            new Step(SimOp.CREATE, LARGE),
            new Step(SimOp.APPEND, LARGE),
            new Step(SimOp.PUBLISH, LARGE));

    /** @param name of the fault */
    private record Fault(String name, BiConsumer<SimDrive, SimOp> begin) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Fault> FAULTS = List.of(
            new Fault("io", (drive, op) -> drive.failNext(1, Kind.IO, op)),
            new Fault("busy", (drive, op) -> drive.failNext(1, Kind.BUSY, op)),
            new Fault("full", (drive, op) -> drive.failNext(1, Kind.FULL, op)),
            new Fault("hang", (drive, op) -> drive.hang(op)),
            new Fault("silent", (drive, op) -> drive.holdAnswers(op)));

    static Stream<Object[]> faults() {
        return STEPS.stream().flatMap(step -> FAULTS.stream().map(fault -> new Object[] {step, fault}));
    }

    private static BlobHarness<SimTopology> harness(BlobTimes times) {
        return new BlobHarness<>(new SimTopology(new ErasureCode(2, 2)), times);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void oneFaultyDriveIsLeftOutAndMended(Step step, Fault fault) {
        for (int i = 0; i < 4; i++) {
            try (BlobHarness<SimTopology> harness = harness(BlobHarness.PATIENT)) {
                SimDrive drive = harness.topology.sims().get(i);
                fault.begin().accept(drive, step.op());
                byte[] content = BlobHarness.bytes(step.bytes());
                BlobRef blob = harness.write(content);
                harness.assertReads(content, blob);
                drive.release();
                boolean whole = drive.shards(blob.form()).size() == 1;
                assertTrue(whole || harness.wanting.contains(blob), "a missing shard is reported");
                assertTrue(harness.store.heal(blob, BlobHarness.ORIGIN).whole());
                drive.release();
                harness.assertReads(content, blob);
                harness.assertNoMemoryLent();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("faults")
    void twoFaultyDrivesFailTheWriteAndLeaveNothing(Step step, Fault fault) {
        try (BlobHarness<SimTopology> harness = harness(HASTY)) {
            List<SimDrive> faulty = harness.topology.sims().subList(1, 3);
            // the placement of this topology never changes, so each attempt meets the same drives
            for (int attempt = 0; attempt < 3; attempt++) {
                faulty.forEach(drive -> fault.begin().accept(drive, step.op()));
            }
            byte[] content = BlobHarness.bytes(step.bytes());
            assertThrows(Unavailable.class, () -> harness.write(content));
            faulty.forEach(SimDrive::release);
            for (SimDrive drive : harness.topology.sims()) {
                assertEquals(List.of(), List.copyOf(drive.shards(Form.PACKED)));
                assertEquals(List.of(), List.copyOf(drive.shards(Form.FILES)));
            }
            harness.assertNoMemoryLent();
        }
    }

    static Stream<Object[]> faultsThatAreSeen() {
        return faults().filter(f -> List.of("io", "busy", "full").contains(((Fault) f[1]).name()));
    }

    @ParameterizedTest
    @MethodSource("faultsThatAreSeen")
    void whatTwoDrivesRefuseInTheMiddleIsWrittenOnceMore(Step step, Fault fault) {
        for (OptionalLong length : List.of(OptionalLong.of(step.bytes()), OptionalLong.empty())) {
            try (BlobHarness<SimTopology> harness = harness(BlobHarness.PATIENT)) {
                harness.topology
                        .sims()
                        .subList(1, 3)
                        .forEach(drive -> fault.begin().accept(drive, step.op()));
                byte[] content = BlobHarness.bytes(step.bytes());
                BlobRef blob = harness.write(content, length);
                for (SimDrive drive : harness.topology.sims()) {
                    assertEquals(1, drive.shards(blob.form()).size(), "of the blob, and none of the first try");
                    assertEquals(
                            blob.id(),
                            drive.shards(blob.form()).iterator().next().blob());
                }
                assertEquals(List.of(), harness.wanting, "nothing is missing");
                harness.assertReads(content, blob);
                harness.assertNoMemoryLent();
            }
        }
    }

    /** As a drive of which the threads hang is seen to be stalled, long before the deadline of a write. */
    @ParameterizedTest
    @MethodSource("faultsThatAreNotSeen")
    @Timeout(300)
    void whatIsGoneWhileItHangsIsNotWaitedFor(Step step, Fault fault) throws Exception {
        SimTopology six = new SimTopology(new ErasureCode(2, 2), 6);
        six.dodge();
        try (BlobHarness<SimTopology> harness = new BlobHarness<>(six, NEVER)) {
            List<SimDrive> hung = six.sims().subList(1, 3);
            hung.forEach(drive -> fault.begin().accept(drive, step.op()));
            byte[] content = BlobHarness.bytes(step.bytes());
            CompletableFuture<BlobRef> write = CompletableFuture.supplyAsync(() -> harness.write(content));
            for (SimDrive drive : hung) {
                while (drive.count(step.op()) == 0) {
                    Thread.onSpinWait();
                }
                drive.goOffline("it does not answer");
            }
            BlobRef blob = write.get();
            harness.assertReads(content, blob);
            hung.forEach(drive -> assertFalse(blob.placement().contains(drive.id())));
            hung.forEach(SimDrive::comeOnline);
            hung.forEach(SimDrive::release);
            harness.assertNoMemoryLent();
            hung.forEach(drive -> assertEquals(List.of(), List.copyOf(drive.shards(blob.form()))));
        }
    }

    static Stream<Object[]> faultsThatAreNotSeen() {
        return faults().filter(f -> List.of("hang", "silent").contains(((Fault) f[1]).name()));
    }

    @Test
    void fullDrivesAnswerThatTheyAreFull() {
        try (BlobHarness<SimTopology> harness = harness(HASTY)) {
            harness.topology.sims().forEach(drive -> drive.setFull(true));
            for (int size : new int[] {SMALL, LARGE}) {
                Unavailable refusal = assertThrows(Unavailable.class, () -> harness.write(BlobHarness.bytes(size)));
                assertEquals(Unavailable.Kind.FULL, refusal.kind());
            }
        }
    }

    @Test
    void aSourceThatFailsLeavesNothing() {
        for (int length : new int[] {SMALL, LARGE}) {
            try (BlobHarness<SimTopology> harness = harness(HASTY)) {
                ByteSource half = BlobHarness.inPieces(BlobHarness.bytes(length / 2));
                Invalid cut = assertThrows(
                        Invalid.class,
                        () -> harness.store.write(
                                BlobHarness.ORIGIN, BlobNote.NONE, OptionalLong.of(length), half, bytes -> {}));
                assertEquals(Invalid.Kind.INCOMPLETE_BODY, cut.kind());
                ByteSource gone = failingAfter(length);
                assertThrows(
                        StoreException.ClientGone.class,
                        () -> harness.store.write(
                                BlobHarness.ORIGIN, BlobNote.NONE, OptionalLong.empty(), gone, bytes -> {}));
                assertNothingLeft(harness);
            }
        }
    }

    private static ByteSource failingAfter(int bytes) {
        int[] left = {bytes};
        return target -> {
            if (left[0] <= 0) {
                throw new StoreException.ClientGone("the client of this test has gone");
            }
            ByteBuffer some = target.slice(target.position(), Math.min(target.remaining(), 9_999));
            int count = some.remaining();
            target.position(target.position() + count);
            left[0] -= count;
            return count;
        };
    }

    private static void assertNothingLeft(BlobHarness<SimTopology> harness) {
        for (SimDrive drive : harness.topology.sims()) {
            assertEquals(List.of(), List.copyOf(drive.shards(Form.PACKED)));
            assertEquals(List.of(), List.copyOf(drive.shards(Form.FILES)));
        }
        harness.assertNoMemoryLent();
    }

    @Test
    void aTapThatFailsFailsTheWrite() {
        for (int length : new int[] {SMALL, LARGE}) {
            try (BlobHarness<SimTopology> harness = harness(HASTY)) {
                ByteSource source = BlobHarness.inPieces(BlobHarness.bytes(length));
                IllegalStateException failure = assertThrows(
                        IllegalStateException.class,
                        () -> harness.store.write(
                                BlobHarness.ORIGIN, BlobNote.NONE, OptionalLong.of(length), source, bytes -> {
                                    throw new IllegalStateException("the tap of this test");
                                }));
                assertEquals("the tap of this test", failure.getMessage());
                assertNothingLeft(harness);
            }
        }
    }

    @Test
    void whatWasWrittenLateIsRemovedWithTheBlob() {
        try (BlobHarness<SimTopology> harness = harness(BlobHarness.PATIENT)) {
            SimDrive slow = harness.topology.sims().get(3);
            slow.hang(SimOp.WRITE_PACKED, SimOp.PUBLISH);
            List<BlobRef> blobs = new ArrayList<>();
            for (int size : new int[] {SMALL, LARGE}) {
                blobs.add(harness.write(BlobHarness.bytes(size)));
            }
            blobs.forEach(harness.store::discard);
            slow.release();
            assertNothingLeft(harness);
        }
    }

    /** As long as a drive hangs, it holds no memory but that of what it had begun. */
    @Test
    void whatAHungDriveHasNotBegunHoldsNoMemory() {
        try (BlobHarness<SimTopology> harness = harness(HASTY)) {
            SimDrive hung = harness.topology.sims().get(2);
            hung.hang(SimOp.CREATE);
            byte[] content = BlobHarness.bytes(LARGE);
            for (int i = 0; i < 20; i++) {
                harness.assertReads(content, harness.write(content));
            }
            harness.assertNoMemoryLent();
            hung.release();
            harness.assertNoMemoryLent();
            assertEquals(List.of(), hung.shards(Form.FILES).stream().toList());
        }
    }

    /** That another drive hangs says nothing of one that was slow once. */
    @Test
    void aDriveThatWasLateWithASmallBlobIsAskedAgainWhenItHasAnswered() {
        try (BlobHarness<SimTopology> harness =
                new BlobHarness<>(new SimTopology(new ErasureCode(2, 3)), BlobHarness.PATIENT)) {
            SimDrive slow = harness.topology.sims().get(0);
            SimDrive hung = harness.topology.sims().get(4);
            slow.hang(SimOp.WRITE_PACKED);
            hung.hang(SimOp.WRITE_PACKED);
            byte[] content = BlobHarness.bytes(SMALL);
            BlobRef blob = harness.write(content);
            slow.release();
            harness.assertReads(content, blob);
            assertEquals(1, slow.count(SimOp.READ_PACKED), "it has a data shard, and has answered");
            hung.release();
            harness.assertNoMemoryLent();
        }
    }
}
