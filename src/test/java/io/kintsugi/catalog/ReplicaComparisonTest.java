package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.Id128;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.KeyValue;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvCursor;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ScanLimit;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Replicas of a few pages, of which some lack rows, have others, or can't be read to the end. */
class ReplicaComparisonTest {
    private static final DriveId DRIVE = new DriveId(new Id128(1, 1));

    private static final int ROWS = 5_000;

    private final List<ReplicaSource> replicas = new ArrayList<>();
    private final List<Table> tables = new ArrayList<>();

    ReplicaComparisonTest() {
        for (String name : List.of("a", "b", "c")) {
            Table table = new Table();
            for (int i = 0; i < ROWS; i++) {
                table.rows.put(key(i), SmallRow.encodeNumber(i));
            }
            tables.add(table);
            replicas.add(new ReplicaSource(DRIVE, name, table, Optional.empty(), 1, 1, ""));
        }
    }

    private static byte[] key(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    /** The rows of one space, in memory. */
    private static final class Table implements KeyValue {
        private final NavigableMap<byte[], byte[]> rows = new TreeMap<>(Arrays::compareUnsigned);
        private byte[] unreadableFrom = key(Integer.MAX_VALUE);

        @Override
        public CompletableFuture<List<KvRow>> scan(KvSpace space, byte[] from, byte[] to, ScanLimit limit) {
            if (Arrays.compareUnsigned(from, unreadableFrom) >= 0) {
                return CompletableFuture.failedFuture(
                        new DriveException(DriveException.Kind.IO, new DriveId(new Id128(0, 1)), "the device says no"));
            }
            List<KvRow> page = space != KvSpace.OBJECTS
                    ? List.of()
                    : rows.subMap(from, to).entrySet().stream()
                            .limit(limit.rows())
                            .map(row -> new KvRow(row.getKey(), row.getValue()))
                            .toList();
            return CompletableFuture.completedFuture(page);
        }

        @Override
        public CompletableFuture<Optional<byte[]>> get(KvSpace space, byte[] key) {
            throw new UnsupportedOperationException("a comparison scans");
        }

        @Override
        public CompletableFuture<Void> commit(KvBatch batch) {
            throw new UnsupportedOperationException("a comparison writes nothing");
        }

        @Override
        public KvCursor cursor(KvSpace space) {
            throw new UnsupportedOperationException("a comparison scans");
        }
    }

    private List<String> differences() {
        List<String> said = new ArrayList<>();
        ReplicaComparison.run(replicas, said::add);
        return said;
    }

    private static String wrong(int rows, String where) {
        return rows + " rows of OBJECTS in " + where + " are damaged, or not as in another replica";
    }

    @Test
    void replicasThatAreTheSameHaveNoDifferences() {
        assertEquals(List.of(), differences());
    }

    @Test
    void eachRowIsCountedOnceAndWhereItIsWrong() {
        tables.get(1).rows.remove(key(0));
        tables.get(1).rows.remove(key(1_999));
        tables.get(0).rows.get(key(2_000))[2] ^= 1;
        for (int i = 3_000; i < ROWS; i++) {
            tables.get(2).rows.remove(key(i));
        }
        tables.get(2).rows.put(key(7), SmallRow.encodeNumber(8));
        assertEquals(List.of(wrong(1, "a"), wrong(2, "b"), wrong(2_001, "c")), differences());
    }

    @Test
    void aRowThatOnlyOneHasIsMissingInTheOthers() {
        tables.get(0).rows.put(key(ROWS + 1), SmallRow.encodeNumber(1));
        assertEquals(List.of(wrong(1, "b"), wrong(1, "c")), differences());
    }

    @Test
    void damageIsFoundInTheOnlyReplicaToo() {
        replicas.subList(1, 3).clear();
        tables.getFirst().rows.get(key(4_321))[1] ^= 1;
        assertEquals(List.of(wrong(1, "a")), differences());
    }

    @Test
    void aReplicaThatCannotBeReadToTheEndIsSaidAndTheOthersAreCompared() {
        tables.get(1).unreadableFrom = key(2_500);
        tables.get(2).rows.remove(key(4_500));
        List<String> said = differences();
        assertEquals(2, said.size(), said::toString);
        assertTrue(said.getFirst().startsWith("rows of OBJECTS in b can't be read: "), said::toString);
        assertEquals(wrong(1, "c"), said.getLast());
    }
}
