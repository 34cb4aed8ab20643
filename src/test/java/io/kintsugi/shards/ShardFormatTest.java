package io.kintsugi.shards;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.VersionId;
import io.kintsugi.codec.Crc32c;
import io.kintsugi.drives.ShardName;
import io.kintsugi.drives.ShardSink;
import io.kintsugi.shards.ShardFormatException.Kind;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ShardFormatTest {
    private static final ShardName NAME = new ShardName(new BlobId(new Id128(0x0102030405060708L, 9)), 3);

    private static final BlobOrigin PART = new BlobOrigin(
            new BucketName("photos"),
            ObjectKey.of("2026/ähren/𝄞.jpg"),
            VersionId.NULL,
            Optional.of(new BlobOrigin.Part(new UploadId(new Id128(5, 6)), 10_000)));

    private static final BlobOrigin OBJECT = new BlobOrigin(
            new BucketName("b".repeat(63)),
            ObjectKey.of("k".repeat(ObjectKey.MAX_BYTES)),
            new VersionId(new Id128(7, 8)),
            Optional.empty());

    private static ByteBuffer header(BlobOrigin origin, int bytes) {
        ByteBuffer target = ByteBuffer.allocate(bytes);
        new ShardHeader(NAME, new ErasureCode(12, 4), 1_048_320, origin).put(target, 0, bytes);
        return target;
    }

    @Test
    void aHeaderIsReadBackInBothSizes() {
        for (BlobOrigin origin : List.of(PART, OBJECT)) {
            for (int bytes : new int[] {ShardHeader.packedBytes(origin), ShardFormat.FILE_HEADER_BYTES}) {
                ShardHeader read = ShardHeader.read(header(origin, bytes));
                assertEquals(new ShardHeader(NAME, new ErasureCode(12, 4), 1_048_320, origin), read);
            }
        }
    }

    @Test
    void everyFlippedBitOfAHeaderIsNoticed() {
        int bytes = ShardHeader.packedBytes(PART);
        for (int bit = 0; bit < bytes * Byte.SIZE; bit++) {
            ByteBuffer damaged = header(PART, bytes);
            damaged.put(bit / 8, (byte) (damaged.get(bit / 8) ^ 1 << bit % 8));
            assertThrows(ShardFormatException.class, () -> ShardHeader.read(damaged), "bit " + bit);
        }
    }

    private static final BlobLayout LAYOUT = new BlobLayout(3_000_000, 2, BlobLayout.stripeBytes(2));

    private static ByteBuffer footer(byte[] note) {
        ShardFooter footer = ShardFooter.of(LAYOUT, note);
        ByteBuffer target = ByteBuffer.allocate(footer.bytes());
        footer.put(target, 0, ShardFormat.binding(NAME));
        return target;
    }

    private static ShardFooter read(ByteBuffer footer) {
        return ShardFooter.read(footer, footer.capacity(), ShardFormat.binding(NAME));
    }

    @Test
    void aFooterIsReadBackFromBehindWithItsNote() {
        for (int length : new int[] {0, 1, 63, 900, 70_000, BlobNote.MAX_BYTES}) {
            byte[] note = BlobHarness.bytes(length);
            ShardFooter read = read(footer(note));
            assertArrayEquals(note, read.note());
            long expected = LAYOUT.fileBytes(read.bytes());
            assertEquals(0, expected % ShardSink.BLOCK_BYTES);
            long zeros = expected - ShardFormat.FILE_HEADER_BYTES - LAYOUT.framesBytes() - read.bytes();
            assertTrue(zeros >= 0 && zeros < ShardSink.BLOCK_BYTES, zeros + " zeros");
            read.check(LAYOUT, expected, expected);
            assertThrows(
                    ShardFormatException.class,
                    () -> read.check(LAYOUT, expected, expected + ShardSink.BLOCK_BYTES),
                    "a block too many in between");
        }
        assertThrows(IllegalArgumentException.class, () -> ShardFooter.of(LAYOUT, new byte[BlobNote.MAX_BYTES + 1]));
    }

    @Test
    void everyFlippedBitOfAFooterIsNoticed() {
        ByteBuffer footer = footer(BlobHarness.bytes(100));
        for (int bit = 0; bit < footer.capacity() * Byte.SIZE; bit++) {
            ByteBuffer damaged = ByteBuffer.wrap(footer.array().clone());
            damaged.put(bit / 8, (byte) (damaged.get(bit / 8) ^ 1 << bit % 8));
            assertThrows(ShardFormatException.class, () -> read(damaged), "bit " + bit);
        }
    }

    @Test
    void aFooterOfAnotherVersionIsTold() {
        assertEquals(Kind.TOO_NEW, footerOfVersion(2));
        assertEquals(Kind.TOO_OLD, footerOfVersion(0));
    }

    private static Kind footerOfVersion(int version) {
        ByteBuffer footer = footer(new byte[0]);
        footer.putInt(28, version)
                .putInt(32, ShardFormat.seal(Crc32c.of(footer, 0, 32), ShardFormat.binding(NAME), -1));
        return assertThrows(ShardFormatException.class, () -> read(footer)).kind();
    }

    @Test
    void fourThingsThatCanBeWrongAreFourAnswers() {
        ByteBuffer notOurs = ByteBuffer.allocate(4096);
        assertEquals(Kind.NOT_OURS, kindOf(notOurs));
        assertEquals(Kind.TOO_OLD, kindOf(ofVersion(0)));
        assertEquals(Kind.TOO_NEW, kindOf(ofVersion(2)));
        ByteBuffer damaged = header(PART, 2048);
        damaged.put(9, (byte) 2);
        assertEquals(Kind.CORRUPT, kindOf(damaged), "a damaged version is not a newer one");
        assertEquals(Kind.CORRUPT, kindOf(header(PART, 2048).limit(100)));
        assertEquals(Kind.CORRUPT, kindOf(ByteBuffer.allocate(0)));
    }

    private static ByteBuffer ofVersion(int version) {
        ByteBuffer header = header(PART, 2048);
        header.putShort(8, (short) version);
        return header.putInt(2044, Crc32c.of(header, 0, 2044));
    }

    private static Kind kindOf(ByteBuffer bytes) {
        return assertThrows(ShardFormatException.class, () -> ShardHeader.read(bytes))
                .kind();
    }

    @Test
    void sealsBindAFrameToItsPlace() {
        int here = ShardFormat.seal(42, ShardFormat.binding(NAME), 7);
        ShardName sibling = new ShardName(NAME.blob(), 4);
        ShardName stranger = new ShardName(new BlobId(new Id128(1, 1)), 3);
        List<Integer> elsewhere = List.of(
                ShardFormat.seal(42, ShardFormat.binding(NAME), 8),
                ShardFormat.seal(42, ShardFormat.binding(sibling), 7),
                ShardFormat.seal(42, ShardFormat.binding(stranger), 7));
        assertEquals(-1, elsewhere.indexOf(here));
    }
}
