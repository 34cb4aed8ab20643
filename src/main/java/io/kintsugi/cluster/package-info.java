/**
 * Which drives there are, and how many must agree.
 *
 * <p>Duty: the {@link io.kintsugi.cluster.Topology} of pools and drive slots (opening, watching, giving up, taking
 * back, taking in empty drives), placement of blobs, and quorum decisions.
 *
 * <p>Invariants: placement is a pure function of the blob's id and the healthy drives; no two drives with one id are
 * ever open; a foreign, stale or half-copied drive is refused with its reason (I8); one dead drive slows nobody (I9).
 */
package io.kintsugi.cluster;
