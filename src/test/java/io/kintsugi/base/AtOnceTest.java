package io.kintsugi.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AtOnceTest {
    private final AtomicInteger waits = new AtomicInteger();

    private AtOnce<Integer> later(int value) {
        return AtOnce.later(() -> value + 0 * waits.incrementAndGet());
    }

    @Test
    void whatIsToldStaysToldUntilSomethingMustBeWaitedFor() {
        AtOnce<Integer> answer = AtOnce.told(1).map(one -> one + 1).then(two -> AtOnce.told(two * 10));
        assertInstanceOf(AtOnce.Told.class, answer);
        assertEquals(20, answer.orWait());
        AtOnce<Integer> waiting = answer.then(this::later).map(n -> n + 1).then(n -> AtOnce.told(n * 2));
        assertInstanceOf(AtOnce.Later.class, waiting);
        assertEquals(0, waits.get(), "nothing is done before it is asked for");
        assertEquals(42, waiting.orWait());
        assertEquals(1, waits.get());
    }

    @Test
    void whatFollowsAWaitMayWaitAgain() {
        assertEquals(
                3,
                later(1).then(one -> later(one + 1)).then(two -> later(two + 1)).orWait());
        assertEquals(3, waits.get());
    }

    @Test
    void nobodyWaitsWhereNoneMay() {
        assertEquals(1, NoWait.run(() -> AtOnce.told(1).orWait()));
        assertThrows(AssertionError.class, () -> NoWait.run(() -> later(1).orWait()));
        assertEquals(0, waits.get());
        assertTrue(NoWait.mayWait(), "and everywhere else everybody may");
    }
}
