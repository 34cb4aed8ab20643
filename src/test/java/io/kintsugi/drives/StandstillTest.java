package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StandstillTest {
    private final AtomicLong nanos = new AtomicLong(-5);

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void aLateBeatIsAStandstillAndOneInTimeIsNone() {
        Standstill standstill = new Standstill(nanos::get);
        assertEquals(Long.MAX_VALUE, standstill.ranNanos());
        for (int i = 0; i < 10; i++) {
            pass(Standstill.LATE);
            assertEquals(Long.MAX_VALUE, standstill.ranNanos());
            standstill.beat();
        }
        pass(Standstill.LATE.plusSeconds(10));
        assertEquals(0, standstill.ranNanos(), "who asks before the beat is told, too");
        standstill.beat();
        assertEquals(0, standstill.ranNanos());
        pass(Standstill.LATE);
        standstill.beat();
        pass(Standstill.LATE);
        assertEquals(Standstill.LATE.multipliedBy(2).toNanos(), standstill.ranNanos());
    }
}
