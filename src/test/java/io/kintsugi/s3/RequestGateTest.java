package io.kintsugi.s3;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Requests that a client has sent one behind the other, and bodies between them, in all kinds of pieces. */
class RequestGateTest {
    private static final String GET = "GET /b/k HTTP/1.1\r\nhost: h\r\n\r\n";
    private static final String PUT = "PUT /b/k HTTP/1.1\r\nhost: h\r\ncontent-length: 5\r\n\r\nhello";

    private static final String CHUNKED =
            "PUT /b/c HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";

    @AutoClose("finishAndReleaseAll")
    private final EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder());

    private final RequestGate gate = RequestGate.of(channel.pipeline());

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, US_ASCII);
    }

    /** What was let in since: a letter for each message, R for a head, the bytes of the body, E for its end. */
    private String given() {
        StringBuilder all = new StringBuilder();
        for (Object message = channel.readInbound(); message != null; message = channel.readInbound()) {
            if (message instanceof HttpRequest) {
                all.append('R');
            }
            if (message instanceof HttpContent content) {
                all.append(content.content().toString(US_ASCII));
            }
            if (message instanceof LastHttpContent) {
                all.append('E');
            }
            ReferenceCountUtil.release(message);
        }
        return all.toString();
    }

    @Test
    void theNextComesWhenTheAnswerIsOut() {
        channel.writeInbound(bytes(GET + GET + PUT + CHUNKED + GET));
        assertEquals("RE", given());
        gate.answered();
        assertEquals("RE", given());
        gate.answered();
        assertEquals("RhelloE", given());
        gate.answered();
        assertEquals("RhelloE", given());
        gate.answered();
        assertEquals("RE", given());
        gate.answered();
        assertEquals("", given());
        channel.writeInbound(bytes(GET));
        assertEquals("RE", given(), "nothing was waiting for the answer before");
    }

    @Test
    void pieceByPiece() {
        String all = GET + PUT + CHUNKED + GET;
        for (int size : new int[] {1, 2, 7, 40, all.length() - 1}) {
            StringBuilder seen = new StringBuilder();
            for (int at = 0; at < all.length(); at += size) {
                channel.writeInbound(bytes(all.substring(at, Math.min(all.length(), at + size))));
                seen.append(given());
            }
            assertTrue(seen.toString().startsWith("RE"), seen::toString);
            assertEquals(1, seen.chars().filter(c -> c == 'R').count());
            for (int i = 0; i < 4; i++) {
                gate.answered();
                seen.append(given());
            }
            assertEquals("RERhelloERhelloERE", seen.toString());
        }
    }

    /** An answer may come before the body, of which the rest is read all the same; what is behind it waits for both. */
    @Test
    void theRestOfABodyComesAfterItsAnswer() {
        channel.writeInbound(bytes(PUT.substring(0, PUT.length() - 3)));
        assertEquals("Rhe", given());
        gate.answered();
        assertEquals("", given());
        channel.writeInbound(bytes("llo" + GET + GET));
        assertEquals("lloERE", given());
        gate.answered();
        assertEquals("RE", given());
    }

    @Test
    void theSocketIsNotReadWhileMuchWaits() {
        int many = 2 * RequestGate.MOST_HELD_BYTES / GET.length();
        channel.writeInbound(bytes(GET));
        assertEquals("RE", given());
        channel.writeInbound(bytes(GET));
        assertTrue(channel.config().isAutoRead(), "one learns when the client goes");
        channel.writeInbound(bytes(GET.repeat(many)));
        assertEquals("", given());
        assertFalse(channel.config().isAutoRead());
        channel.config().setAutoRead(true);
        channel.writeInbound(bytes(GET));
        assertFalse(channel.config().isAutoRead(), "whoever began to read again");
        for (int i = 0; i < many + 2; i++) {
            gate.answered();
            assertEquals("RE", given());
        }
        assertTrue(channel.config().isAutoRead());
        gate.answered();
        assertEquals("", given());
    }

    @Test
    void whatWaitsGoesWithTheClient() {
        ByteBuf waiting = bytes(GET);
        channel.writeInbound(bytes(GET));
        channel.writeInbound(waiting);
        channel.close();
        assertEquals(0, waiting.refCnt());
        assertEquals("RE", given());
        gate.answered();
        assertNull(channel.readInbound());
    }
}
