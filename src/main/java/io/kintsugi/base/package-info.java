/**
 * The nouns of the store and the few tools that every room needs.
 *
 * <p>Duty: names that cannot be wrong once they exist ({@link io.kintsugi.base.BucketName},
 * {@link io.kintsugi.base.ObjectKey}, {@link io.kintsugi.base.VersionId}…), the rows that pass between rooms
 * ({@link io.kintsugi.base.ObjectVersion}, {@link io.kintsugi.base.BlobRef}…), limits, the
 * {@link io.kintsugi.base.StoreException} family, time and chance.
 *
 * <p>Invariants: no I/O, nothing but the JDK, every type immutable. A type is admitted when two rooms need it.
 */
package io.kintsugi.base;
