package io.kintsugi.shards;

/**
 * Slows background work down: asked before each stripe, with no memory lent and nothing half done, so that it may wait.
 */
@FunctionalInterface
public interface Pace {
    /** As fast as the drives are. */
    Pace UNPACED = bytes -> {};

    /**
     * Waits until this may be done.
     *
     * @param bytes of shards that are going to be read or written next
     * @throws io.kintsugi.base.StoreException.Unavailable {@code STOPPING} when the work is to end now
     */
    void next(long bytes);
}
