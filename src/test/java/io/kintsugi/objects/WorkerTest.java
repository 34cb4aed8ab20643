package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Warnings;
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

    @Test
    @Timeout(300)
    void whatFailsEachTimeThatItIsWokenIsToldSeldom() throws InterruptedException {
        CountDownLatch many = new CountDownLatch(200);
        try (Warnings logged = new Warnings(Worker.class);
                Worker worker = new Worker("test", () -> {
                    many.countDown();
                    throw new IllegalStateException("as this test wants it");
                })) {
            worker.start();
            while (many.getCount() > 0) {
                worker.wake();
                Thread.yield();
            }
            int lines = logged.lines().size();
            assertTrue(lines < 50, () -> lines + " lines for 200 failures");
        }
    }
}
