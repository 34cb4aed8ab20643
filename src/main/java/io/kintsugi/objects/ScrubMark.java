package io.kintsugi.objects;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.Id128;
import io.kintsugi.objects.UpkeepSnapshot.Count;
import io.kintsugi.objects.UpkeepSnapshot.Pass;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How far scrubbing has come, as each drive keeps it ({@code docs/DISK-FORMAT.md}, space {@code local}). Losing it
 * costs a pass that begins anew.
 *
 * @param sequence goes up with each mark; of several the greatest counts
 * @param ended whether the pass is over and the next one waits for its time
 * @param lastPass when a pass ended last
 * @param place up to where the pass has come
 */
record ScrubMark(long sequence, boolean ended, Pass pass, Optional<Instant> lastPass, BlobCursor.Place place) {
    private static final int COUNTS = 5;
    private static final int FIXED_BYTES = Long.BYTES + 1 + 2 * Long.BYTES + COUNTS * 2 * Long.BYTES;
    private static final byte ENDED = 1;
    private static final byte HAS_LAST_PASS = 2;
    private static final byte HAS_PAGE = 4;
    private static final byte HAS_BLOB = 8;

    /** A pass that begins, and that nothing is known of yet. */
    static ScrubMark beginning(long sequence, Instant now, Optional<Instant> lastPass) {
        return new ScrubMark(sequence, false, Pass.beginning(now), lastPass, BlobCursor.Place.BEGINNING);
    }

    ScrubMark with(Pass next, BlobCursor.Place reached) {
        return new ScrubMark(sequence, ended, next, lastPass, reached);
    }

    ScrubMark end(Instant now) {
        return new ScrubMark(sequence, true, pass, Optional.of(now), BlobCursor.Place.BEGINNING);
    }

    ScrubMark next() {
        return new ScrubMark(sequence + 1, ended, pass, lastPass, place);
    }

    byte[] encode() {
        byte[] page = MarkFormat.text(place.page());
        int blobBytes = place.last().isPresent() ? Id128.BYTES : 0;
        ByteBuffer to = MarkFormat.begin(FIXED_BYTES + blobBytes + Integer.BYTES + page.length);
        to.putLong(sequence).put(flags()).putLong(pass.since().toEpochMilli());
        to.putLong(lastPass.map(Instant::toEpochMilli).orElse(0L));
        for (Count count : List.of(pass.total(), pass.verified(), pass.partly(), pass.mended(), pass.failed())) {
            to.putLong(count.blobs()).putLong(count.bytes());
        }
        place.last().ifPresent(blob -> blob.value().write(to));
        return MarkFormat.end(to.putInt(page.length).put(page));
    }

    private byte flags() {
        return (byte) ((ended ? ENDED : 0)
                | (lastPass.isPresent() ? HAS_LAST_PASS : 0)
                | (place.page().isPresent() ? HAS_PAGE : 0)
                | (place.last().isPresent() ? HAS_BLOB : 0));
    }

    /** Empty when this is not a mark, or one of a later release. */
    static Optional<ScrubMark> decode(byte[] bytes) {
        return MarkFormat.decode(bytes, ScrubMark::read);
    }

    private static ScrubMark read(ByteBuffer from) {
        long sequence = from.getLong();
        byte flags = from.get();
        Instant since = Instant.ofEpochMilli(from.getLong());
        Instant last = Instant.ofEpochMilli(from.getLong());
        Pass pass = new Pass(since, count(from), count(from), count(from), count(from), count(from));
        Optional<BlobId> blob = (flags & HAS_BLOB) != 0 ? Optional.of(new BlobId(Id128.read(from))) : Optional.empty();
        String page = MarkFormat.text(from);
        Optional<String> cursor = (flags & HAS_PAGE) != 0 ? Optional.of(page) : Optional.empty();
        return new ScrubMark(
                sequence,
                (flags & ENDED) != 0,
                pass,
                (flags & HAS_LAST_PASS) != 0 ? Optional.of(last) : Optional.empty(),
                new BlobCursor.Place(cursor, blob));
    }

    private static Count count(ByteBuffer from) {
        return new Count(from.getLong(), from.getLong());
    }

    /** The last one that was written, of those that drives have. */
    static Optional<ScrubMark> newest(List<byte[]> copies) {
        return MarkFormat.newest(copies, ScrubMark::decode, ScrubMark::sequence);
    }
}
