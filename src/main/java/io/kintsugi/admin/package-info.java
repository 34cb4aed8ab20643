/**
 * What the store says of itself, and how it is told what to do.
 *
 * <p>Duty: health and metrics on the management port.
 *
 * <p>Invariants: what is said is read from the rooms at the moment of the question (I12); secrets are never said (I10);
 * readiness does not depend on peers or drives beyond quorum (I9); who asks here holds no memory (I9).
 */
package io.kintsugi.admin;
