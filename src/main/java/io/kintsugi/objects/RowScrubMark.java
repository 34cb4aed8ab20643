package io.kintsugi.objects;

import io.kintsugi.codec.Crc32c;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How far scrubbing of the catalog's rows has come, as each drive keeps it ({@code docs/DISK-FORMAT.md}, space
 * {@code local}). Losing it costs a pass that begins anew.
 *
 * @param sequence goes up with each mark; of several the greatest counts
 * @param ended whether the pass is over and the next one waits for its time
 * @param since when the pass began
 * @param lastPass when a pass ended last
 * @param done how much of the pass is done, as a weight
 * @param total how much the pass before was, as a weight; 0 when there was none
 * @param place the cursor of the next page; empty at the beginning
 */
record RowScrubMark(
        long sequence,
        boolean ended,
        Instant since,
        Optional<Instant> lastPass,
        long done,
        long total,
        Optional<String> place) {
    private static final byte FORMAT = 1;
    private static final int FIXED_BYTES = 1 + Long.BYTES + 1 + 4 * Long.BYTES + Integer.BYTES;
    private static final byte ENDED = 1;
    private static final byte HAS_LAST_PASS = 2;
    private static final byte HAS_PLACE = 4;

    /** The first pass. */
    static RowScrubMark beginning(Instant now) {
        return new RowScrubMark(1, false, now, Optional.empty(), 0, 0, Optional.empty());
    }

    /** The pass begins, or begins once more. */
    RowScrubMark anew(Instant now) {
        return new RowScrubMark(sequence, false, now, lastPass, 0, total, Optional.empty());
    }

    RowScrubMark since(Instant begun) {
        return new RowScrubMark(sequence, ended, begun, lastPass, done, total, place);
    }

    /** A page more is done. */
    RowScrubMark seen(long weight, Optional<String> next) {
        return new RowScrubMark(sequence, ended, since, lastPass, done + weight, total, next);
    }

    RowScrubMark end(Instant now) {
        return new RowScrubMark(sequence, true, since, Optional.of(now), done, done, Optional.empty());
    }

    RowScrubMark next() {
        return new RowScrubMark(sequence + 1, ended, since, lastPass, done, total, place);
    }

    byte[] encode() {
        byte[] text = place.orElse("").getBytes(StandardCharsets.US_ASCII);
        int flags =
                (ended ? ENDED : 0) | (lastPass.isPresent() ? HAS_LAST_PASS : 0) | (place.isPresent() ? HAS_PLACE : 0);
        ByteBuffer to = ByteBuffer.allocate(FIXED_BYTES + text.length + Integer.BYTES);
        to.put(FORMAT).putLong(sequence).put((byte) flags).putLong(since.toEpochMilli());
        to.putLong(lastPass.map(Instant::toEpochMilli).orElse(0L)).putLong(done).putLong(total);
        to.putInt(text.length).put(text);
        return to.putInt(Crc32c.of(to.array(), 0, to.position())).array();
    }

    /** Empty when this is not a mark, or one of a later release. */
    static Optional<RowScrubMark> decode(byte[] bytes) {
        int end = bytes.length - Integer.BYTES;
        ByteBuffer from = ByteBuffer.wrap(bytes);
        if (end < FIXED_BYTES || from.getInt(end) != Crc32c.of(bytes, 0, end) || from.get() != FORMAT) {
            return Optional.empty();
        }
        try {
            return Optional.of(read(from));
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    private static RowScrubMark read(ByteBuffer from) {
        long sequence = from.getLong();
        byte flags = from.get();
        Instant since = Instant.ofEpochMilli(from.getLong());
        Instant last = Instant.ofEpochMilli(from.getLong());
        long done = from.getLong();
        long total = from.getLong();
        byte[] text = new byte[Math.clamp(from.getInt(), 0, from.remaining())];
        from.get(text);
        return new RowScrubMark(
                sequence,
                (flags & ENDED) != 0,
                since,
                (flags & HAS_LAST_PASS) != 0 ? Optional.of(last) : Optional.empty(),
                done,
                total,
                (flags & HAS_PLACE) != 0 ? Optional.of(new String(text, StandardCharsets.US_ASCII)) : Optional.empty());
    }

    /** The last one that was written, of those that drives have. */
    static Optional<RowScrubMark> newest(List<byte[]> copies) {
        return copies.stream()
                .flatMap(copy -> decode(copy).stream())
                .max(Comparator.comparingLong(RowScrubMark::sequence));
    }
}
