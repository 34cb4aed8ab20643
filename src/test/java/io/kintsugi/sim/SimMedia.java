package io.kintsugi.sim;

import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ShardName;
import io.kintsugi.sim.engine.OneStep;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is on a simulated drive at a moment: rows, shards of both forms, the catalog's epoch. Values are shared between
 * copies and never changed in place. Not thread-safe.
 */
@OneStep
final class SimMedia {
    private static final class Space {
        private NavigableMap<byte[], byte[]> rows;
        private boolean shared;

        Space(NavigableMap<byte[], byte[]> rows) {
            this.rows = rows;
        }

        NavigableMap<byte[], byte[]> writable() {
            if (shared) {
                rows = new TreeMap<>(rows);
                shared = false;
            }
            return rows;
        }
    }

    private final Map<KvSpace, Space> spaces = new EnumMap<>(KvSpace.class);
    private final Map<Form, NavigableMap<ShardName, byte[]>> shards = new EnumMap<>(Form.class);
    private long catalogEpoch;

    SimMedia() {
        for (KvSpace space : KvSpace.values()) {
            spaces.put(space, new Space(new TreeMap<>(Arrays::compareUnsigned)));
        }
        for (Form form : List.of(Form.PACKED, Form.FILES)) {
            shards.put(form, new TreeMap<>());
        }
    }

    SimMedia copy() {
        SimMedia copy = new SimMedia();
        spaces.forEach((space, rows) -> copy.spaces.put(space, new Space(new TreeMap<>(rows.rows))));
        shards.forEach((form, all) -> copy.shards.put(form, new TreeMap<>(all)));
        copy.catalogEpoch = catalogEpoch;
        return copy;
    }

    /** The rows as they are now; the caller must not change them, and sees later changes. */
    NavigableMap<byte[], byte[]> rows(KvSpace space) {
        return spaces.get(space).rows;
    }

    /** The rows as they are now, for ever: the next change of the space works on a copy. */
    NavigableMap<byte[], byte[]> snapshot(KvSpace space) {
        spaces.get(space).shared = true;
        return spaces.get(space).rows;
    }

    void apply(KvBatch.Change change) {
        NavigableMap<byte[], byte[]> rows = spaces.get(change.space()).writable();
        switch (change) {
            case KvBatch.Put put -> rows.put(put.key().clone(), put.value().clone());
            case KvBatch.Delete delete -> rows.remove(delete.key());
            case KvBatch.DeleteRange range -> {
                if (Arrays.compareUnsigned(range.from(), range.to()) < 0) {
                    rows.subMap(range.from(), range.to()).clear();
                }
            }
        }
    }

    void put(KvSpace space, byte[] key, byte[] value) {
        spaces.get(space).writable().put(key, value);
    }

    NavigableMap<ShardName, byte[]> shards(Form form) {
        return shards.get(form);
    }

    Optional<byte[]> shard(Form form, ShardName name) {
        return Optional.ofNullable(shards.get(form).get(name));
    }

    long catalogEpoch() {
        return catalogEpoch;
    }

    void raiseCatalogEpoch(long epoch) {
        catalogEpoch = Math.max(catalogEpoch, epoch);
    }
}
