package io.kintsugi.objects;

import java.nio.ByteBuffer;
import java.time.Instant;
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
    private static final int FIXED_BYTES = Long.BYTES + 1 + 4 * Long.BYTES + Integer.BYTES;
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
        byte[] text = MarkFormat.text(place);
        int flags =
                (ended ? ENDED : 0) | (lastPass.isPresent() ? HAS_LAST_PASS : 0) | (place.isPresent() ? HAS_PLACE : 0);
        ByteBuffer to = MarkFormat.begin(FIXED_BYTES + text.length);
        to.putLong(sequence).put((byte) flags).putLong(since.toEpochMilli());
        to.putLong(lastPass.map(Instant::toEpochMilli).orElse(0L)).putLong(done).putLong(total);
        return MarkFormat.end(to.putInt(text.length).put(text));
    }

    /** Empty when this is not a mark, or one of a later release. */
    static Optional<RowScrubMark> decode(byte[] bytes) {
        return MarkFormat.decode(bytes, RowScrubMark::read);
    }

    private static RowScrubMark read(ByteBuffer from) {
        long sequence = from.getLong();
        byte flags = from.get();
        Instant since = Instant.ofEpochMilli(from.getLong());
        Instant last = Instant.ofEpochMilli(from.getLong());
        long done = from.getLong();
        long total = from.getLong();
        String text = MarkFormat.text(from);
        return new RowScrubMark(
                sequence,
                (flags & ENDED) != 0,
                since,
                (flags & HAS_LAST_PASS) != 0 ? Optional.of(last) : Optional.empty(),
                done,
                total,
                (flags & HAS_PLACE) != 0 ? Optional.of(text) : Optional.empty());
    }

    /** The last one that was written, of those that drives have. */
    static Optional<RowScrubMark> newest(List<byte[]> copies) {
        return MarkFormat.newest(copies, RowScrubMark::decode, RowScrubMark::sequence);
    }
}
