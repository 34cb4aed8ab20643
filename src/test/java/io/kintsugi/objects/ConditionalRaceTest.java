package io.kintsugi.objects;

import static io.kintsugi.objects.TestStore.KEY;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.base.StoreException;
import io.kintsugi.base.WriteCondition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of writers that race for one key under a condition, exactly one wins, and the others leave nothing. */
class ConditionalRaceTest {
    private static final int WRITERS = 16;
    private static final int ROUNDS = 20;

    @AutoClose
    private final TestStore store = new TestStore();

    private int winners(Callable<Boolean> writer) throws Exception {
        CyclicBarrier together = new CyclicBarrier(WRITERS);
        int won = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> results = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                results.add(threads.submit(() -> {
                    together.await();
                    return writer.call();
                }));
            }
            for (Future<Boolean> result : results) {
                won += result.get() ? 1 : 0;
            }
        }
        return won;
    }

    private boolean wins(WriteCondition condition, int size) {
        try {
            store.objects.put(TestStore.putRequest(KEY, condition, TestBody.of(size, size)));
            return true;
        } catch (StoreException.PreconditionFailed e) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 100_000})
    void creations(int size) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            assertEquals(1, winners(() -> wins(TestStore.ifAbsent(), size)));
            store.delete(Optional.empty(), WriteCondition.NONE);
        }
        assertEquals(size > 16_384 ? ROUNDS : 0, store.blobCount(), "those of the winners wait for the reclaimer");
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 100_001})
    void replacements(int size) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String tag = store.put("round " + round).etag().quoted();
            assertEquals(1, winners(() -> wins(TestStore.ifMatch(tag), size)));
        }
    }

    @Test
    void completionsOfOneUpload() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Uploading uploading = new Uploading(store, Optional.empty());
            List<CompleteUpload.Part> parts = List.of(uploading.part(1, TestBody.bytes(50_000, round)));
            int answered = winners(() -> uploading.complete(parts).size() == 50_000);
            assertEquals(WRITERS, answered, "each hears of the one object that was made");
        }
    }
}
