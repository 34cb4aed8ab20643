package io.kintsugi.drives;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.NoWait;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A look at memory tells what is there, asks nothing of the drive's threads, and counts as the read that it is. */
class LookTest {
    private static final int LARGE = 4096;
    private static final int COLD = 100;
    /** Of {@link PeekOdds}, whose {@code areGood} was asked once before it said no. */
    private static final int PROBE = 16;

    private final DriveFolder folder = DriveFolder.create();
    private LocalDrive drive = folder.format();

    @AfterEach
    void removeFolder() {
        folder.close();
    }

    private static byte[] key(int number) {
        return ("key-" + number).getBytes(UTF_8);
    }

    private void put(KvSpace space, int keys) {
        KvBatch batch = new KvBatch();
        for (int i = 0; i < keys; i++) {
            batch.put(space, key(i), DriveContract.bytes(LARGE, i));
        }
        drive.keyValue().commit(batch).join();
    }

    /** Everything is in tables and blob files afterwards, and nothing in memory. */
    private void reopen() {
        drive = folder.reopen(drive, false);
    }

    private Look look(KvSpace space, int number) {
        return NoWait.run(() -> drive.keyValue().look(space, key(number)));
    }

    private static Optional<byte[]> known(Look look) {
        return assertInstanceOf(Look.Known.class, look).value();
    }

    private long gets() {
        return drive.stats().operations().get(DriveOp.GET).count();
    }

    @ParameterizedTest
    @EnumSource
    void whatWasJustWrittenIsKnownButForShards(KvSpace space) {
        put(space, 1);
        Look look = look(space, 0);
        assertEquals(space != KvSpace.PACKED, look instanceof Look.Known);
        assertArrayEquals(DriveContract.bytes(LARGE, 0), look.read().join().orElseThrow());
        assertEquals(Optional.empty(), look(space, 7).read().join());
    }

    @Test
    void itCountsAsTheReadThatItSpares() {
        put(KvSpace.INLINE, 1);
        long gets = gets();
        long bytes = drive.stats().bytesRead();
        known(look(KvSpace.INLINE, 0));
        assertEquals(gets + 1, gets());
        assertEquals(bytes + LARGE, drive.stats().bytesRead());
    }

    @Test
    void whatIsNotInMemoryIsReadOnceAndCountedOnce() {
        put(KvSpace.INLINE, 1);
        reopen();
        long gets = gets();
        Look look = assertInstanceOf(Look.Unknown.class, look(KvSpace.INLINE, 0));
        assertEquals(gets, gets(), "nothing was read yet");
        assertArrayEquals(DriveContract.bytes(LARGE, 0), look.read().join().orElseThrow());
        assertEquals(gets + 1, gets());
        assertEquals(LARGE, drive.stats().bytesRead());
    }

    /**
     * A look in vain and the read behind it are one: counted twice, looking would be given up, and taken up again,
     * after half as many.
     */
    @Test
    void looksInVainAreCountedOnce() {
        put(KvSpace.INLINE, COLD);
        reopen();
        PeekOdds odds = new PeekOdds();
        int until = 0;
        while (odds.areGood()) {
            odds.looked(false);
            until++;
        }
        for (int i = 0; i < until; i++) {
            look(KvSpace.INLINE, i).read().join();
        }
        // what was read is in memory now, but one look in so many is all that is left to find that out
        assertEquals(PROBE, firstKnown(), "looked " + until + " times in vain");
    }

    private int firstKnown() {
        int tries = 1;
        while (look(KvSpace.INLINE, 0) instanceof Look.Unknown) {
            tries++;
        }
        return tries;
    }

    @Test
    void aDriveThatIsClosedIsAskedAndSaysSo() {
        put(KvSpace.OBJECTS, 1);
        KeyValue before = drive.keyValue();
        drive.close();
        long failed = drive.stats().errors().get(DriveException.Kind.GONE);
        Look look = assertInstanceOf(Look.Unknown.class, NoWait.run(() -> before.look(KvSpace.OBJECTS, key(0))));
        assertEquals(failed, drive.stats().errors().get(DriveException.Kind.GONE));
        CompletionException gone =
                assertThrows(CompletionException.class, () -> look.read().join());
        assertEquals(DriveException.Kind.GONE, ((DriveException) gone.getCause()).kind());
        assertEquals(failed + 1, drive.stats().errors().get(DriveException.Kind.GONE));
    }

    @Test
    void askingTheDrivesThreadsIsNotLooking() {
        assertThrows(
                AssertionError.class, () -> NoWait.run(() -> drive.keyValue().get(KvSpace.PACKED, key(0))));
        assertTrue(NoWait.mayWait());
        assertFalse(NoWait.run(NoWait::mayWait));
    }
}
