package io.kintsugi.drives;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every clause of {@link KeyValue} and {@link KvCursor}. */
public abstract class KeyValueContract {
    private static final ScanLimit ALL = new ScanLimit(Integer.MAX_VALUE, Long.MAX_VALUE);
    private static final byte[] FIRST = {};
    private static final byte[] LAST = {(byte) 0xFF, (byte) 0xFF};

    private Drive drive;

    /** A new, empty drive. */
    protected abstract Drive create();

    /** The same drive after it was stopped without a close. */
    protected abstract Drive crash(Drive drive);

    @BeforeEach
    void openDrive() {
        drive = create();
    }

    @AfterEach
    void closeDrive() {
        drive.close();
    }

    private static byte[] key(String text) {
        return text.getBytes(UTF_8);
    }

    private void put(KvSpace space, String... keys) {
        KvBatch batch = new KvBatch();
        for (String key : keys) {
            batch.put(space, key(key), key("=" + key));
        }
        drive.keyValue().commit(batch).join();
    }

    private String keysOf(List<KvRow> rows) {
        return String.join(
                " ", rows.stream().map(r -> new String(r.key(), UTF_8)).toList());
    }

    private String scan(KvSpace space, String from, String to) {
        return keysOf(drive.keyValue().scan(space, key(from), key(to), ALL).join());
    }

    @ParameterizedTest
    @EnumSource
    void everySpaceKeepsItsOwnRows(KvSpace space) {
        put(space, "a");
        for (KvSpace other : KvSpace.values()) {
            Optional<byte[]> value = drive.keyValue().get(other, key("a")).join();
            assertEquals(other == space, value.isPresent(), other.name());
        }
        assertArrayEquals(
                key("=a"), drive.keyValue().get(space, key("a")).join().orElseThrow());
    }

    @Test
    void oneBatchChangesSeveralSpacesInItsOwnOrder() {
        KvBatch batch = new KvBatch()
                .put(KvSpace.OBJECTS, key("a"), key("1"))
                .put(KvSpace.OBJECTS, key("a"), key("2"))
                .put(KvSpace.INLINE, key("b"), key("3"))
                .put(KvSpace.OBJECTS, key("c"), key("4"))
                .delete(KvSpace.OBJECTS, key("c"))
                .put(KvSpace.OBJECTS, key("d"), key("5"))
                .deleteRange(KvSpace.OBJECTS, key("d"), key("e"))
                .put(KvSpace.OBJECTS, key("dd"), key("6"));
        drive.keyValue().commit(batch).join();
        assertEquals("a dd", scan(KvSpace.OBJECTS, "", "z"));
        assertArrayEquals(
                key("2"), drive.keyValue().get(KvSpace.OBJECTS, key("a")).join().orElseThrow());
        assertArrayEquals(
                key("3"), drive.keyValue().get(KvSpace.INLINE, key("b")).join().orElseThrow());
    }

    @Test
    void batchesTakeEffectInTheOrderOfSubmissionWithoutWaiting() {
        List<CompletableFuture<Void>> commits = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            commits.add(drive.keyValue().commit(new KvBatch().put(KvSpace.META, key("k"), key("" + i))));
        }
        commits.forEach(CompletableFuture::join);
        assertArrayEquals(
                key("199"), drive.keyValue().get(KvSpace.META, key("k")).join().orElseThrow());
    }

    @Test
    void anEmptyBatchIsSuccess() {
        drive.keyValue().commit(new KvBatch()).join();
    }

    @Test
    void oneBatchMayBeCommittedTwice() {
        KvBatch batch = new KvBatch().put(KvSpace.META, key("k"), key("v"));
        drive.keyValue().commit(batch).join();
        drive.keyValue().commit(new KvBatch().delete(KvSpace.META, key("k"))).join();
        drive.keyValue().commit(batch).join();
        assertTrue(drive.keyValue().get(KvSpace.META, key("k")).join().isPresent());
    }

    @Test
    void committedRowsSurviveACrash() {
        put(KvSpace.OBJECTS, "a", "b");
        drive.keyValue().commit(new KvBatch().delete(KvSpace.OBJECTS, key("a"))).join();
        byte[] large = DriveContract.bytes(200_000, 1);
        drive.keyValue()
                .commit(new KvBatch().put(KvSpace.INLINE, key("large"), large))
                .join();
        drive = crash(drive);
        assertEquals("b", scan(KvSpace.OBJECTS, "", "z"));
        assertArrayEquals(
                large, drive.keyValue().get(KvSpace.INLINE, key("large")).join().orElseThrow());
    }

    @Test
    void keysAreOrderedByUnsignedBytes() {
        byte[][] keys = {{}, {0}, {0, 0}, {1}, {0x7F}, {(byte) 0x80}, {(byte) 0xFF}};
        KvBatch batch = new KvBatch();
        for (int i = keys.length - 1; i >= 0; i--) {
            batch.put(KvSpace.OBJECTS, keys[i], new byte[] {(byte) i});
        }
        drive.keyValue().commit(batch).join();
        List<KvRow> rows =
                drive.keyValue().scan(KvSpace.OBJECTS, FIRST, LAST, ALL).join();
        assertEquals(keys.length, rows.size());
        for (int i = 0; i < keys.length; i++) {
            assertArrayEquals(keys[i], rows.get(i).key());
            assertArrayEquals(new byte[] {(byte) i}, rows.get(i).value());
        }
    }

    @Test
    void emptyValuesAreRows() {
        drive.keyValue()
                .commit(new KvBatch().put(KvSpace.OBJECTS, key("k"), FIRST))
                .join();
        assertEquals(0, drive.keyValue().get(KvSpace.OBJECTS, key("k")).join().orElseThrow().length);
    }

    @Test
    void scansAreHalfOpenAndEmptyWhenTheRangeIs() {
        put(KvSpace.OBJECTS, "a", "b", "c", "d");
        assertEquals("b c", scan(KvSpace.OBJECTS, "b", "d"));
        assertEquals("c d", scan(KvSpace.OBJECTS, "bb", "dd"));
        assertEquals("", scan(KvSpace.OBJECTS, "b", "b"));
        assertEquals("", scan(KvSpace.OBJECTS, "d", "a"));
    }

    @Test
    void scansStopAtTheirLimitsAndReturnAtLeastOneRow() {
        put(KvSpace.OBJECTS, "a", "b", "c", "d");
        KeyValue kv = drive.keyValue();
        assertEquals(
                "a b",
                keysOf(kv.scan(KvSpace.OBJECTS, FIRST, LAST, new ScanLimit(2, 1000))
                        .join()));
        assertEquals(
                "a",
                keysOf(kv.scan(KvSpace.OBJECTS, FIRST, LAST, new ScanLimit(9, 1))
                        .join()));
        assertEquals(
                "a b",
                keysOf(kv.scan(KvSpace.OBJECTS, FIRST, LAST, new ScanLimit(9, 6))
                        .join()));
    }

    @Test
    void deleteRangeRemovesExactlyTheRange() {
        put(KvSpace.OBJECTS, "a", "b", "c", "d");
        KeyValue kv = drive.keyValue();
        kv.commit(new KvBatch().deleteRange(KvSpace.OBJECTS, key("b"), key("d")))
                .join();
        kv.commit(new KvBatch().deleteRange(KvSpace.OBJECTS, key("z"), key("a")))
                .join();
        assertEquals("a d", scan(KvSpace.OBJECTS, "", "z"));
    }

    @Test
    void theArraysOfAReadAreTheReceivers() {
        put(KvSpace.OBJECTS, "a");
        KeyValue kv = drive.keyValue();
        Arrays.fill(kv.get(KvSpace.OBJECTS, key("a")).join().orElseThrow(), (byte) 0);
        KvRow row = kv.scan(KvSpace.OBJECTS, FIRST, LAST, ALL).join().getFirst();
        Arrays.fill(row.key(), (byte) 0);
        Arrays.fill(row.value(), (byte) 0);
        assertArrayEquals(key("=a"), kv.get(KvSpace.OBJECTS, key("a")).join().orElseThrow());
    }

    @Test
    void aCursorSeeksAndSteps() {
        put(KvSpace.OBJECTS, "a", "c", "e");
        try (KvCursor cursor = drive.keyValue().cursor(KvSpace.OBJECTS)) {
            assertTrue(cursor.seek(key("b")));
            assertArrayEquals(key("c"), cursor.key());
            assertArrayEquals(key("=c"), cursor.value());
            assertTrue(cursor.next());
            assertArrayEquals(key("e"), cursor.key());
            assertFalse(cursor.next());
            assertTrue(cursor.seek(FIRST));
            assertArrayEquals(key("a"), cursor.key());
            assertTrue(cursor.seek(key("a")));
            assertFalse(cursor.seek(key("f")));
        }
    }

    @Test
    void aCursorIsNotValidBeforeASeekNorAfterClose() {
        put(KvSpace.OBJECTS, "a");
        KvCursor cursor = drive.keyValue().cursor(KvSpace.OBJECTS);
        assertThrows(IllegalStateException.class, cursor::key);
        assertThrows(IllegalStateException.class, cursor::next);
        cursor.close();
        cursor.close();
        assertThrows(IllegalStateException.class, () -> cursor.seek(FIRST));
    }

    @Test
    void aCursorSeesTheStateThatItWasOpenedOn() {
        put(KvSpace.OBJECTS, "a", "b");
        try (KvCursor cursor = drive.keyValue().cursor(KvSpace.OBJECTS)) {
            put(KvSpace.OBJECTS, "aa");
            drive.keyValue()
                    .commit(new KvBatch().delete(KvSpace.OBJECTS, key("b")))
                    .join();
            assertTrue(cursor.seek(FIRST));
            assertTrue(cursor.next());
            assertArrayEquals(key("b"), cursor.key());
            assertFalse(cursor.next());
        }
        assertEquals("a aa", scan(KvSpace.OBJECTS, "", "z"));
    }

    @Test
    void aCursorDoesNotOutliveItsDrive() {
        put(KvSpace.OBJECTS, "a");
        KvCursor cursor = drive.keyValue().cursor(KvSpace.OBJECTS);
        drive.close();
        assertThrows(DriveException.class, () -> cursor.seek(FIRST));
        cursor.close();
    }
}
