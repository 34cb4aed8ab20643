/**
 * One blob's bytes over its drives.
 *
 * <p>Duty: the {@link io.kintsugi.shards.BlobStore}: writing a blob as k + m shards, reading any range of it back from
 * any k of them, mending what is missing or wrong; the format of a shard.
 *
 * <p>Invariants: no byte leaves before its checksum matched (I3); a blob is acknowledged with its write quorum synced
 * (I1); a failed write leaves nothing that counts (I2); reads touch the frames that they need (I11); the memory of a
 * stream is bounded by a few stripes, whatever its length (I9).
 */
package io.kintsugi.shards;
