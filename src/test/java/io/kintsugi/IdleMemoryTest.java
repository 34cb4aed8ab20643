package io.kintsugi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class IdleMemoryTest {
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong underWay = new AtomicLong();
    private final AtomicInteger given = new AtomicInteger();
    private final IdleMemory memory = new IdleMemory(begun::get, underWay::get, given::incrementAndGet);

    @Test
    void givesBackOnceAfterAStartWithoutRequests() {
        memory.look();
        memory.look();
        assertEquals(1, given.get());
    }

    @Test
    void givesBackOnceAfterEachTimeOfWork() {
        memory.look();
        for (int work = 0; work < 3; work++) {
            begun.incrementAndGet();
            memory.look();
            assertEquals(1 + work, given.get(), "something has just come");
            memory.look();
            memory.look();
            assertEquals(2 + work, given.get());
        }
    }

    @Test
    void looksAgainSoonUntilTheStartsMemoryIsGivenBack() {
        Duration soon = memory.untilNextLook();
        begun.set(1);
        memory.look();
        assertEquals(0, given.get(), "a client has asked whether the store is there");
        assertEquals(soon, memory.untilNextLook());
        memory.look();
        assertEquals(1, given.get());
        assertTrue(memory.untilNextLook().compareTo(soon) > 0, "after work there is more time");
    }

    @Test
    void waitsForARequestThatTakesLong() {
        begun.set(1);
        underWay.set(1);
        memory.look();
        memory.look();
        assertEquals(0, given.get());
        underWay.set(0);
        memory.look();
        assertEquals(1, given.get());
    }
}
