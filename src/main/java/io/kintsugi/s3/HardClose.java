package io.kintsugi.s3;

import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Closes a connection now. Vert.x's own close waits for what is still to be written, which a client that reads nothing
 * makes last for ever; so the channel is closed from the end of its pipeline that knows nothing of Vert.x, which gives
 * up all of it. A channel that is closed has no pipeline left, and nothing is to be done.
 */
final class HardClose {
    private HardClose() {}

    static void of(HttpConnection connection) {
        if (connection instanceof ConnectionBase base) {
            ChannelHandlerContext first = base.channel().pipeline().firstContext();
            if (first != null) {
                first.close();
            }
        } else {
            connection.close();
        }
    }
}
