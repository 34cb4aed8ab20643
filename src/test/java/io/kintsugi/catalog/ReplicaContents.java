package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.drives.Drive;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ScanLimit;
import io.kintsugi.sim.SimTopology;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Compares the rows of replicas, whatever they mean. */
final class ReplicaContents {
    private static final byte[] BEHIND_ALL = new byte[64];

    static {
        Arrays.fill(BEHIND_ALL, (byte) 0xFF);
    }

    private ReplicaContents() {}

    static SortedMap<String, String> of(Drive drive) {
        SortedMap<String, String> rows = new TreeMap<>();
        HexFormat hex = HexFormat.of();
        for (KvSpace space : ReplicaState.contentSpaces()) {
            List<KvRow> all = drive.keyValue()
                    .scan(space, new byte[0], BEHIND_ALL, new ScanLimit(Integer.MAX_VALUE, Long.MAX_VALUE))
                    .join();
            all.forEach(row -> rows.put(space + " " + hex.formatHex(row.key()), hex.formatHex(row.value())));
        }
        return rows;
    }

    /** All live replicas hold the same rows. */
    static void assertEqual(SimTopology drives, Catalog catalog) {
        SortedMap<String, String> first =
                of(drives.drive(catalog.status().live().getFirst()).orElseThrow());
        catalog.status()
                .live()
                .forEach(id -> assertEquals(first, of(drives.drive(id).orElseThrow()), "replica on " + id));
    }
}
