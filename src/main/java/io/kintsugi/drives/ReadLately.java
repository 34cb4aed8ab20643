package io.kintsugi.drives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which shard files clients have read lately, of all drives of the process: those are worth their place in the page
 * cache. <i>Lately</i> is counted in bytes that clients were sent since, not in time: when more went by than the cache
 * can hold, a file would have been driven out of it before it is read again, however soon that is. So reading through
 * more than the memory holds, once or in circles, leaves the cache to others.
 *
 * <p>A table of a fixed size, without locks: each entry is what tells a name from others, and when it was read. Names
 * drive each other out, and an update that is lost, or two names that can't be told apart, cost a read by the dearer
 * way, nothing else.
 */
final class ReadLately {
    private static final int SETS = 1 << 13;
    private static final int WAYS = 2;
    private static final int MARK_SHIFT = 32;
    private static final int UNIT_SHIFT = 16;
    private static final long FALLBACK_BYTES = 1L << 30;
    private static final long FACTOR = 0x9e3779b97f4a7c15L;

    private final AtomicLongArray entries = new AtomicLongArray(SETS * WAYS);
    private final AtomicLong servedBytes = new AtomicLong();
    private final long horizonBytes;

    /** @param horizonBytes how many bytes may be served between two reads of a file that the cache is to keep */
    ReadLately(long horizonBytes) {
        this.horizonBytes = Math.min(horizonBytes, (long) Integer.MAX_VALUE << UNIT_SHIFT);
    }

    /** Half of the memory that is free for the page cache now. */
    static ReadLately ofThisMachine() {
        long bytes = Math.min(available(Path.of("/proc/meminfo")), limit(Path.of("/sys/fs/cgroup/memory.max")));
        return new ReadLately(bytes / 2);
    }

    /** As the kernel estimates it. */
    private static long available(Path meminfo) {
        try {
            for (String line : Files.readAllLines(meminfo)) {
                if (line.startsWith("MemAvailable:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
                }
            }
        } catch (IOException | NumberFormatException e) {
            return FALLBACK_BYTES;
        }
        return FALLBACK_BYTES;
    }

    /** Of the container, whose files' pages are charged to it. */
    private static long limit(Path memoryMax) {
        try {
            return Long.parseLong(Files.readString(memoryMax).strip());
        } catch (IOException | NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    void served(long bytes) {
        servedBytes.addAndGet(bytes);
    }

    /** Takes note that a file is read now; returns whether it was read lately. */
    boolean again(ShardName name) {
        long hash = hash(name);
        int first = (int) (hash & SETS - 1) * WAYS;
        int mark = (int) (hash >>> MARK_SHIFT) | 1;
        int now = (int) (servedBytes.get() >>> UNIT_SHIFT);
        long fresh = (long) mark << MARK_SHIFT | now & 0xffff_ffffL;
        int oldest = first;
        for (int i = first; i < first + WAYS; i++) {
            long entry = entries.getOpaque(i);
            if ((int) (entry >>> MARK_SHIFT) == mark) {
                entries.setOpaque(i, fresh);
                return age(entry, now) <= horizonBytes >>> UNIT_SHIFT;
            }
            oldest = age(entry, now) > age(entries.getOpaque(oldest), now) ? i : oldest;
        }
        entries.setOpaque(oldest, fresh);
        return false;
    }

    /** An entry that is none is as old as can be. */
    private static long age(long entry, int now) {
        return entry == 0 ? Long.MAX_VALUE : now - (int) entry & 0xffff_ffffL;
    }

    private static long hash(ShardName name) {
        long hash = (name.blob().value().high() * 31 + name.blob().value().low()) * 31 + name.index();
        hash = (hash ^ hash >>> 32) * FACTOR;
        return hash ^ hash >>> 29;
    }
}
