package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BodyWindowsTest {
    private static final int BODIES = 1_000;
    private static final long MOST_BYTES = 192L << 20;

    @Test
    void manyBodiesTogetherTakeABoundedAmountAndEachGoesOn() {
        BodyWindows windows = new BodyWindows();
        assertEquals(16, windows.enter(), "alone");
        long buffers = 16;
        for (int i = 1; i < BODIES; i++) {
            int window = windows.enter();
            assertTrue(window >= 2, "body " + i + " would wait for ever");
            buffers += window;
        }
        assertTrue(buffers * BodyWindows.BUFFER_BYTES <= MOST_BYTES, buffers + " buffers");
        for (int i = 0; i < BODIES; i++) {
            windows.leave();
        }
        assertEquals(16, windows.enter(), "alone again");
    }
}
