package io.kintsugi.shards;

import static io.kintsugi.shards.ShardFormat.FRAME_BYTES;
import static io.kintsugi.shards.ShardFormat.SEAL_BYTES;

import io.kintsugi.base.ByteSource;
import io.kintsugi.codec.Crc32c;
import io.kintsugi.codec.Slab;
import io.kintsugi.codec.Stripe;
import io.kintsugi.drives.ShardSink;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Chunks of one stripe in memory, exactly as they are in the shards, seals included: row i is what shard i has. So a
 * row is written and read in one piece, and the code runs over whole rows; what it makes of the seals between the
 * frames is overwritten by the right ones, or ignored.
 *
 * <p>The rows may hold only some frames of each chunk ({@link Shape#span}), and may leave room before and behind for
 * header and footer.
 */
final class StripeImage {
    private static final byte[] ZEROS = new byte[4096];

    private final SharedSlab memory;
    private final Shape shape;

    StripeImage(SharedSlab memory, Shape shape) {
        this.memory = memory;
        this.shape = shape;
    }

    /** Frames {@code first} to {@code end - 1} of a chunk. */
    record Span(int first, int end) {
        Span union(Span other) {
            return new Span(Math.min(first, other.first), Math.max(end, other.end));
        }
    }

    /**
     * The shape of the rows.
     *
     * @param head bytes before the first frame of each row
     * @param tail bytes behind the last frame of each row
     * @param chunkBytes of the whole chunk
     * @param span the frames of it that the rows hold
     */
    record Shape(int head, int tail, int chunkBytes, Span span) {
        static Shape ofChunk(int chunkBytes) {
            return ofFrames(chunkBytes, new Span(0, BlobLayout.framesOf(chunkBytes)));
        }

        static Shape ofFrames(int chunkBytes, Span span) {
            return new Shape(0, 0, chunkBytes, span);
        }

        /**
         * A whole chunk as it lies in a shard file, in blocks of the file.
         *
         * @param position of the first frame in the file
         * @param behind bytes at the end of the file, 0 when it goes on behind this chunk
         */
        static Shape inFile(long position, int chunkBytes, int behind) {
            return ofChunk(chunkBytes).inBlocks(position, behind);
        }

        /** The same frames with what else is in their blocks of the file; parameters as in {@link #inFile}. */
        Shape inBlocks(long position, int behind) {
            int before = (int) (position % ShardSink.BLOCK_BYTES);
            int end = before + sealedBytes(span);
            int blocks = Math.ceilDiv(end + behind, ShardSink.BLOCK_BYTES);
            return new Shape(before, blocks * ShardSink.BLOCK_BYTES - end, chunkBytes, span);
        }

        int frameBytes(int frame) {
            return Math.min(FRAME_BYTES, chunkBytes - frame * FRAME_BYTES);
        }

        /** Bytes of the frames of {@code some} with their seals. */
        int sealedBytes(Span some) {
            int data = Math.min(some.end() * FRAME_BYTES, chunkBytes) - some.first() * FRAME_BYTES;
            return Math.max(0, data) + (some.end() - some.first()) * SEAL_BYTES;
        }

        int rowBytes() {
            return framesEnd() + tail;
        }

        /** Where the last frame of a row ends, counted from the begin of the row. */
        int framesEnd() {
            return head + sealedBytes(span);
        }

        /** Bytes of a row in whole blocks, with so many behind the last frame and zeros between. */
        int blocksWith(int behind) {
            return Math.ceilDiv(framesEnd() + behind, ShardSink.BLOCK_BYTES) * ShardSink.BLOCK_BYTES;
        }

        boolean hasRoomBehind(int bytes) {
            return blocksWith(bytes) <= rowBytes();
        }

        /** Bytes of a row, from its begin on, that fill blocks of the file. */
        int wholeBlocks() {
            return framesEnd() / ShardSink.BLOCK_BYTES * ShardSink.BLOCK_BYTES;
        }

        /** From one row to the next. */
        int stride() {
            return ShardFormat.roundUp(rowBytes());
        }
    }

    /** Sees a run of plain bytes: where it lies in the slab. */
    @FunctionalInterface
    interface PieceVisitor {
        /** Returns whether to go on. */
        boolean visit(int offset, int length);
    }

    SharedSlab memory() {
        return memory;
    }

    Slab slab() {
        return memory.slab();
    }

    Shape shape() {
        return shape;
    }

    /** Where a row begins in the slab, with its head. */
    int rowOffset(int row) {
        return row * shape.stride();
    }

    /** Where a frame of a row begins in the slab. */
    int frameOffset(int row, int frame) {
        return rowOffset(row) + shape.head() + (frame - shape.span().first()) * (FRAME_BYTES + SEAL_BYTES);
    }

    /** The frames of all rows, to be coded: with the seals between them. */
    Stripe stripe() {
        return new Stripe(slab(), shape.head(), shape.stride(), shape.sealedBytes(shape.span()));
    }

    /** A whole row, with its head and tail. */
    ByteBuffer row(int row) {
        return slab().slice(rowOffset(row), shape.rowBytes());
    }

    /** The blocks of a row that hold frames, with what else is in them. */
    ByteBuffer blocks(int row) {
        return slab().slice(rowOffset(row), shape.blocksWith(0));
    }

    /** Frames of a row with their seals. */
    ByteBuffer frames(int row, Span some) {
        return slab().slice(frameOffset(row, some.first()), shape.sealedBytes(some));
    }

    /**
     * Visits the plain bytes of the stripe from {@code from} to {@code to} in order, frame by frame; their frames must
     * be held. Returns where it stopped.
     */
    int pieces(int from, int to, PieceVisitor visitor) {
        int position = from;
        while (position < to) {
            int inRow = position % shape.chunkBytes();
            int frame = inRow / FRAME_BYTES;
            int inFrame = inRow % FRAME_BYTES;
            int length = Math.min(to - position, shape.frameBytes(frame) - inFrame);
            if (!visitor.visit(frameOffset(position / shape.chunkBytes(), frame) + inFrame, length)) {
                return position;
            }
            position += length;
        }
        return position;
    }

    /**
     * Reads plain bytes from the start of the stripe on, until {@code bytes} are there or the source has ended; returns
     * how many there are.
     */
    int fill(ByteSource source, int bytes) {
        List<ByteBuffer> places = new ArrayList<>();
        pieces(0, bytes, (offset, length) -> places.add(slab().slice(offset, length)));
        return source.readFully(places);
    }

    /** The first {@code bytes} plain bytes, to be read once. */
    ByteSource plain(int bytes) {
        int[] position = {0};
        return target -> {
            int start = position[0];
            position[0] = pieces(start, Math.min(bytes, start + target.remaining()), (offset, length) -> {
                target.put(slab().slice(offset, length));
                return true;
            });
            return start == bytes ? -1 : position[0] - start;
        };
    }

    /** Zeros from {@code from} to {@code to}. */
    void clear(int from, int to) {
        pieces(from, to, (offset, length) -> {
            zero(slab().slice(offset, length));
            return true;
        });
    }

    /** Zeros behind the last frame of a row. */
    void clearTail(int row) {
        zero(slab().slice(rowOffset(row) + shape.framesEnd(), shape.tail()));
    }

    private static void zero(ByteBuffer rest) {
        while (rest.hasRemaining()) {
            rest.put(ZEROS, 0, Math.min(ZEROS.length, rest.remaining()));
        }
    }

    /** Writes the seals of a row. @param firstFrame the number of the chunk's first frame in its shard */
    void seal(int row, int binding, long firstFrame) {
        ByteBuffer bytes = slab().buffer();
        for (int frame = shape.span().first(); frame < shape.span().end(); frame++) {
            int offset = frameOffset(row, frame);
            int length = shape.frameBytes(frame);
            int crc = Crc32c.of(slab(), offset, length);
            bytes.putInt(offset + length, ShardFormat.seal(crc, binding, firstFrame + frame));
        }
    }

    /** Whether all of these frames of a row match their seals. */
    boolean verify(int row, Span some, int binding, long firstFrame) {
        ByteBuffer bytes = slab().buffer();
        for (int frame = some.first(); frame < some.end(); frame++) {
            int offset = frameOffset(row, frame);
            int length = shape.frameBytes(frame);
            int crc = Crc32c.of(slab(), offset, length);
            if (bytes.getInt(offset + length) != ShardFormat.seal(crc, binding, firstFrame + frame)) {
                return false;
            }
        }
        return true;
    }

    /** Copies frames of a row from an image of the same shape. */
    void copyRow(StripeImage from, int row, Span some) {
        frames(row, some).put(from.frames(row, some));
    }
}
