package io.kintsugi.shards;

import io.kintsugi.base.DriveId;
import java.util.List;
import java.util.Set;

/** What room there is on the drives, and which are to be emptied: for whoever moves shards. Does not wait. */
public interface DriveLevels {
    /** What may be done with a drive. */
    enum Use {
        /** It takes shards. */
        TAKING,
        /** It takes none, as it is full or read-only; what is there stays. */
        KEEPING,
        /** It is to be emptied. */
        LEAVING,
        /** It is empty, and that is recorded: it may be left out. */
        DRAINED,
        /** It does not answer. */
        AWAY
    }

    /**
     * @param pool shards of a blob are all in one
     * @param freeBytes that may still be used
     */
    record Level(DriveId drive, String where, String pool, Use use, long freeBytes) {}

    List<Level> levels();

    /** Records that nothing refers to these drives any more; {@link Use#DRAINED} when that is durable. */
    void recordDrained(Set<DriveId> drives);
}
