package io.kintsugi.shards;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.sim.SimTopology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Clients that take nothing hold memory each; those that come after them are served all the same. */
class SlowReadersTest {
    /** More than the pool of {@link BlobHarness} has stripes. */
    private static final int READERS = 100;

    private static final BlobTimes IMPATIENT = new BlobTimes(
            BlobHarness.PATIENT.append(),
            BlobHarness.PATIENT.publish(),
            BlobHarness.PATIENT.read(),
            BlobHarness.PATIENT.straggler(),
            BlobHarness.PATIENT.hedgeAtLeast(),
            BlobHarness.PATIENT.hedgeAtMost(),
            Duration.ZERO);

    private final CountDownLatch reading = new CountDownLatch(1);

    /** A client that has been given something, and takes no more until {@link #reading}. */
    private CompletableFuture<Void> stalled(BlobHarness<?> harness, BlobRef blob) {
        CountDownLatch given = new CountDownLatch(1);
        AtomicBoolean first = new AtomicBoolean(true);
        CompletableFuture<Void> read = CompletableFuture.runAsync(
                () -> harness.store.read(blob, new ByteRange(0, blob.size()), (piece, release) -> {
                    given.countDown();
                    if (first.getAndSet(false)) {
                        await(reading);
                    }
                    release.run();
                }),
                Thread::startVirtualThread);
        read.whenComplete((nothing, failure) -> given.countDown());
        await(given);
        return read;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void theyLeaveRoomForOthers() {
        try (BlobHarness<SimTopology> harness = new BlobHarness<>(new SimTopology(new ErasureCode(2, 2)), IMPATIENT)) {
            byte[] content = BlobHarness.bytes(3_000_000);
            BlobRef blob = harness.write(content);
            List<CompletableFuture<Void>> reads = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                reads.add(stalled(harness, blob));
            }
            assertTrue(reads.stream().noneMatch(CompletableFuture::isDone), "nobody was refused");
            harness.assertReads(content, blob);
            harness.assertReads(content, harness.write(content));
            reading.countDown();
            reads.forEach(CompletableFuture::join);
            harness.assertNoMemoryLent();
        }
    }
}
