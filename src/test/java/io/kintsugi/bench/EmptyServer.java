package io.kintsugi.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * A server that keeps names and sizes, and no byte: it answers the requests of the load generators as S3 would, from
 * one thread, with the least work that a server can do. It checks no signature, reads bodies into nothing and sends
 * zeros. How fast it is under a generator tells what the generator and the sockets cost on this machine: where it stays
 * below a goal, no store can show that goal with this generator here.
 */
final class EmptyServer {
    private final EmptyNames names = new EmptyNames();

    private EmptyServer() {}

    /** @param args the port on the loopback interface to listen on; runs until it is killed */
    public static void main(String[] args) throws IOException {
        new EmptyServer().serve(Integer.parseInt(args[0]));
    }

    private void serve(int port) throws IOException {
        try (Selector selector = Selector.open();
                ServerSocketChannel listening = ServerSocketChannel.open()) {
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
            listening.configureBlocking(false);
            listening.register(selector, SelectionKey.OP_ACCEPT);
            while (selector.isOpen()) {
                selector.select(key -> ready(key, selector, listening));
            }
        }
    }

    private void ready(SelectionKey key, Selector selector, ServerSocketChannel listening) {
        try {
            if (key.attachment() instanceof EmptyExchange exchange) {
                exchange.proceed();
                return;
            }
            SocketChannel accepted = listening.accept();
            if (accepted != null) {
                accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
                accepted.configureBlocking(false);
                SelectionKey own = accepted.register(selector, SelectionKey.OP_READ);
                own.attach(new EmptyExchange(accepted, own, names));
            }
        } catch (IOException e) {
            close(key);
        }
    }

    /** A client that goes is nothing to tell of. */
    private static void close(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException e) {
            System.err.println("a connection could not be closed: " + e);
        }
    }
}
