package io.kintsugi.cluster;

import io.kintsugi.base.DriveId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Drives that go and come back again and again, as with a loose cable. Each time the others look at all that belongs on
 * it, and fill a replica of the catalog, from the beginning; and none of that comes to an end, nor is the drive ever
 * away for so long that it is given up. So one that went soon after it had come, several times in a row, is left alone
 * for a while, and for longer each time. What is decided by that is the caller's. One thread at a time.
 */
final class Returns {
    /** A stay that is as long as that was none of those. */
    private static final Duration LONG = Duration.ofMinutes(10);
    /** Short stays in a row after which a drive is taken back at once. */
    private static final int FREE = 3;

    private static final Duration FIRST = Duration.ofMinutes(1);
    private static final int MAX_DOUBLINGS = 6;

    private final Map<DriveId, Stay> stays = new HashMap<>();

    /** @param shorts how many that were short came just before; with this one when it has ended */
    private record Stay(long sinceNanos, int shorts, long notBeforeNanos) {}

    /** It is open, and serves. */
    void came(DriveId drive, long nowNanos) {
        int shorts = shorts(drive);
        stays.put(drive, new Stay(nowNanos, shorts, nowNanos));
    }

    /** It is gone, and nobody had asked for that. */
    void went(DriveId drive, long nowNanos) {
        Stay stay = stays.get(drive);
        if (stay == null) {
            return;
        }
        int shorts = nowNanos - stay.sinceNanos() < LONG.toNanos() ? stay.shorts() + 1 : 0;
        stays.put(
                drive,
                new Stay(stay.sinceNanos(), shorts, nowNanos + pause(shorts).toNanos()));
    }

    /** It was replaced: what is known is of another. */
    void forget(DriveId drive) {
        stays.remove(drive);
    }

    /** How many short stays it has had in a row. */
    int shorts(DriveId drive) {
        Stay stay = stays.get(drive);
        return stay == null ? 0 : stay.shorts();
    }

    /** How long it is left alone in all after the last of them. */
    Duration pause(DriveId drive) {
        return pause(shorts(drive));
    }

    private static Duration pause(int shorts) {
        return shorts <= FREE ? Duration.ZERO : FIRST.multipliedBy(1L << Math.min(shorts - FREE - 1, MAX_DOUBLINGS));
    }

    /** How long it is to be left alone from now on; zero or less when it may come. */
    Duration rest(DriveId drive, long nowNanos) {
        Stay stay = stays.get(drive);
        return stay == null ? Duration.ZERO : Duration.ofNanos(stay.notBeforeNanos() - nowNanos);
    }
}
