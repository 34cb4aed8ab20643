package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.ObjectVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A reader sees one version, whole, however often the key is overwritten meanwhile. */
class ReadRaceTest {
    private static final int WRITES = 300;
    private static final int READERS = 4;

    @AutoClose
    private final TestStore store = new TestStore();

    @ParameterizedTest
    @ValueSource(ints = {2_000, 60_000})
    void everyReadIsOneOfTheVersions(int size) throws Exception {
        store.put(TestBody.of(size, 0));
        AtomicBoolean writing = new AtomicBoolean(true);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                readers.add(threads.submit(() -> readWhile(writing)));
            }
            for (int i = 1; i <= WRITES; i++) {
                store.put(TestBody.of(size + i, i));
            }
            writing.set(false);
            for (Future<Integer> reader : readers) {
                assertTrue(reader.get() > 0);
            }
        }
        assertEquals(size + WRITES, store.read(TestStore.WHOLE).length);
    }

    /** The size says which write it was. */
    private int readWhile(AtomicBoolean writing) {
        int count = 0;
        do {
            ObjectRead read = store.objects.get(TestStore.getRequest(TestStore.WHOLE));
            ObjectVersion version = read.version();
            byte[] bytes = TestStore.bytes(read);
            int size = (int) version.size();
            assertArrayEquals(TestBody.bytes(size, size < 30_000 ? size - 2_000 : size - 60_000), bytes);
            count++;
        } while (writing.get());
        return count;
    }
}
