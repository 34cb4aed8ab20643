package io.kintsugi.drives;

import io.kintsugi.base.DriveId;

/**
 * What a drive could not do, and why. Never leaves the rooms that handle drives: they work around it or answer for it.
 */
public final class DriveException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public enum Kind {
        /** No such shard. */
        MISSING,
        /** The bytes are not those that were written. */
        CORRUPT,
        /** No space, or no inodes. */
        FULL,
        /** The file system has become read-only, or forbids access. */
        READ_ONLY,
        /** The device reported an error. */
        IO,
        /** The queue is full. */
        BUSY,
        /** The drive is closed, removed, replaced by another, or given up. */
        GONE
    }

    private final Kind kind;

    public DriveException(Kind kind, DriveId drive, String message) {
        this(kind, drive, message, null);
    }

    public DriveException(Kind kind, DriveId drive, String message, Throwable cause) {
        super("drive " + drive + ": " + message, cause, false, cause != null);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
