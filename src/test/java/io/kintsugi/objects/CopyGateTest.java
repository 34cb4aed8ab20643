package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.StoreException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CopyGateTest {
    private static void refuses(CopyGate gate) {
        StoreException.Unavailable full = assertThrows(StoreException.Unavailable.class, gate::enter);
        assertEquals(StoreException.Unavailable.Kind.SLOW_DOWN, full.kind());
    }

    @Test
    void itIsFullUntilOneLeaves() {
        CopyGate gate = new CopyGate(2, Duration.ZERO);
        CopyGate.Permit first = gate.enter();
        gate.enter();
        refuses(gate);
        first.close();
        gate.enter();
        refuses(gate);
    }

    @Test
    void whoWaitsGetsIn() throws InterruptedException {
        CopyGate gate = new CopyGate(1, Duration.ofMinutes(1));
        CopyGate.Permit permit = gate.enter();
        Thread waiting = Thread.ofVirtual().start(gate::enter);
        permit.close();
        assertTrue(waiting.join(Duration.ofMinutes(1)));
    }

    @Test
    void anInterruptStaysPending() {
        CopyGate gate = new CopyGate(1, Duration.ofMinutes(1));
        gate.enter();
        Thread.currentThread().interrupt();
        refuses(gate);
        assertTrue(Thread.interrupted());
    }
}
