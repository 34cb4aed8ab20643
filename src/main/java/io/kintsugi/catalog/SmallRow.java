package io.kintsugi.catalog;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Rows of the reclaim queue, inline bytes, and rows that are one number. */
final class SmallRow {
    static final int FORMAT = 1;
    private static final String RECLAIM = "an entry of the reclaim queue";
    private static final String INLINE = "an inline blob";
    private static final String NUMBER = "an index entry";
    private static final String KEPT = "what a rebuild keeps";
    private static final int NAMED = 1;
    private static final int UNSEEN = 2;
    private static final int NUMBER_BYTES = 1 + Long.BYTES;

    private SmallRow() {}

    static byte[] encodeReclaim(BlobRef blob, Instant dropped) {
        RowWriter to = new RowWriter(FORMAT).instant(dropped);
        Nouns.writeBlob(to, blob);
        return to.finish();
    }

    static Reclaim decodeReclaim(long sequence, byte[] row) {
        RowReader from = new RowReader(row, FORMAT, RECLAIM);
        Instant dropped = from.instant();
        Reclaim entry = new Reclaim(sequence, Nouns.readBlob(from), dropped);
        from.end();
        return entry;
    }

    static byte[] encodeKept(Kept kept) {
        RowWriter to = new RowWriter(FORMAT)
                .i64(kept.epoch())
                .instant(kept.madeBefore())
                .instant(kept.until())
                .u8((kept.namedBefore().isPresent() ? NAMED : 0) | UNSEEN);
        kept.namedBefore().ifPresent(to::instant);
        to.varint(kept.unseen().size());
        new TreeSet<>(kept.unseen()).forEach(drive -> to.id(drive.value()));
        return to.finish();
    }

    static Kept decodeKept(byte[] row) {
        RowReader from = new RowReader(row, FORMAT, KEPT);
        long epoch = from.i64();
        Instant madeBefore = from.instant();
        Instant until = from.instant();
        int flags = from.u8();
        Optional<Instant> named = (flags & NAMED) != 0 ? Optional.of(from.instant()) : Optional.empty();
        Set<DriveId> unseen = (flags & UNSEEN) != 0 ? Set.copyOf(Nouns.readDrives(from, from.count())) : Set.of();
        from.end();
        return new Kept(epoch, madeBefore, until, named, unseen);
    }

    static byte[] encodeInline(byte[] bytes) {
        return new RowWriter(FORMAT, 1 + bytes.length).raw(bytes).finish();
    }

    /** @param row whose checksum was verified when it was read */
    static byte[] decodeInline(byte[] row) {
        return RowReader.ofIntact(row, FORMAT, INLINE).rest();
    }

    static byte[] encodeNumber(long number) {
        return new RowWriter(FORMAT, NUMBER_BYTES).i64(number).finish();
    }

    static long decodeNumber(byte[] row) {
        RowReader from = new RowReader(row, FORMAT, NUMBER);
        long number = from.i64();
        from.end();
        return number;
    }
}
