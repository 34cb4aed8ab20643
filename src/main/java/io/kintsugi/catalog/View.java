package io.kintsugi.catalog;

import io.kintsugi.base.BucketName;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The committed state with the changes of the commit that is being gathered on top: what the next change of the same
 * commit has to see. Used by the sequencer's thread alone, while no commit is under way.
 */
final class View implements Rows {
    private record Undo(KvSpace space, byte[] key, Optional<Optional<byte[]>> before) {}

    private final Rows base;
    private final BucketCache buckets;
    private final Map<KvSpace, NavigableMap<byte[], Optional<byte[]>>> changed = new EnumMap<>(KvSpace.class);
    private final Set<Integer> stripes = new HashSet<>();
    private final Set<BucketName> touchedBuckets = new HashSet<>();
    private final Deque<Undo> undo = new ArrayDeque<>();
    private final HistoryTops tops = new HistoryTops();
    private Known known = Known.NOTHING;
    private long nextOrder;
    private long bytes;

    View(Rows base, BucketCache buckets, long nextOrder) {
        this.base = base;
        this.buckets = buckets;
        this.nextOrder = nextOrder;
    }

    @Override
    public Optional<byte[]> get(KvSpace space, byte[] key) {
        NavigableMap<byte[], Optional<byte[]>> own = changed.get(space);
        if (own != null) {
            Optional<byte[]> value = own.get(key);
            if (value != null) {
                return value;
            }
        }
        return known.get(space, key).orElseGet(() -> base.get(space, key));
    }

    @Override
    public List<KvRow> range(KvSpace space, byte[] from, byte[] to, int limit) {
        NavigableMap<byte[], Optional<byte[]>> own = changed.get(space);
        if (own == null || limit < 1 || Arrays.compareUnsigned(from, to) >= 0) {
            return base.range(space, from, to, limit);
        }
        NavigableMap<byte[], Optional<byte[]>> inside = own.subMap(from, true, to, false);
        return inside.isEmpty() ? base.range(space, from, to, limit) : merged(space, from, to, inside, limit);
    }

    /** In steps that grow: what this commit has removed may lie in the way, or, as mostly, behind. */
    private List<KvRow> merged(
            KvSpace space, byte[] from, byte[] to, NavigableMap<byte[], Optional<byte[]>> inside, int limit) {
        NavigableMap<byte[], byte[]> rows = new TreeMap<>(Arrays::compareUnsigned);
        byte[] next = from;
        boolean more = true;
        for (int step = limit; more; step = (int) Math.min(Integer.MAX_VALUE, 2L * step)) {
            List<KvRow> found = base.range(space, next, to, step);
            found.stream()
                    .filter(row -> !inside.containsKey(row.key()))
                    .forEach(row -> rows.put(row.key(), row.value()));
            more = found.size() >= step;
            byte[] end = more ? Bytes.successor(found.getLast().key()) : to;
            inside.subMap(next, true, end, false).forEach((key, value) -> value.ifPresent(v -> rows.put(key, v)));
            more &= rows.size() < limit;
            next = end;
        }
        return rows.entrySet().stream()
                .limit(limit)
                .map(row -> new KvRow(row.getKey(), row.getValue()))
                .toList();
    }

    /** The bucket's row; the cache answers for what this commit has not changed. */
    Optional<BucketRow> bucket(BucketName name) {
        if (touchedBuckets.contains(name)) {
            return get(KvSpace.BUCKETS, Keys.bucket(name)).map(row -> BucketRow.decode(name, row));
        }
        return buckets.get(name);
    }

    /** @throws io.kintsugi.base.StoreException.Conflict when nothing may come into this bucket any more */
    void requireStaying(BucketRow bucket) {
        buckets.going().requireStaying(bucket);
    }

    void put(KvSpace space, byte[] key, byte[] value) {
        set(space, key, Optional.of(value));
        bytes += value.length;
    }

    void delete(KvSpace space, byte[] key) {
        set(space, key, Optional.empty());
    }

    private void set(KvSpace space, byte[] key, Optional<byte[]> value) {
        NavigableMap<byte[], Optional<byte[]>> own =
                changed.computeIfAbsent(space, s -> new TreeMap<>(Arrays::compareUnsigned));
        undo.push(new Undo(space, key, Optional.ofNullable(own.put(key, value))));
        bytes += key.length;
    }

    void putBucket(BucketRow row) {
        BucketName name = row.bucket().name();
        touchedBuckets.add(name);
        touch(Stamps.ofName(name));
        put(KvSpace.BUCKETS, Keys.bucket(name), row.encode());
    }

    void deleteBucket(BucketRow row) {
        BucketName name = row.bucket().name();
        touchedBuckets.add(name);
        touch(Stamps.ofName(name));
        delete(KvSpace.BUCKETS, Keys.bucket(name));
        delete(KvSpace.BUCKETS, Keys.bucketById(row.id()));
    }

    void touch(int stripe) {
        stripes.add(stripe);
    }

    HistoryTops tops() {
        return tops;
    }

    /** A number greater than all before it, in this and every earlier commit. */
    long order() {
        return nextOrder++;
    }

    /** From here on the change of a caller is evaluated. */
    void begin(Known readBefore) {
        known = readBefore;
        undo.clear();
    }

    /** Takes back what was changed since {@link #begin}. */
    void rollback() {
        tops.forget();
        while (!undo.isEmpty()) {
            Undo last = undo.pop();
            NavigableMap<byte[], Optional<byte[]>> own = changed.get(last.space());
            last.before().ifPresentOrElse(value -> own.put(last.key(), value), () -> own.remove(last.key()));
        }
    }

    boolean isUnchanged() {
        return changed.values().stream().allMatch(Map::isEmpty);
    }

    long bytes() {
        return bytes;
    }

    long nextOrder() {
        return nextOrder;
    }

    Set<Integer> stripes() {
        return stripes;
    }

    Set<BucketName> touchedBuckets() {
        return touchedBuckets;
    }

    /** All changes as one batch. */
    KvBatch batch() {
        KvBatch batch = new KvBatch();
        changed.forEach((space, rows) -> rows.forEach(
                (key, value) -> value.ifPresentOrElse(v -> batch.put(space, key, v), () -> batch.delete(space, key))));
        return batch;
    }

    /** The keys of all rows that are changed. */
    List<ReplicaState.RowKey> touchedRows() {
        List<ReplicaState.RowKey> keys = new ArrayList<>();
        changed.forEach((space, rows) -> rows.keySet().forEach(key -> keys.add(new ReplicaState.RowKey(space, key))));
        return keys;
    }
}
