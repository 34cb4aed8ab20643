package io.kintsugi.admin;

import io.kintsugi.catalog.Catalog;
import io.kintsugi.cluster.Topology;
import io.kintsugi.codec.SlabPool;
import io.kintsugi.objects.UpkeepSnapshot;
import io.kintsugi.shards.BlobStatistics;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The rooms of a store that runs, as far as this one asks them.
 *
 * @param wire what the protocols that are served have counted
 */
public record Rooms(
        Topology topology,
        Catalog catalog,
        Supplier<BlobStatistics> blobs,
        Supplier<UpkeepSnapshot> upkeep,
        Memory memory,
        List<WireFigure> wire) {
    /**
     * What holds memory.
     *
     * @param cachedBytes in the drives' key-value stores
     * @param slabs of stripes under way
     */
    public record Memory(LongSupplier cachedBytes, Supplier<SlabPool.Statistics> slabs) {}

    public Rooms {
        wire = List.copyOf(wire);
    }
}
