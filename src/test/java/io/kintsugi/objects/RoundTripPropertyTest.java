package io.kintsugi.objects;

import static io.kintsugi.objects.TestStore.WHOLE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.base.ObjectVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;

class RoundTripPropertyTest {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;
    private final TestStore store = new TestStore();

    @AfterProperty
    void close() {
        store.close();
    }

    /** Around every limit that the path of an object changes at. */
    @Provide
    Arbitrary<Integer> sizes() {
        List<Integer> edges = new ArrayList<>(List.of(0, 1));
        for (int limit : new int[] {16 * KIB, 64 * KIB, 256 * KIB, MIB, 2 * MIB}) {
            edges.addAll(List.of(limit - 1, limit, limit + 1));
        }
        return Arbitraries.oneOf(Arbitraries.of(edges), Arbitraries.integers().between(0, 40 * KIB));
    }

    @Property(tries = 60)
    void whatIsPutIsRead(@ForAll("sizes") int size, @ForAll int seed, @ForAll boolean lengthIsKnown) {
        byte[] bytes = TestBody.bytes(size, seed);
        TestBody body = TestBody.of(bytes);
        ObjectVersion version = store.put(lengthIsKnown ? body : body.withLength(OptionalLong.empty()));
        assertEquals(size, version.size());
        assertArrayEquals(bytes, store.read(WHOLE));
    }

    @Property(tries = 60)
    void everyRangeIsItsSlice(@ForAll("sizes") int size, @ForAll int seed, @ForAll long a, @ForAll long b) {
        if (size == 0) {
            return;
        }
        byte[] bytes = TestBody.bytes(size, seed);
        store.put(TestBody.of(bytes));
        int first = (int) Long.remainderUnsigned(a, size);
        int last = first + (int) Long.remainderUnsigned(b, size - first);
        assertArrayEquals(Arrays.copyOfRange(bytes, first, last + 1), store.read(new RangeSpec.FromTo(first, last)));
        assertArrayEquals(Arrays.copyOfRange(bytes, first, size), store.read(new RangeSpec.From(first)));
        assertArrayEquals(
                Arrays.copyOfRange(bytes, size - first, size),
                first == 0 ? new byte[0] : store.read(new RangeSpec.Suffix(first)));
    }

    @Property(tries = 6)
    void partsAreOneObject(
            @ForAll int seed,
            @ForAll @IntRange(min = 1, max = 3) int count,
            @ForAll("sizes") int last,
            @ForAll long a) {
        int part = 5 * MIB + (seed & 1);
        byte[] bytes = TestBody.bytes((count - 1) * part + last, seed);
        Uploading uploading = new Uploading(store, Optional.empty());
        List<CompleteUpload.Part> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int end = Math.min(bytes.length, (i + 1) * part);
            parts.add(uploading.part(i + 1, Arrays.copyOfRange(bytes, i * part, i == count - 1 ? bytes.length : end)));
        }
        assertEquals(bytes.length, uploading.complete(parts).size());
        assertArrayEquals(bytes, store.read(WHOLE));
        if (bytes.length > 0) {
            int first = (int) Long.remainderUnsigned(a, bytes.length);
            assertArrayEquals(Arrays.copyOfRange(bytes, first, bytes.length), store.read(new RangeSpec.From(first)));
        }
    }
}
