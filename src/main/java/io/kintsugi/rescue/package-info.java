/**
 * What is done to a store that is not running.
 *
 * <p>Duty: making a lost catalog again of what lies on the drives, and checking a store without changing it. Both hold
 * the locks of all drives, so that no store runs meanwhile.
 *
 * <p>Invariants: {@link io.kintsugi.rescue.StoreCheck} writes nothing. {@link io.kintsugi.rescue.CatalogRebuild}
 * changes nothing before it has all that it will write in a work space beside the catalog; cut off at any moment it can
 * be begun again. Memory does not grow with the store, but for its buckets and the versions of one key. Nothing is made
 * visible that can't be read, and everything that could not be restored is said.
 */
package io.kintsugi.rescue;
