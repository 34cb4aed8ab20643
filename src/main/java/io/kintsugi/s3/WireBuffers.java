package io.kintsugi.s3;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Crosses from Vert.x buffers to the memory behind them and back without a copy. The methods that this takes are
 * deprecated, as their place changes in Vert.x 5; Vert.x 4 has no other.
 */
@SuppressWarnings("deprecation")
final class WireBuffers {
    private WireBuffers() {}

    static ByteBuf bytes(Buffer buffer) {
        return buffer.getByteBuf();
    }

    /** All pieces as one buffer, which the socket gathers from where they are. */
    static Buffer wrap(List<ByteBuffer> pieces) {
        return Buffer.buffer(Unpooled.wrappedBuffer(pieces.size(), pieces.toArray(ByteBuffer[]::new)));
    }
}
