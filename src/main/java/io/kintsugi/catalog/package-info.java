/**
 * What exists: buckets, versions, uploads, and the queue of what may be removed.
 *
 * <p>Duty: the {@link io.kintsugi.catalog.Catalog} port, one contract for all engines, and the embedded engine:
 * replicas in the key-value stores of several drives.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>One commit makes a change visible, whole or not at all; its conditions are checked inside it (I2). It is synced
 *       on every live replica before it is acknowledged (I1), and nothing is read that was not (I6).
 *   <li>What a commit unlinks goes to the reclaim queue in the same commit (I5).
 *   <li>A replica that missed a commit is of a lower epoch and is not read from until it was rebuilt (I8).
 *   <li>A page costs what it returns: a delimiter is a seek (I11).
 * </ul>
 */
package io.kintsugi.catalog;
