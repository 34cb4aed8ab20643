package io.kintsugi.shards;

import io.kintsugi.drives.ShardSink;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Makes of the stripes of a blob what its shard files are appended: whole blocks, in place, so that drives can write
 * them without a copy. A stripe ends somewhere within a block; what it has of its last one is carried over to the next
 * stripe, whose rows keep room for it in front. The first stripe has the header there, and the last one the zeros and
 * the footer behind it, so that a blob of one stripe is written in one piece.
 *
 * <p>Takes the stripes in order. One thread.
 */
final class FileRows {
    /** Room for a footer with the note of almost every object. */
    static final int FOOTER_ROOM = 1024;

    private final WritePlan plan;
    private final int[] bindings;
    /** What of a row is not written yet, a block for each shard; allocated when there is a second stripe. */
    private byte[] carried = {};

    private long stripes;

    FileRows(WritePlan plan) {
        this.plan = plan;
        this.bindings = new int[plan.shards()];
        Arrays.setAll(bindings, i -> ShardFormat.binding(plan.name(i)));
    }

    /**
     * The shape of a stripe's rows in shard files.
     *
     * @param behind room for a footer at the end of the file; 0 when another stripe follows
     */
    static StripeImage.Shape shape(BlobLayout layout, long stripe, int plainBytes, int behind) {
        int chunk = BlobLayout.chunkBytes(plainBytes, layout.dataShards());
        return StripeImage.Shape.inFile(ShardFormat.FILE_HEADER_BYTES + layout.framePosition(stripe, 0), chunk, behind);
    }

    /** The shape of rows without frames, behind the last stripe, however short that is, of a blob cut like this. */
    static StripeImage.Shape shapeBehind(BlobLayout layout, int footer) {
        return StripeImage.Shape.inFile(ShardFormat.FILE_HEADER_BYTES + layout.framesBytes(), 0, footer);
    }

    /**
     * The next stripe's rows, coded and sealed, get what stands before their frames. The image keeps the bytes of all
     * rows until each was appended.
     */
    void next(StripeImage image) {
        for (int i = 0; i < plan.shards(); i++) {
            begin(image, i);
        }
        carry(image);
        stripes++;
    }

    /** As {@link #next}, for the last stripe, whose rows have room for the footer. */
    void last(StripeImage image, ShardFooter footer) {
        for (int i = 0; i < plan.shards(); i++) {
            begin(image, i);
            image.clearTail(i);
            int end = image.rowOffset(i) + image.shape().blocksWith(footer.bytes());
            footer.put(image.slab().buffer(), end - footer.bytes(), bindings[i]);
        }
        stripes++;
    }

    private void begin(StripeImage image, int row) {
        int start = image.rowOffset(row);
        ByteBuffer bytes = image.slab().buffer();
        if (stripes == 0) {
            plan.header(row).put(bytes, start, ShardFormat.FILE_HEADER_BYTES);
        } else {
            bytes.put(start, carried, row * ShardSink.BLOCK_BYTES, image.shape().head());
        }
    }

    private void carry(StripeImage image) {
        int whole = image.shape().wholeBlocks();
        int rest = image.shape().framesEnd() - whole;
        if (carried.length == 0) {
            carried = new byte[Math.multiplyExact(plan.shards(), ShardSink.BLOCK_BYTES)];
        }
        ByteBuffer bytes = image.slab().buffer();
        for (int i = 0; i < plan.shards(); i++) {
            bytes.get(image.rowOffset(i) + whole, carried, i * ShardSink.BLOCK_BYTES, rest);
        }
    }

    /** What is appended of a row of the last stripe. */
    static ByteBuffer ending(StripeImage image, int row, ShardFooter footer) {
        return image.slab().slice(image.rowOffset(row), image.shape().blocksWith(footer.bytes()));
    }

    /** What is appended of a row of a stripe that is not the last. */
    static ByteBuffer blocks(StripeImage image, int row) {
        return image.slab().slice(image.rowOffset(row), image.shape().wholeBlocks());
    }
}
