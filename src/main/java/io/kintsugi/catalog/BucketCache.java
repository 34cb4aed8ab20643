package io.kintsugi.catalog;

import io.kintsugi.base.AtOnce;
import io.kintsugi.base.BucketName;
import io.kintsugi.drives.KvSpace;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Rows of buckets that exist, as committed. Nobody else writes the embedded engine's buckets, so a row holds until a
 * commit touches it. A row that was read while a commit touched its stripe is not kept: the commit's {@link #forget}
 * may have come before it.
 */
final class BucketCache {
    private static final int MAX_BUCKETS = 10_000;

    private final Rows rows;
    private final Stamps stamps;
    private final Map<BucketName, BucketRow> cached = new ConcurrentHashMap<>();
    private final GoingBuckets going = new GoingBuckets();

    BucketCache(Rows rows, Stamps stamps) {
        this.rows = rows;
        this.stamps = stamps;
    }

    /** Those that are there, but not for long. */
    GoingBuckets going() {
        return going;
    }

    Optional<BucketRow> get(BucketName name) {
        return look(name).orWait();
    }

    /** Told when it is cached. */
    AtOnce<Optional<BucketRow>> look(BucketName name) {
        BucketRow known = cached.get(name);
        return known != null ? AtOnce.told(Optional.of(known)) : AtOnce.later(() -> load(name));
    }

    private Optional<BucketRow> load(BucketName name) {
        int stripe = Stamps.ofName(name);
        long opening = stamps.opening();
        long before = stamps.last(stripe);
        boolean moving = stamps.moving(stripe);
        Optional<BucketRow> row = rows.get(KvSpace.BUCKETS, Keys.bucket(name)).map(r -> BucketRow.decode(name, r));
        stamps.settle(stripe, opening);
        if (row.isPresent() && !moving) {
            if (cached.size() >= MAX_BUCKETS) {
                cached.clear();
            }
            cached.computeIfAbsent(name, n -> stamps.last(stripe) == before ? row.get() : null);
        }
        return row;
    }

    /** Call when the commit that changed it is durable, before it is acknowledged. */
    void forget(BucketName name) {
        cached.remove(name);
    }

    void clear() {
        cached.clear();
    }
}
