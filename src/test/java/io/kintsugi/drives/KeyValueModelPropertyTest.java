package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.sim.SimDrive;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Whatever is done, in whatever order, a drive on a directory and a drive in memory hold the same rows; also after
 * closes and kills.
 */
class KeyValueModelPropertyTest {
    private static final int KEYS = 12;
    private static final byte[] END = {KEYS};
    private static final ScanLimit ALL = new ScanLimit(1000, Long.MAX_VALUE);

    private sealed interface Step {}

    private record Put(KvSpace space, int key, int size) implements Step {}

    private record Delete(KvSpace space, int key) implements Step {}

    private record DeleteRange(KvSpace space, int from, int to) implements Step {}

    private record Reopen(boolean crash) implements Step {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<KvSpace> spaces = Arbitraries.of(KvSpace.OBJECTS, KvSpace.INLINE);
        Arbitrary<Integer> keys = Arbitraries.integers().between(0, KEYS - 1);
        Arbitrary<Integer> sizes = Arbitraries.of(0, 1, 300, 2047, 2048, 2049, 40_000);
        Arbitrary<Step> put = Combinators.combine(spaces, keys, sizes).as(Put::new);
        Arbitrary<Step> delete = Combinators.combine(spaces, keys).as(Delete::new);
        Arbitrary<Step> range = Combinators.combine(spaces, keys, keys).as(DeleteRange::new);
        Arbitrary<Step> reopen = Arbitraries.of(true, false).map(Reopen::new);
        return Arbitraries.frequencyOf(Tuple.of(12, put), Tuple.of(4, delete), Tuple.of(1, range), Tuple.of(1, reopen))
                .list()
                .ofMinSize(5)
                .ofMaxSize(50);
    }

    @Property(tries = 15)
    void bothHoldTheSameRows(@ForAll("steps") List<Step> steps) {
        SimDrive model = new SimDrive(DriveFolder.newIdentity().drive());
        try (DriveFolder folder = DriveFolder.create()) {
            Drive drive = folder.format();
            for (Step step : steps) {
                if (step instanceof Reopen(var crash)) {
                    drive = folder.reopen(drive, crash);
                    assertSameRows(model.keyValue(), drive.keyValue());
                } else {
                    KvBatch batch = batchOf(step);
                    model.keyValue().commit(batch).join();
                    drive.keyValue().commit(batch).join();
                }
            }
            assertSameRows(model.keyValue(), drive.keyValue());
        }
    }

    private static KvBatch batchOf(Step step) {
        return switch (step) {
            case Put(var space, var key, var size) ->
                new KvBatch().put(space, keyOf(key), DriveContract.bytes(size, key + size));
            case Delete(var space, var key) -> new KvBatch().delete(space, keyOf(key));
            case DeleteRange(var space, var from, var to) -> new KvBatch().deleteRange(space, keyOf(from), keyOf(to));
            case Reopen ignored -> new KvBatch();
        };
    }

    private static byte[] keyOf(int key) {
        return new byte[] {(byte) key};
    }

    private static void assertSameRows(KeyValue expected, KeyValue found) {
        for (KvSpace space : List.of(KvSpace.OBJECTS, KvSpace.INLINE)) {
            List<KvRow> rows = expected.scan(space, new byte[0], END, ALL).join();
            assertSame(rows, found.scan(space, new byte[0], END, ALL).join());
            assertSame(
                    rows,
                    found.scan(space, new byte[0], END, new ScanLimit(100, Long.MAX_VALUE))
                            .join());
            try (KvCursor cursor = found.cursor(space)) {
                boolean more = cursor.seek(new byte[0]);
                for (KvRow row : rows) {
                    assertTrue(more);
                    assertArrayEquals(row.key(), cursor.key());
                    assertArrayEquals(row.value(), cursor.value());
                    more = cursor.next();
                }
                assertFalse(more);
            }
            for (int key = 0; key < KEYS; key++) {
                Optional<byte[]> value = expected.get(space, keyOf(key)).join();
                Optional<byte[]> other = found.get(space, keyOf(key)).join();
                assertEquals(value.isPresent(), other.isPresent());
                value.ifPresent(bytes -> assertArrayEquals(bytes, other.orElseThrow()));
            }
        }
    }

    private static void assertSame(List<KvRow> expected, List<KvRow> found) {
        assertEquals(expected.size(), found.size());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i).key(), found.get(i).key());
            assertArrayEquals(expected.get(i).value(), found.get(i).value());
        }
    }
}
