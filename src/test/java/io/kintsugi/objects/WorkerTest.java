package io.kintsugi.objects;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WorkerTest {
    /** What reclaims space, or heals, must not end with one step for which there was no memory. */
    @Test
    @Timeout(300)
    void itGoesOnAfterAnError() throws InterruptedException {
        AtomicInteger steps = new AtomicInteger();
        CountDownLatch again = new CountDownLatch(1);
        try (Worker worker = new Worker("test", () -> {
            if (steps.getAndIncrement() == 0) {
                throw new OutOfMemoryError("as this test wants it");
            }
            again.countDown();
            return Duration.ofHours(1);
        })) {
            worker.wake();
            worker.start();
            again.await();
        }
    }
}
