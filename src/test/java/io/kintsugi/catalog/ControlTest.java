package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.StoreException.Unavailable;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever asks for something between two commits knows afterwards whether it was done. */
@Timeout(300)
class ControlTest {
    private static final Duration SOON = Duration.ofMillis(1);

    private final AtomicInteger runs = new AtomicInteger();

    @Test
    void whatWasGivenUpBeforeItBeganIsNeverDone() {
        Work.Control control = new Work.Control(runs::incrementAndGet);
        Unavailable late = assertThrows(Unavailable.class, () -> control.await(SOON));
        assertEquals(Unavailable.Kind.SLOW_DOWN, late.kind());
        control.run();
        assertEquals(0, runs.get(), "whoever asked has gone on without it");
    }

    @Test
    void whoIsInterruptedGivesItUpForGoodToo() {
        Work.Control control = new Work.Control(runs::incrementAndGet);
        Thread.currentThread().interrupt();
        assertThrows(Unavailable.class, () -> control.await(Duration.ofMinutes(1)));
        assertTrue(Thread.interrupted(), "whoever interrupted it is heard further up");
        control.run();
        assertEquals(0, runs.get(), "whoever asked has gone on without it");
    }

    @Test
    void whatHasBegunIsWaitedFor() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Work.Control control = new Work.Control(() -> {
            begun.countDown();
            join(end);
            runs.incrementAndGet();
        });
        Thread sequencer = Thread.ofVirtual().start(control::run);
        join(begun);
        AtomicBoolean returned = new AtomicBoolean();
        Thread caller = Thread.ofVirtual().start(() -> {
            control.await(SOON);
            returned.set(runs.get() == 1);
        });
        // many times the deadline: the caller has met it again and again
        Thread other = Thread.ofVirtual().start(() -> {
            Work.Control never = new Work.Control(runs::incrementAndGet);
            for (int i = 0; i < 20; i++) {
                assertThrows(Unavailable.class, () -> never.await(SOON));
            }
        });
        SimCatalogs.join(other);
        assertTrue(caller.isAlive(), "it is under way, and may still succeed");
        end.countDown();
        SimCatalogs.join(caller);
        SimCatalogs.join(sequencer);
        assertTrue(returned.get());
    }

    @Test
    void whatItFailedWithIsTold() {
        Work.Control control = new Work.Control(() -> {
            throw new Unavailable(Unavailable.Kind.QUORUM, "too few drives");
        });
        control.run();
        assertEquals(
                Unavailable.Kind.QUORUM,
                assertThrows(Unavailable.class, () -> control.await(SOON)).kind());
        assertFalse(Thread.currentThread().isInterrupted());
    }

    private static void join(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
