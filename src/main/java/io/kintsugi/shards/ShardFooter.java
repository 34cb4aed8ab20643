package io.kintsugi.shards;

import io.kintsugi.codec.Crc32c;
import java.nio.ByteBuffer;

/**
 * The end of a shard: a note of any length, then fixed fields that say how long it is, so that it is read from behind.
 * The table is in {@code docs/DISK-FORMAT.md}.
 *
 * @param size bytes of the blob
 * @param frames of the shard
 * @param note see {@link BlobNote}
 */
@SuppressWarnings("ArrayRecordComponent")
record ShardFooter(long size, long frames, byte[] note) {
    /** Bytes behind the note. */
    static final int FIXED_BYTES = 36;
    /** "KINTFOOT". */
    private static final long MAGIC = 0x4b494e54464f4f54L;

    private static final int SEALED_BYTES = FIXED_BYTES - ShardFormat.SEAL_BYTES;
    private static final int NOTE_LENGTH_AT = 24;
    private static final int VERSION_AT = 28;
    /** No frame has this number: frames are counted from 0. */
    private static final long FRAME = -1;

    static ShardFooter of(BlobLayout layout, byte[] note) {
        if (note.length > BlobNote.MAX_BYTES) {
            throw new IllegalArgumentException("a note of " + note.length + " bytes");
        }
        return new ShardFooter(layout.size(), layout.frames(), note);
    }

    int bytes() {
        return note.length + FIXED_BYTES;
    }

    /** Writes it from {@code at} on. */
    void put(ByteBuffer target, int at, int binding) {
        int fixed = at + note.length;
        target.put(at, note)
                .putLong(fixed, MAGIC)
                .putLong(fixed + 8, size)
                .putLong(fixed + 16, frames)
                .putInt(fixed + NOTE_LENGTH_AT, note.length)
                .putInt(fixed + VERSION_AT, ShardFormat.VERSION)
                .putInt(
                        fixed + SEALED_BYTES,
                        ShardFormat.seal(Crc32c.of(target, at, note.length + SEALED_BYTES), binding, FRAME));
    }

    /**
     * How many bytes at the end of a shard are footer, when these are its last. Not verified: {@link #read} does that.
     *
     * @throws ShardFormatException when that can't be
     */
    static int lengthAtEnd(ByteBuffer bytes, int end) {
        int fixed = end - FIXED_BYTES;
        if (fixed < 0 || bytes.getLong(fixed) != MAGIC) {
            throw ShardFormatException.corrupt("it does not end as a shard does");
        }
        int note = bytes.getInt(fixed + NOTE_LENGTH_AT);
        if (note < 0 || note > BlobNote.MAX_BYTES) {
            throw ShardFormatException.corrupt("its footer has a note of " + note + " bytes");
        }
        return note + FIXED_BYTES;
    }

    /**
     * Reads the footer that ends at {@code end}.
     *
     * @throws ShardFormatException unless it is whole, and that of this shard
     */
    static ShardFooter read(ByteBuffer bytes, int end, int binding) {
        int length = lengthAtEnd(bytes, end);
        int at = end - length;
        if (at < 0) {
            throw ShardFormatException.corrupt("it ends within its footer");
        }
        int fixed = end - FIXED_BYTES;
        int crc = Crc32c.of(bytes, at, length - ShardFormat.SEAL_BYTES);
        if (bytes.getInt(fixed + SEALED_BYTES) != ShardFormat.seal(crc, binding, FRAME)) {
            throw ShardFormatException.corrupt("its footer does not match: it is damaged, or ends elsewhere");
        }
        ShardFormat.checkVersion(bytes.getInt(fixed + VERSION_AT));
        byte[] note = new byte[length - FIXED_BYTES];
        bytes.get(at, note);
        return new ShardFooter(bytes.getLong(fixed + 8), bytes.getLong(fixed + 16), note);
    }

    /**
     * @param expected bytes of a shard of a blob cut like this, with this footer
     * @throws ShardFormatException unless it ends such a shard, of so many bytes
     */
    void check(BlobLayout layout, long expected, long shardBytes) {
        if (size != layout.size() || frames != layout.frames() || shardBytes != expected) {
            throw ShardFormatException.corrupt("its footer is that of " + size + " bytes in " + frames
                    + " frames, and it has " + shardBytes + " bytes: not what was written");
        }
    }
}
