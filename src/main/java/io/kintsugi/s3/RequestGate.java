package io.kintsugi.s3;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Lets one request of a connection in at a time: what a client has sent behind it is not parsed before its answer is
 * out. Vert.x keeps the requests that it has parsed, and the answers that nobody reads, in lists without a bound: one
 * connection that sends requests and reads nothing filled the heap. Here the bytes wait, a few of them, and the others
 * in the socket.
 *
 * <p>Two handlers around the decoder, which is told to give one message at a time. Used on the event loop.
 */
final class RequestGate {
    /** Then the socket is not read: so that one learns that a client has gone while little waits. */
    static final int MOST_HELD_BYTES = 16 << 10;

    private final Deque<ByteBuf> held = new ArrayDeque<>();
    private final ChannelHandlerContext bytes;
    private int heldBytes;
    /** A request was let in whose answer is not out. */
    private boolean answering;
    /** A request was let in of which more is to come. */
    private boolean receiving;
    /** The decoder has given something since it was asked last. */
    private boolean given;
    /** The decoder may have more in it. */
    private boolean more;

    private boolean passing;
    private boolean stopped;
    private boolean gone;

    private RequestGate(ChannelPipeline pipeline, HttpRequestDecoder decoder) {
        decoder.setSingleDecode(true);
        String name = pipeline.context(decoder).name();
        Bytes first = new Bytes();
        pipeline.addBefore(name, "requestGateBytes", first);
        pipeline.addAfter(name, "requestGateMessages", new Messages());
        bytes = pipeline.context(first);
    }

    /** Before anything is read. */
    static RequestGate of(HttpConnection connection) {
        return of(((ConnectionBase) connection).channel().pipeline());
    }

    static RequestGate of(ChannelPipeline pipeline) {
        return new RequestGate(pipeline, pipeline.get(HttpRequestDecoder.class));
    }

    /** The answer is out: the next request may come. */
    void answered() {
        answering = false;
        if (pass()) {
            bytes.fireChannelReadComplete();
        }
    }

    private boolean isOpen() {
        return !gone && (!answering || receiving);
    }

    /** Lets in what may come; returns whether anything did. */
    private boolean pass() {
        if (passing) {
            // whoever does it looks again when this returns
            return false;
        }
        passing = true;
        boolean any = false;
        try {
            while (isOpen() && (more || !held.isEmpty())) {
                given = false;
                ByteBuf next = more ? Unpooled.EMPTY_BUFFER : held.remove();
                heldBytes -= next.readableBytes();
                boolean asked = more;
                bytes.fireChannelRead(next);
                more = given || !asked;
                any |= given;
            }
        } finally {
            passing = false;
        }
        read();
        return any;
    }

    /** Whether the socket is read depends on how much waits here. */
    private void read() {
        if (!isOpen() && heldBytes > MOST_HELD_BYTES) {
            stopped = true;
            bytes.channel().config().setAutoRead(false);
        } else if (stopped && held.isEmpty()) {
            stopped = false;
            bytes.channel().config().setAutoRead(true);
        }
    }

    private void drop() {
        gone = true;
        held.forEach(ByteBuf::release);
        held.clear();
        heldBytes = 0;
    }

    /** Before the decoder. */
    private final class Bytes extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof ByteBuf buffer) {
                held.add(buffer);
                heldBytes += buffer.readableBytes();
                pass();
            } else {
                context.fireChannelRead(message);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            drop();
            context.fireChannelInactive();
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            drop();
        }
    }

    /** Behind the decoder. */
    private final class Messages extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            given = true;
            if (message instanceof HttpRequest) {
                answering = true;
                receiving = true;
            }
            if (message instanceof LastHttpContent) {
                receiving = false;
            }
            context.fireChannelRead(message);
        }
    }
}
