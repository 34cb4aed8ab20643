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
        /** It takes none, as it has no room left: what it has is to be made less, where others have room. */
        FULL,
        /** It takes none, as it is read-only, and nothing can be removed from it; what is there stays. */
        KEEPING,
        /** It is to be emptied. */
        LEAVING,
        /** It is empty, and that is recorded: it may be left out, and be gone already. */
        DRAINED,
        /** It does not answer. */
        AWAY
    }

    /** @param pool shards of a blob are all in one */
    record Level(DriveId drive, String where, String pool, Use use, Room room) {}

    /**
     * @param totalBytes of its file system; 0 when not known
     * @param freeBytes that may still be used
     */
    record Room(long totalBytes, long freeBytes) {
        private static final int SCARCE_SHARE = 10;

        /** Whether less than a tenth is left. */
        public boolean isScarce() {
            return freeBytes < totalBytes / SCARCE_SHARE;
        }
    }

    List<Level> levels();

    /** Records that nothing refers to these drives any more; {@link Use#DRAINED} when that is durable. */
    void recordDrained(Set<DriveId> drives);
}
