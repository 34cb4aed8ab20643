package io.kintsugi.cluster;

import io.kintsugi.drives.Drive;

/** Hears of changes in the state of drives. */
public interface DriveListener {
    /** What has happened to a drive. */
    enum Event {
        /** It does not answer any more. */
        LOST,
        /** It is back with what it had. It may have missed writes. */
        RETURNED,
        /** An empty drive was formatted in its place: everything on it must be restored. */
        REPLACED
    }

    void driveChanged(Drive drive, Event event);
}
