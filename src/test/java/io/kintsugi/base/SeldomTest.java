package io.kintsugi.base;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SeldomTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final Clock clock = new Clock() {
        @Override
        public long millis() {
            return 0;
        }

        @Override
        public long nanos() {
            return nanos.get();
        }
    };

    @Test
    void oneInAPeriodIsLetThroughAndTheOthersAreCounted() {
        Seldom seldom = new Seldom(clock, Duration.ofNanos(10));
        assertEquals(OptionalLong.of(0), seldom.admit());
        assertEquals(OptionalLong.empty(), seldom.admit());
        nanos.addAndGet(9);
        assertEquals(OptionalLong.empty(), seldom.admit());
        nanos.addAndGet(1);
        assertEquals(OptionalLong.of(2), seldom.admit());
        assertEquals(OptionalLong.empty(), seldom.admit());
        nanos.addAndGet(1000);
        assertEquals(OptionalLong.of(1), seldom.admit());
    }

    @Test
    void theSuffixCounts() {
        assertEquals("", Seldom.suffix(0));
        assertEquals(" (and 3 times before, not logged)", Seldom.suffix(3));
    }
}
