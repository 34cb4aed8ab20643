package io.kintsugi.objects;

import io.kintsugi.base.DriveId;
import io.kintsugi.shards.DriveLevels.Level;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Whether the drives are as they were when all was level by the last count: then there is nothing to be counted. What
 * clients write and remove shows in the room of the drives, so a count is due when that has changed on any of them; and
 * from time to time all the same, as something else on its file system may have made good for it. One thread.
 */
final class SteadyDrives {
    /** Counts that are spared one after the other: of one an hour, all but one a day. */
    static final int MOST_SPARED = 23;
    /** A hundredth of a drive is less than shards move for. */
    private static final int NOTICED_PARTS = 100;

    private Map<DriveId, Level> then = Map.of();
    private int spared;

    /** All is level. */
    void level(List<Level> now) {
        then = now.stream().collect(Collectors.toMap(Level::drive, level -> level));
        spared = 0;
    }

    /** The next count is due. */
    void forget() {
        then = Map.of();
    }

    /** Whether a count that is due is spared. */
    boolean spares(List<Level> now) {
        boolean steady = !then.isEmpty()
                && now.size() == then.size()
                && now.stream().allMatch(this::isSteady)
                && spared < MOST_SPARED;
        spared += steady ? 1 : 0;
        return steady;
    }

    private boolean isSteady(Level now) {
        Level before = then.get(now.drive());
        return before != null
                && now.use() == before.use()
                && now.room().totalBytes() == before.room().totalBytes()
                && Math.abs(now.room().freeBytes() - before.room().freeBytes())
                        <= now.room().totalBytes() / NOTICED_PARTS;
    }
}
