package io.kintsugi.drives;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.Id128;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every clause of {@link Drive}, {@link ShardSink} and {@link ShardSource}. {@link KeyValueContract} has those of
 * {@link KeyValue}.
 */
public abstract class DriveContract {
    private Drive drive;

    /** A new, empty drive. */
    protected abstract Drive create();

    /** The same drive after an orderly close, or, when {@code crash}, after it was stopped without one. */
    protected abstract Drive reopen(Drive drive, boolean crash);

    @BeforeEach
    void openDrive() {
        drive = create();
    }

    @AfterEach
    void closeDrive() {
        drive.close();
    }

    static ShardName name(long number, int index) {
        return new ShardName(new BlobId(new Id128(number * 0x9E3779B97F4A7C15L, number)), index);
    }

    static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static void assertFails(DriveException.Kind kind, CompletableFuture<?> future) {
        CompletionException failure = assertThrows(CompletionException.class, future::join);
        assertEquals(
                kind,
                assertThrows(DriveException.class, () -> {
                            throw failure.getCause();
                        })
                        .kind());
    }

    private void publish(ShardName name, byte[]... pieces) {
        ShardSink sink = drive.createShard(name, 0).join();
        for (byte[] piece : pieces) {
            sink.append(ByteBuffer.wrap(piece)).join();
        }
        sink.publish().join();
    }

    private byte[] readFile(ShardName name) {
        try (ShardSource source = drive.openShard(name).join()) {
            ByteBuffer target = ByteBuffer.allocateDirect(Math.toIntExact(source.size()));
            assertEquals(source.size(), (long) source.read(0, target).join());
            byte[] bytes = new byte[target.flip().remaining()];
            target.get(bytes);
            return bytes;
        }
    }

    private void store(Form form, ShardName name, byte[] bytes) {
        switch (form) {
            case PACKED -> drive.writePacked(name, ByteBuffer.wrap(bytes)).join();
            case FILES -> publish(name, bytes);
            case INLINE -> throw new IllegalArgumentException("inline blobs have no shards");
        }
    }

    private byte[] load(Form form, ShardName name) {
        if (form == Form.FILES) {
            return readFile(name);
        }
        ByteBuffer bytes = drive.readPacked(name).join();
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }

    /** Past the page cache, through it, and from one to the other, in appends and in the last piece. */
    @Test
    void wholeBlocksAndOddPiecesMakeOneFile() {
        int block = ShardSink.BLOCK_BYTES;
        int[][] files = {
            {block}, {3 * block, block}, {block, 5}, {5, block}, {block, 5, block - 5, block}, {0, block}, {0}
        };
        for (int i = 0; i < files.length; i++) {
            ByteBuffer whole = ByteBuffer.allocate(IntStream.of(files[i]).sum());
            ShardSink sink = drive.createShard(name(i, 0), 0).join();
            for (int p = 0; p < files[i].length; p++) {
                ByteBuffer piece =
                        aligned(files[i][p]).put(bytes(files[i][p], p)).flip();
                whole.put(piece.duplicate());
                (p < files[i].length - 1 ? sink.append(piece) : sink.publish(piece)).join();
            }
            assertArrayEquals(whole.array(), readFile(name(i, 0)), "file " + i);
            assertArrayEquals(whole.array(), readAligned(name(i, 0)), "file " + i);
        }
    }

    private static ByteBuffer aligned(int bytes) {
        return ByteBuffer.allocateDirect(bytes + 2 * ShardSink.BLOCK_BYTES)
                .alignedSlice(ShardSink.BLOCK_BYTES)
                .slice(0, bytes);
    }

    /** In whole blocks, the last of which the file may end within. */
    private byte[] readAligned(ShardName name) {
        try (ShardSource source = drive.openShard(name).join()) {
            int blocks = Math.ceilDiv(Math.toIntExact(source.size()), ShardSink.BLOCK_BYTES);
            ByteBuffer target = aligned(blocks * ShardSink.BLOCK_BYTES);
            assertEquals(source.size(), (long) source.read(0, target).join());
            byte[] bytes = new byte[Math.toIntExact(source.size())];
            target.flip().get(bytes);
            return bytes;
        }
    }

    @Test
    void aNewDriveIsOnlineAndEmpty() {
        DriveStatus status = drive.status();
        assertTrue(status.online());
        assertEquals(drive.id(), status.id());
        assertEquals("", status.reason());
        assertEquals(0, drive.catalogEpoch());
        assertEquals(
                List.of(),
                drive.listShards(Form.FILES, Optional.empty(), 10).join().names());
        assertEquals(
                List.of(),
                drive.listShards(Form.PACKED, Optional.empty(), 10).join().names());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, 4096, 300_001})
    void aPublishedFileHasWhatWasAppended(int size) {
        byte[] first = bytes(size, 1);
        byte[] second = bytes(size / 2, 2);
        publish(name(1, 3), first, second);
        byte[] read = readFile(name(1, 3));
        assertEquals(first.length + second.length, read.length);
        assertArrayEquals(first, Arrays.copyOf(read, first.length));
        assertArrayEquals(second, Arrays.copyOfRange(read, first.length, read.length));
        assertEquals(
                Optional.of((long) read.length),
                drive.statShard(name(1, 3), Form.FILES).join());
    }

    @Test
    void appendsTakeManyBuffersOfAnyKindInOrderWithoutWaiting() {
        ShardSink sink = drive.createShard(name(2, 0), 1000).join();
        List<CompletableFuture<Void>> appended = new ArrayList<>();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            byte[] heap = ("heap" + i).getBytes(UTF_8);
            ByteBuffer direct = ByteBuffer.allocateDirect(10)
                    .put(("direct" + i).getBytes(UTF_8))
                    .flip();
            ByteBuffer sliced = ByteBuffer.wrap("...slice...".getBytes(UTF_8), 3, 5);
            appended.add(sink.append(ByteBuffer.wrap(heap), direct, sliced, ByteBuffer.allocate(0)));
            expected.append("heap").append(i).append("direct").append(i).append("slice");
        }
        appended.forEach(CompletableFuture::join);
        sink.publish().join();
        assertEquals(expected.toString(), new String(readFile(name(2, 0)), UTF_8));
    }

    @Test
    void whatIsNotPublishedCannotBeSeenAndIsGoneAfterACrash() {
        ShardSink sink = drive.createShard(name(3, 0), 0).join();
        sink.append(ByteBuffer.wrap(bytes(100, 1))).join();
        assertInvisible(name(3, 0));
        drive = reopen(drive, true);
        assertInvisible(name(3, 0));
        assertFails(DriveException.Kind.GONE, sink.publish());
        assertInvisible(name(3, 0));
    }

    private void assertInvisible(ShardName name) {
        assertFails(DriveException.Kind.MISSING, drive.openShard(name));
        assertEquals(Optional.empty(), drive.statShard(name, Form.FILES).join());
        assertEquals(
                List.of(),
                drive.listShards(Form.FILES, Optional.empty(), 10).join().names());
    }

    @Test
    void anAbortedShardIsNothingAndAbortMayBeRepeated() {
        ShardSink sink = drive.createShard(name(4, 0), 64).join();
        sink.append(ByteBuffer.wrap(bytes(64, 1))).join();
        sink.abort().join();
        sink.abort().join();
        assertInvisible(name(4, 0));
        assertFails(DriveException.Kind.GONE, sink.append(ByteBuffer.wrap(bytes(1, 1))));
        assertFails(DriveException.Kind.GONE, sink.publish());
        assertInvisible(name(4, 0));
    }

    @Test
    void abortAfterPublishChangesNothing() {
        ShardSink sink = drive.createShard(name(5, 0), 0).join();
        sink.append(ByteBuffer.wrap(bytes(64, 1))).join();
        sink.publish().join();
        sink.abort().join();
        assertArrayEquals(bytes(64, 1), readFile(name(5, 0)));
    }

    @Test
    void twoSinksOfOneNameDoNotMixAndTheLaterPublishWins() {
        ShardSink one = drive.createShard(name(6, 0), 0).join();
        ShardSink two = drive.createShard(name(6, 0), 0).join();
        one.append(ByteBuffer.wrap("one".getBytes(UTF_8))).join();
        two.append(ByteBuffer.wrap("two".getBytes(UTF_8))).join();
        one.publish().join();
        try (ShardSource old = drive.openShard(name(6, 0)).join()) {
            two.publish().join();
            ByteBuffer target = ByteBuffer.allocate(3);
            old.read(0, target).join();
            assertEquals("one", new String(target.array(), UTF_8));
        }
        assertEquals("two", new String(readFile(name(6, 0)), UTF_8));
    }

    @Test
    void readsFillTheTargetExceptAtTheEnd() {
        publish(name(7, 0), bytes(1000, 7));
        try (ShardSource source = drive.openShard(name(7, 0)).join()) {
            ByteBuffer target = ByteBuffer.allocate(300);
            assertEquals(300, source.read(500, target).join());
            assertFalse(target.hasRemaining());
            assertArrayEquals(Arrays.copyOfRange(bytes(1000, 7), 500, 800), target.array());
            assertEquals(100, source.read(900, target.clear()).join());
            assertEquals(100, target.position());
            assertEquals(0, source.read(1000, target.clear()).join());
            assertEquals(0, source.read(5000, target.clear()).join());
        }
    }

    @Test
    void aClosedSourceReadsNoMore() {
        publish(name(8, 0), bytes(10, 8));
        ShardSource source = drive.openShard(name(8, 0)).join();
        source.close();
        source.close();
        assertFails(DriveException.Kind.GONE, source.read(0, ByteBuffer.allocate(4)));
    }

    @ParameterizedTest
    @EnumSource(names = {"PACKED", "FILES"})
    void storedShardsSurviveACrash(Form form) {
        for (int i = 0; i < 20; i++) {
            store(form, name(i, i), bytes(1000 * i, i));
        }
        drive = reopen(drive, true);
        for (int i = 0; i < 20; i++) {
            assertArrayEquals(bytes(1000 * i, i), load(form, name(i, i)), "shard " + i);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PACKED", "FILES"})
    void deletedShardsAreGoneAndDeletingTwiceIsNoError(Form form) {
        store(form, name(1, 0), bytes(10, 1));
        store(form, name(1, 1), bytes(10, 2));
        drive.deleteShard(name(1, 0), form).join();
        drive.deleteShard(name(1, 0), form).join();
        assertFails(
                DriveException.Kind.MISSING,
                form == Form.FILES ? drive.openShard(name(1, 0)) : drive.readPacked(name(1, 0)));
        assertEquals(Optional.empty(), drive.statShard(name(1, 0), form).join());
        assertArrayEquals(bytes(10, 2), load(form, name(1, 1)));
        drive = reopen(drive, false);
        assertEquals(Optional.empty(), drive.statShard(name(1, 0), form).join());
    }

    @ParameterizedTest
    @EnumSource(names = {"PACKED", "FILES"})
    void listingPagesThroughEveryShardOnce(Form form) {
        TreeSet<ShardName> expected = new TreeSet<>();
        for (int i = 0; i < 57; i++) {
            ShardName name = name(i / 3, i % 3 * 100);
            store(form, name, bytes(3, i));
            expected.add(name);
        }
        List<ShardName> listed = new ArrayList<>();
        ShardPage page = drive.listShards(form, Optional.empty(), 10).join();
        listed.addAll(page.names());
        while (page.more()) {
            assertEquals(10, page.names().size());
            page = drive.listShards(form, Optional.of(page.names().getLast()), 10)
                    .join();
            listed.addAll(page.names());
        }
        assertEquals(expected.size(), listed.size());
        assertEquals(expected, new TreeSet<>(listed));
    }

    @ParameterizedTest
    @EnumSource(names = {"PACKED", "FILES"})
    void listingGoesOnBehindAShardThatWasDeleted(Form form) {
        for (int i = 0; i < 9; i++) {
            store(form, name(i, 0), bytes(3, i));
        }
        List<ShardName> all =
                drive.listShards(form, Optional.empty(), 100).join().names();
        drive.deleteShard(all.get(4), form).join();
        assertEquals(
                all.subList(5, 9),
                drive.listShards(form, Optional.of(all.get(4)), 100).join().names());
    }

    @Test
    void theTwoFormsAreApart() {
        store(Form.PACKED, name(1, 0), bytes(10, 1));
        store(Form.FILES, name(2, 0), bytes(10, 1));
        assertFails(DriveException.Kind.MISSING, drive.openShard(name(1, 0)));
        assertFails(DriveException.Kind.MISSING, drive.readPacked(name(2, 0)));
        assertEquals(
                List.of(name(1, 0)),
                drive.listShards(Form.PACKED, Optional.empty(), 10).join().names());
        assertEquals(
                List.of(name(2, 0)),
                drive.listShards(Form.FILES, Optional.empty(), 10).join().names());
    }

    @Test
    void aPageHasOneToTenThousandNames() {
        assertThrows(IllegalArgumentException.class, () -> drive.listShards(Form.FILES, Optional.empty(), 0));
        assertThrows(IllegalArgumentException.class, () -> drive.listShards(Form.FILES, Optional.empty(), 10_001));
    }

    @Test
    void writePackedLeavesTheBufferAsItWas() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(20).position(5).limit(15);
        drive.writePacked(name(1, 0), buffer).join();
        assertEquals(5, buffer.position());
        assertEquals(15, buffer.limit());
        assertEquals(Optional.of(10L), drive.statShard(name(1, 0), Form.PACKED).join());
    }

    @Test
    void theCatalogEpochGoesUpAndSurvives() {
        Id128 incarnation = drive.incarnation();
        drive.raiseCatalogEpoch(5).join();
        drive.raiseCatalogEpoch(3).join();
        assertEquals(5, drive.catalogEpoch());
        drive = reopen(drive, true);
        assertEquals(5, drive.catalogEpoch());
        assertEquals(incarnation, drive.incarnation());
    }

    @Test
    void aClosedDriveAnswersGoneAtOnceToEverything() {
        publish(name(1, 0), bytes(10, 1));
        ShardSink sink = drive.createShard(name(2, 0), 0).join();
        ShardSource source = drive.openShard(name(1, 0)).join();
        drive.close();
        drive.close();
        assertEquals(DriveStatus.State.OFFLINE, drive.status().state());
        assertFalse(drive.status().reason().isEmpty());
        List<CompletableFuture<?>> answers = List.of(
                drive.createShard(name(3, 0), 0),
                drive.openShard(name(1, 0)),
                drive.writePacked(name(4, 0), ByteBuffer.allocate(1)),
                drive.readPacked(name(4, 0)),
                drive.deleteShard(name(1, 0), Form.FILES),
                drive.deleteShard(name(1, 0), Form.PACKED),
                drive.statShard(name(1, 0), Form.FILES),
                drive.statShard(name(1, 0), Form.PACKED),
                drive.listShards(Form.FILES, Optional.empty(), 1),
                drive.listShards(Form.PACKED, Optional.empty(), 1),
                drive.raiseCatalogEpoch(9),
                sink.append(ByteBuffer.allocate(1)),
                sink.publish(),
                source.read(0, ByteBuffer.allocate(1)),
                drive.keyValue().commit(new KvBatch().put(KvSpace.LOCAL, new byte[1], new byte[1])),
                drive.keyValue().get(KvSpace.LOCAL, new byte[1]),
                drive.keyValue().scan(KvSpace.LOCAL, new byte[0], new byte[] {9}, new ScanLimit(1, 1)));
        answers.forEach(answer -> assertFails(DriveException.Kind.GONE, answer));
        assertThrows(DriveException.class, () -> drive.keyValue().cursor(KvSpace.LOCAL));
        source.close();
    }
}
