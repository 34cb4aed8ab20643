/**
 * One drive: a mounted directory with an identity.
 *
 * <p>Duty: the {@link io.kintsugi.drives.Drive} port and its implementation on a directory; the layout on the drive and
 * its versions; what is synced when; one group commit a drive; the drive's own health.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>A future that completes normally means that the bytes survive a power cut (I1).
 *   <li>A shard is published whole or not at all, and never changed afterwards (I2, I4).
 *   <li>A directory that is not this drive any more (removed, unmounted, replaced, copied from elsewhere) is noticed
 *       before a write to it is acknowledged, and never read from (I8).
 *   <li>Every queue is bounded; what does not fit fails at once with
 *       {@link io.kintsugi.drives.DriveException.Kind#BUSY} (I9). Deadlines are the caller's: no method here waits for
 *       ever in the caller's thread.
 * </ul>
 */
package io.kintsugi.drives;
