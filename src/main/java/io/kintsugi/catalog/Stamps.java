package io.kintsugi.catalog;

import io.kintsugi.base.AtOnce;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.StoreException.Unavailable;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which commit last touched what, so that a read that may have seen an unfinished commit waits for it, and a read of
 * several rows knows whether they are of one state. What is touched is hashed to a stripe: two things on one stripe
 * cost a needless wait, never a wrong answer.
 *
 * <p>The sequencer stamps the stripes of a commit and {@link #begin publishes} it before it reaches any drive. So
 * whoever has seen a row of it finds it here, or it is finished.
 */
final class Stamps {
    private static final int STRIPES = 1 << 14;
    private static final int GOLDEN = 0x9E3779B9;

    private final AtomicLongArray last = new AtomicLongArray(STRIPES);
    private volatile Optional<Flight> flight = Optional.empty();
    private final AtomicLong opening = new AtomicLong();

    private static int stripe(int hash) {
        int spread = hash * GOLDEN;
        return (spread ^ spread >>> 16) & STRIPES - 1;
    }

    /** Of all versions and uploads of a key. */
    static int ofKey(long bucket, ObjectKey key) {
        return stripe(key.hashCode() * 31 + Long.hashCode(bucket));
    }

    /** Of everything in a bucket. */
    static int ofBucket(long bucket) {
        return stripe(Long.hashCode(bucket) ^ GOLDEN);
    }

    static int ofName(BucketName name) {
        return stripe(name.hashCode());
    }

    long last(int stripe) {
        return last.get(stripe);
    }

    /**
     * Stamps before the commit is submitted. Sequencer only. The flight comes first: whoever finds a stamp must find
     * its flight too, or the commit done; else rows read across the commit would pass for rows of one state.
     */
    void begin(Flight begun, Iterable<Integer> stripes) {
        flight = Optional.of(begun);
        stripes.forEach(stripe -> last.set(stripe, begun.sequence()));
    }

    /** The commit is durable on every live replica. Sequencer only. */
    void end() {
        flight = Optional.empty();
    }

    /**
     * After another state of the catalog was opened: whatever was remembered of a stripe is void, and so is a commit
     * that failed. Sequencer only.
     */
    void invalidate(long sequence) {
        // before the flight ends: whoever finds none must find this
        opening.incrementAndGet();
        end();
        for (int i = 0; i < STRIPES; i++) {
            last.set(i, sequence);
        }
    }

    /**
     * Which state of the catalog is open, to be asked before rows are read and given to what settles them. A reader may
     * stand still for so long that a commit of which it has read a row fails everywhere, and the catalog is opened
     * again without it: then that commit is not found here any more.
     */
    long opening() {
        return opening.get();
    }

    /**
     * Waits until no commit is under way that touches this stripe and was when this was called.
     *
     * @param before the {@link #opening} when the rows were not read yet
     * @throws Unavailable when nobody knows whether they are
     */
    void settle(int stripe, long before) {
        touching(stripe).ifPresent(Flight::await);
        requireSame(before);
    }

    /** The same for any rows: waits until the commit that is under way, if any, is done. */
    void settle(long before) {
        flight.ifPresent(Flight::await);
        requireSame(before);
    }

    /** @throws Unavailable when another state of the catalog was opened since */
    void requireSame(long before) {
        if (opening.get() != before) {
            throw new Unavailable(
                    Unavailable.Kind.TIMEOUT, "The catalog was opened again while it was read: ask once more");
        }
    }

    /** What was read just now: told when no commit is under way that touches the stripe, else once that is done. */
    <T> AtOnce<T> settled(int stripe, long before, T read) {
        return landed(touching(stripe), before, read);
    }

    /** What was read just now: told when no commit is under way, else once that is done. */
    <T> AtOnce<T> settled(long before, T read) {
        return landed(flight, before, read);
    }

    private <T> AtOnce<T> landed(Optional<Flight> underWay, long before, T read) {
        if (underWay.isPresent()) {
            return AtOnce.later(() -> {
                underWay.get().await();
                requireSame(before);
                return read;
            });
        }
        requireSame(before);
        return AtOnce.told(read);
    }

    /** Whether a commit is under way that touches the stripe. */
    boolean moving(int stripe) {
        return touching(stripe).isPresent();
    }

    /** Whether no commit is under way. */
    boolean isCalm() {
        return flight.isEmpty();
    }

    private Optional<Flight> touching(int stripe) {
        Optional<Flight> now = flight;
        return now.isPresent() && last.get(stripe) == now.get().sequence() ? now : Optional.empty();
    }
}
