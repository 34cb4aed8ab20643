package io.kintsugi.s3;

import io.netty.channel.ChannelOutboundBuffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/** What the socket of a connection has not taken yet of what was handed to it. */
final class Unsent {
    private Unsent() {}

    /** Bytes, those of a write that the socket has taken in part not counted. On the event loop of the connection. */
    static long of(HttpConnection connection) {
        if (connection instanceof ConnectionBase base) {
            ChannelOutboundBuffer queue = base.channel().unsafe().outboundBuffer();
            return queue == null ? 0 : queue.totalPendingWriteBytes() - queue.currentProgress();
        }
        return 0;
    }
}
