package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.StoreException;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class BodyWindowsTest {
    private static final int BODIES = 1_000;
    private static final long MOST_BYTES = 192L << 20;

    /** Or every upload after some hundreds of such clients would be read two buffers at a time. */
    @Test
    void aClientThatGoesBeforeItsBodyIsReadLeavesItsWindow() {
        BodyWindows windows = new BodyWindows();
        for (int i = 0; i < BODIES; i++) {
            RequestBody body = new RequestBody(
                    of(HttpServerRequest.class), of(Context.class), S3Limits.DEFAULT, windows, () -> {});
            body.onGone();
            assertThrows(StoreException.ClientGone.class, () -> body.read(ByteBuffer.allocate(1)));
        }
        assertEquals(16, windows.enter(), "alone");
    }

    /** One that does nothing. */
    private static <T> T of(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> null));
    }

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
