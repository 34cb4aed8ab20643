package io.kintsugi.shards;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.drives.ShardName;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimOp;
import io.kintsugi.sim.SimTopology;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What becomes of a shard that nobody waits for any more, by how far its drive has come. */
class ShardLaneTest {
    private final SimTopology topology = new SimTopology(new ErasureCode(1, 0));
    private final SimDrive drive = topology.sim(0);
    private final ShardName name = new ShardName(BlobId.next(Clock.SYSTEM, Entropy.FAST), 0);
    private final ShardLane lane = new ShardLane(new ShardDrives(topology), drive.id(), name, 0);
    private int lent;

    private Runnable lend() {
        lent++;
        return () -> lent--;
    }

    private static ByteBuffer some() {
        return ByteBuffer.allocate(ShardFormat.ALIGNMENT);
    }

    private boolean isThere() {
        return drive.shards(Form.FILES).contains(name);
    }

    /** As far as {@code held}, whose answer does not come. */
    private CompletableFuture<Void> publishingUpTo(SimOp held) {
        drive.holdAnswers(held);
        lane.append(lend(), some());
        return lane.publish(lend(), some());
    }

    /** Whoever waits for the publication is told that it is there, and may count it. */
    @Test
    void whatIsPublishedThoughItIsLeftOutStays() {
        CompletableFuture<Void> published = publishingUpTo(SimOp.PUBLISH);
        CompletableFuture<Void> ended = lane.leaveOut();
        drive.release();
        published.join();
        ended.join();
        assertTrue(isThere());
        assertEquals(0, lent);
        lane.undo().join();
        assertFalse(isThere(), "when the whole blob is dropped it goes, too");
    }

    @Test
    void whatIsLeftOutBeforeItIsPublishedIsNotThere() {
        CompletableFuture<Void> published = publishingUpTo(SimOp.APPEND);
        CompletableFuture<Void> ended = lane.leaveOut();
        drive.release();
        ended.join();
        assertTrue(published.isCompletedExceptionally());
        assertFalse(isThere());
        assertEquals(1, drive.count(SimOp.ABORT));
        assertEquals(0, lent);
    }

    @Test
    void whatIsUndoneGoesHoweverFarItHasCome() {
        for (SimOp held : List.of(SimOp.APPEND, SimOp.PUBLISH)) {
            ShardLaneTest other = new ShardLaneTest();
            other.publishingUpTo(held);
            CompletableFuture<Void> ended = other.lane.undo();
            other.drive.release();
            ended.join();
            assertFalse(other.isThere());
            assertEquals(0, other.lent);
        }
    }
}
