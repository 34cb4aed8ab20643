/**
 * The use cases, where the order of a transaction can be read: put, get, copy, delete, multipart, listings, buckets.
 *
 * <p>Duty: the {@link io.kintsugi.objects.ObjectStore} and the background work that its promises need (reclaiming,
 * orphan sweep, healing, rebuilding, balancing, scrubbing of shards and rows).
 *
 * <p>Invariants: the undo is registered before the first effect; length, Content-MD5, SHA-256 and checksums agree
 * before the commit; what is replaced goes to the reclaim queue in the same commit; bytes and facts ({@code shards} and
 * {@code catalog}) meet only here.
 */
package io.kintsugi.objects;
