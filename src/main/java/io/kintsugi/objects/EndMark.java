package io.kintsugi.objects;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.Id128;
import io.kintsugi.objects.UpkeepSnapshot.Count;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a process knew of the store when it ended in order, as each drive keeps it ({@code docs/DISK-FORMAT.md}, space
 * {@code local}): so that the next one need not walk over all blobs to find that out. Losing it costs those walks.
 *
 * @param id another one for each mark: a drive that was put back to what it once was has another mark than the others
 * @param whole whether each shard of each blob was where it is recorded, as far as the process knew. A process that
 *     begins puts a mark in the place of this one that says no
 * @param epoch of the catalog
 * @param sequence of the catalog's last commit; any later one but the beginning of the next epoch makes the mark
 *     worthless
 * @param drives of the deployment; all of them answered
 * @param usage what was counted on them last, if anything was
 */
record EndMark(
        Id128 id, boolean whole, long epoch, long sequence, Set<DriveId> drives, Optional<DriveUsage.Sums> usage) {
    private static final byte WHOLE = 1;
    private static final byte COUNTED = 2;
    private static final int FIXED_BYTES = Id128.BYTES + 1 + 2 * Long.BYTES + Integer.BYTES;
    private static final int SUMS_BYTES = 3 * Long.BYTES;
    private static final int COUNT_BYTES = 2 * Long.BYTES;

    EndMark {
        drives = Set.copyOf(drives);
    }

    /** What a process puts in the place of a mark that it has read. */
    static EndMark begun(Id128 id) {
        return new EndMark(id, false, 0, 0, Set.of(), Optional.empty());
    }

    byte[] encode() {
        int each = Id128.BYTES + (usage.isPresent() ? COUNT_BYTES : 0);
        ByteBuffer to = MarkFormat.begin(FIXED_BYTES + drives.size() * each + (usage.isPresent() ? SUMS_BYTES : 0));
        id.write(to);
        to.put((byte) ((whole ? WHOLE : 0) | (usage.isPresent() ? COUNTED : 0)));
        to.putLong(epoch).putLong(sequence).putInt(drives.size());
        for (DriveId drive : new TreeSet<>(drives)) {
            drive.value().write(to);
            usage.map(sums -> sums.byDrive().getOrDefault(drive, Count.NONE))
                    .ifPresent(count -> to.putLong(count.blobs()).putLong(count.bytes()));
        }
        usage.ifPresent(sums -> to.putLong(sums.strays()).putDouble(sums.all()).putDouble(sums.oneOfEach()));
        return MarkFormat.end(to);
    }

    /** Empty when this is not a mark, or one of a later release. */
    static Optional<EndMark> decode(byte[] bytes) {
        return MarkFormat.decode(bytes, EndMark::read);
    }

    private static EndMark read(ByteBuffer from) {
        Id128 id = Id128.read(from);
        byte flags = from.get();
        boolean counted = (flags & COUNTED) != 0;
        long epoch = from.getLong();
        long sequence = from.getLong();
        int count = from.getInt();
        Map<DriveId, Count> drives = new HashMap<>();
        for (int i = 0; i < count; i++) {
            DriveId drive = new DriveId(Id128.read(from));
            drives.put(drive, counted ? new Count(from.getLong(), from.getLong()) : Count.NONE);
        }
        Optional<DriveUsage.Sums> usage = counted
                ? Optional.of(new DriveUsage.Sums(drives, from.getLong(), from.getDouble(), from.getDouble()))
                : Optional.empty();
        return new EndMark(id, (flags & WHOLE) != 0, epoch, sequence, drives.keySet(), usage);
    }
}
