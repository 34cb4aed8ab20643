package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef;
import io.kintsugi.catalog.CatalogSettings;
import io.kintsugi.objects.ShardMover.Outcome;
import io.kintsugi.shards.Pace;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimOp;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Moves whose commit is not answered in time. */
class UncertainMoveTest extends MoverHarness {
    private static final int SMALL = 100_000;
    /** Answers are waited for in real time. */
    private static final CatalogSettings HASTY = CatalogSettings.DEFAULT.withDeadlines(
            Duration.ofMillis(300), Duration.ofMillis(600), Duration.ofMillis(50));

    UncertainMoveTest() {
        super(HASTY);
    }

    /** The answer of the commit is lost: it may have taken effect, and both shards stay until that is known. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anUncertainCommitKeepsBothUntilItIsKnown(boolean takesEffect) {
        BlobRef blob = blobOf(store.put(TestBody.of(SMALL, 1)));
        int[] asked = new int[1];
        Pace loses = bytes -> {
            // the last question is asked before the shard is read back: then only the commit is left
            if (++asked[0] == 2) {
                for (SimDrive drive : store.drives.sims()) {
                    if (takesEffect) {
                        drive.holdAnswers(SimOp.COMMIT);
                    } else {
                        drive.hang(SimOp.COMMIT);
                    }
                }
            }
        };
        Outcome outcome = mover.move(blob, origin(), placement(4, 1, 2, 3), loses);
        assertEquals(Outcome.UNSURE, outcome);
        assertEquals(List.of(1, 1, 1, 1, 1, 0, 0), shardCounts());
        assertEquals(Outcome.BUSY, move(blob, 5, 1, 2, 3), "nobody else may touch it so long");
        assertEquals(1, superseded.waiting());
        store.drives.sims().forEach(SimDrive::release);
        untilSettled(blob);
        passGrace();
        boolean moved = recorded().placement().equals(placement(4, 1, 2, 3));
        assertEquals(moved ? List.of(0, 1, 1, 1, 1, 0, 0) : List.of(1, 1, 1, 1, 0, 0, 0), shardCounts());
        assertArrayEquals(TestBody.bytes(SMALL, 1), store.read(TestStore.WHOLE));
        assertEquals(0, superseded.waiting());
    }

    private void untilSettled(BlobRef blob) {
        long end = System.nanoTime() + Duration.ofSeconds(180).toNanos();
        boolean settled = false;
        while (!settled) {
            assertTrue(System.nanoTime() < end, "it never became known");
            superseded.step(Pace.UNPACED, Pace.UNPACED);
            settled = !store.objects.guards().claims().isClaimed(blob.id());
        }
    }
}
