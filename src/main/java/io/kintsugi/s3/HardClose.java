package io.kintsugi.s3;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Closes a connection now. Vert.x's own close waits for what is still to be written, which a client that reads nothing
 * makes last for ever; so the channel is closed from the end of its pipeline that knows nothing of Vert.x, which gives
 * up all of it.
 */
final class HardClose {
    private HardClose() {}

    static void of(HttpConnection connection) {
        if (connection instanceof ConnectionBase base) {
            base.channel().pipeline().firstContext().close();
        } else {
            connection.close();
        }
    }
}
