package io.kintsugi.shards;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.ByteRange;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimOp;
import io.kintsugi.sim.SimTopology;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * Many clients at once while one drive after the other hangs, holds its answers back or vanishes for a moment: every
 * write succeeds, every read is right, and in the end all memory is back and nothing is left of what was discarded.
 */
class BlobStressTest {
    private static final int CLIENTS = 6;
    private static final int ROUNDS = 30;

    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    @Test
    void clientsNoticeNothingOfOneFaultyDriveAtATime() throws InterruptedException {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(2, 2)) {
            AtomicBoolean over = new AtomicBoolean();
            Thread chaos = Thread.startVirtualThread(() -> trouble(harness.topology.sims(), new Random(7), over));
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Random random = new Random(i);
                clients.add(Thread.startVirtualThread(() -> client(harness, random)));
            }
            for (Thread client : clients) {
                client.join();
            }
            over.set(true);
            chaos.join();
            assertEquals(List.of(), List.copyOf(failures));
            harness.topology.sims().forEach(SimDrive::release);
            harness.assertNoMemoryLent();
            for (SimDrive drive : harness.topology.sims()) {
                assertEquals(List.of(), List.copyOf(drive.shards(Form.FILES)), "files that were discarded");
                assertEquals(List.of(), List.copyOf(drive.shards(Form.PACKED)), "values that were discarded");
            }
        }
    }

    private static void trouble(List<SimDrive> drives, Random random, AtomicBoolean over) {
        while (!over.get()) {
            SimDrive drive = drives.get(random.nextInt(drives.size()));
            if (random.nextBoolean()) {
                drive.hang(SimOp.CREATE, SimOp.APPEND, SimOp.PUBLISH, SimOp.WRITE_PACKED, SimOp.OPEN, SimOp.READ);
            } else {
                drive.holdAnswers(SimOp.APPEND, SimOp.PUBLISH, SimOp.WRITE_PACKED, SimOp.READ, SimOp.READ_PACKED);
            }
            pause(random.nextInt(40));
            drive.release();
        }
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void client(BlobHarness<SimTopology> harness, Random random) {
        try {
            for (int round = 0; round < ROUNDS; round++) {
                int size = random.nextBoolean() ? random.nextInt(200_000) : random.nextInt(3_000_000);
                byte[] content = BlobHarness.bytes(size + 1);
                OptionalLong length = random.nextBoolean() ? OptionalLong.of(size + 1) : OptionalLong.empty();
                BlobRef blob = harness.write(content, length);
                harness.assertReads(content, blob);
                int offset = random.nextInt(size + 1);
                byte[] expected = Arrays.copyOfRange(content, offset, size + 1);
                ByteRange range = new ByteRange(offset, expected.length);
                BlobHarness.assertSame(expected, harness.read(blob, range), "from " + offset);
                harness.store.discard(blob);
            }
        } catch (RuntimeException | AssertionError e) {
            failures.add(e);
        }
    }
}
