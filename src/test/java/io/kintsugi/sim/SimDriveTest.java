package io.kintsugi.sim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.Id128;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.DriveException.Kind;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ShardName;
import io.kintsugi.drives.ShardSink;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** The switches do what they say. */
class SimDriveTest {
    private static final ShardName NAME = new ShardName(new BlobId(new Id128(1, 2)), 3);

    private final SimDrive drive = new SimDrive(DriveId.next(Clock.SYSTEM, Entropy.FAST));

    private CompletableFuture<Void> write() {
        return drive.writePacked(NAME, ByteBuffer.wrap(new byte[] {1, 2, 3}));
    }

    private static Kind failureOf(CompletableFuture<?> future) {
        return ((DriveException)
                        assertThrows(CompletionException.class, future::join).getCause())
                .kind();
    }

    @Test
    void offlineIsGoneAtOnceAndLosesNothing() {
        write().join();
        drive.goOffline("pulled out");
        assertEquals(Kind.GONE, failureOf(drive.readPacked(NAME)));
        assertEquals("pulled out", drive.status().reason());
        drive.comeOnline();
        assertEquals(3, drive.readPacked(NAME).join().remaining());
    }

    @Test
    void hangingOperationsHaveNoEffectUntilReleased() {
        drive.hang(SimOp.WRITE_PACKED);
        CompletableFuture<Void> write = write();
        assertFalse(write.isDone());
        assertEquals(1, drive.waiting());
        assertEquals(Optional.empty(), drive.statShard(NAME, Form.PACKED).join());
        drive.release();
        write.join();
        assertEquals(Set.of(NAME), Set.copyOf(drive.shards(Form.PACKED)));
    }

    @Test
    void aCrashFailsWhatHangsWithoutEffect() {
        drive.hang();
        CompletableFuture<Void> write = write();
        drive.crash();
        assertEquals(Kind.GONE, failureOf(write));
        assertTrue(drive.shards(Form.PACKED).isEmpty());
        write().join();
    }

    @Test
    void heldAnswersHaveTheirEffect() {
        drive.holdAnswers(SimOp.COMMIT);
        CompletableFuture<Void> commit =
                drive.keyValue().commit(new KvBatch().put(KvSpace.META, new byte[1], new byte[2]));
        assertFalse(commit.isDone());
        assertTrue(drive.keyValue().get(KvSpace.META, new byte[1]).join().isPresent());
        drive.crash();
        assertEquals(Kind.GONE, failureOf(commit));
        assertTrue(drive.keyValue().get(KvSpace.META, new byte[1]).join().isPresent());
    }

    @Test
    void theNextOperationsFailWithTheKind() {
        drive.failNext(2, Kind.IO, SimOp.WRITE_PACKED);
        assertEquals(Kind.IO, failureOf(write()));
        assertEquals(Optional.empty(), drive.statShard(NAME, Form.PACKED).join());
        assertEquals(Kind.IO, failureOf(write()));
        write().join();
        assertEquals(3, drive.count(SimOp.WRITE_PACKED));
        assertEquals(2, drive.status().errors());
    }

    @Test
    void aFullDriveReadsAndDeletesOn() {
        write().join();
        drive.setFull(true);
        assertEquals(Kind.FULL, failureOf(write()));
        assertEquals(3, drive.readPacked(NAME).join().remaining());
        drive.deleteShard(NAME, Form.PACKED).join();
        drive.setFull(false);
        write().join();
    }

    @Test
    void aSinkThatFailedCannotBePublished() {
        ShardSink sink = drive.createShard(NAME, 0).join();
        drive.failNext(1, Kind.IO, SimOp.APPEND);
        assertEquals(Kind.IO, failureOf(sink.append(ByteBuffer.allocate(5))));
        assertEquals(Kind.GONE, failureOf(sink.publish()));
        assertTrue(drive.shards(Form.FILES).isEmpty());
    }

    @Test
    void bytesCanBeLostAndCorrupted() {
        write().join();
        drive.corrupt(NAME, Form.PACKED, 1);
        assertArrayEquals(
                new byte[] {1, 2 ^ 0x41, 3}, drive.bytesOf(NAME, Form.PACKED).orElseThrow());
        drive.truncate(NAME, Form.PACKED, 1);
        assertEquals(1, drive.readPacked(NAME).join().remaining());
        drive.lose(NAME, Form.PACKED);
        assertEquals(Kind.MISSING, failureOf(drive.readPacked(NAME)));
    }

    @Test
    void removalsMayComeBackAfterACrash() {
        int returned = 0;
        for (int i = 0; i < 64; i++) {
            write().join();
            drive.deleteShard(NAME, Form.PACKED).join();
            drive.crash();
            returned += drive.shards(Form.PACKED).size();
            drive.lose(NAME, Form.PACKED);
        }
        assertTrue(returned > 0 && returned < 64, "returned " + returned + " of 64 times");
    }

    /** The entry of a folder has one state at a time: what was done to it before is not done again behind it. */
    @Test
    void whatIsWrittenAgainStaysThoughItsRemovalWasNotSynced() {
        for (int i = 0; i < 64; i++) {
            publish();
            drive.deleteShard(NAME, Form.FILES).join();
            publish();
            drive.crash();
            assertEquals(List.of(NAME), List.copyOf(drive.shards(Form.FILES)), "after crash " + i);
            drive.lose(NAME, Form.FILES);
        }
    }

    private void publish() {
        ShardSink sink = drive.createShard(NAME, 2).join();
        sink.append(ByteBuffer.wrap(new byte[] {1, 2})).join();
        sink.publish().join();
    }

    @Test
    void aReplacedDriveIsEmptyAndSaysSo() {
        write().join();
        drive.raiseCatalogEpoch(4).join();
        Id128 before = drive.incarnation();
        drive.replaceByEmpty();
        assertNotEquals(before, drive.incarnation());
        assertEquals(0, drive.catalogEpoch());
        assertTrue(drive.shards(Form.PACKED).isEmpty());
    }

    @Test
    void whatALyingDriveAnsweredIsLostWithThePower() {
        drive.lieAboutSyncs(true);
        int kept = 0;
        for (int i = 0; i < 64; i++) {
            write().join();
            assertEquals(3, drive.readPacked(NAME).join().remaining());
            drive.crash();
            kept += drive.shards(Form.PACKED).size();
            drive.lose(NAME, Form.PACKED);
        }
        assertTrue(kept > 0 && kept < 64, "kept " + kept + " of 64");
        drive.lieAboutSyncs(false);
        write().join();
        drive.crash();
        assertEquals(Set.of(NAME), Set.copyOf(drive.shards(Form.PACKED)));
    }

    @Test
    void ofTheLogAPrefixSurvives() {
        for (int i = 0; i < 64; i++) {
            drive.replaceByEmpty();
            drive.lieAboutSyncs(true);
            for (byte key = 0; key < 8; key++) {
                drive.keyValue()
                        .commit(new KvBatch().put(KvSpace.META, new byte[] {key}, new byte[1]))
                        .join();
            }
            drive.crash();
            boolean there = true;
            for (byte key = 0; key < 8; key++) {
                boolean here = drive.keyValue()
                        .get(KvSpace.META, new byte[] {key})
                        .join()
                        .isPresent();
                assertTrue(there || !here, "row " + key + " survived, and one before it did not");
                there = here;
            }
            drive.lieAboutSyncs(false);
        }
    }

    @Test
    void aDriveReturnsAsItWas() {
        write().join();
        drive.raiseCatalogEpoch(4).join();
        SimMedia before = drive.snapshot();
        drive.raiseCatalogEpoch(5).join();
        drive.deleteShard(NAME, Form.PACKED).join();
        drive.goBackTo(before);
        assertEquals(4, drive.catalogEpoch());
        assertEquals(Set.of(NAME), Set.copyOf(drive.shards(Form.PACKED)));
    }

    @Test
    void aKilledProcessLosesNothingThatTookEffect() {
        write().join();
        drive.deleteShard(NAME, Form.PACKED).join();
        drive.kill();
        assertTrue(drive.shards(Form.PACKED).isEmpty());
    }
}
