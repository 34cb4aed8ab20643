package io.kintsugi.drives;

import io.kintsugi.base.DriveId;

/**
 * What a drive says of itself; true at the moment of the call.
 *
 * @param where the directory, for the operator
 * @param reason why the state is not {@code ONLINE}; empty when it is
 * @param totalBytes of the file system; 0 when unknown
 * @param freeBytes that the store may still use; 0 when unknown
 * @param errors operations that failed since start
 */
public record DriveStatus(
        DriveId id, String where, State state, String reason, long totalBytes, long freeBytes, long errors) {
    public enum State {
        ONLINE,
        /** Answers reads, takes no new shards: full or read-only. */
        READ_ONLY,
        /** Answers reads, takes nothing new and is being emptied, as the operator wishes. */
        DRAINING,
        /** Does not answer. */
        OFFLINE
    }

    public boolean online() {
        return state == State.ONLINE;
    }

    /** Whether all is well with it: it is online, or is being drained and serves what is still there. */
    public boolean serves() {
        return state == State.ONLINE || state == State.DRAINING;
    }

    /** Whether it can be read, and told of things. */
    public boolean answers() {
        return state != State.OFFLINE;
    }

    public DriveStatus with(State other, String why) {
        return new DriveStatus(id, where, other, why, totalBytes, freeBytes, errors);
    }
}
