package io.kintsugi.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * One keep-alive connection with one request under way: writes head and body, reads a response that has a
 * Content-Length.
 */
final class Connection implements AutoCloseable {
    private static final byte[] LENGTH_NAME = "content-length:".getBytes(StandardCharsets.US_ASCII);
    private static final int HEAD_LIMIT = 16 * 1024;

    private final SocketChannel channel;
    private final SelectionKey selection;
    private final ByteBuffer input;
    private ByteBuffer[] output = {};
    private long startedNanos;
    private long bodyLeft = -1;
    private int status;
    private long received;
    private boolean headOnly;

    Connection(URI endpoint, Selector selector, int bufferBytes) throws IOException {
        channel = SocketChannel.open(new InetSocketAddress(endpoint.getHost(), endpoint.getPort()));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        selection = channel.register(selector, SelectionKey.OP_READ, this);
        input = ByteBuffer.allocateDirect(Math.max(bufferBytes, HEAD_LIMIT));
    }

    void send(byte[] head, ByteBuffer body) throws IOException {
        headOnly = head[0] == 'H';
        output = new ByteBuffer[] {ByteBuffer.wrap(head), body.duplicate()};
        bodyLeft = -1;
        received = 0;
        startedNanos = System.nanoTime();
        input.clear();
        write();
    }

    /** Goes on as far as the socket lets it; returns whether the response is complete. */
    boolean proceed() throws IOException {
        if (selection.isWritable()) {
            write();
        }
        return selection.isReadable() && read();
    }

    private void write() throws IOException {
        channel.write(output);
        boolean done = !output[0].hasRemaining() && !output[1].hasRemaining();
        selection.interestOps(done ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }

    private boolean read() throws IOException {
        int count = channel.read(input);
        if (count < 0) {
            throw new IOException("the server closed the connection in the middle of a response");
        }
        if (bodyLeft < 0 && !readHead()) {
            return false;
        }
        bodyLeft -= input.position();
        received += input.position();
        input.clear();
        return bodyLeft == 0;
    }

    /** Looks for a whole head at the start of the input; leaves what follows it as if it had just been read. */
    private boolean readHead() throws IOException {
        int end = endOfHead();
        if (end < 0) {
            if (input.position() > HEAD_LIMIT) {
                throw new IOException("no end of the response's head in " + HEAD_LIMIT + " bytes");
            }
            return false;
        }
        status = (input.get(9) - '0') * 100 + (input.get(10) - '0') * 10 + input.get(11) - '0';
        bodyLeft = status == 204 || headOnly ? 0 : contentLength(end);
        input.limit(input.position()).position(end).compact();
        return true;
    }

    private int endOfHead() {
        for (int i = 3; i < input.position(); i++) {
            if (input.get(i) == '\n' && input.get(i - 1) == '\r' && input.get(i - 2) == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    private long contentLength(int end) throws IOException {
        for (int i = 0; i < end - LENGTH_NAME.length; i++) {
            if (input.get(i) == '\n' && isLengthName(i + 1)) {
                long value = 0;
                for (int j = i + 1 + LENGTH_NAME.length; input.get(j) != '\r'; j++) {
                    value = input.get(j) == ' ' ? value : value * 10 + input.get(j) - '0';
                }
                return value;
            }
        }
        throw new IOException("a response of status " + status + " without Content-Length");
    }

    private boolean isLengthName(int at) {
        for (int i = 0; i < LENGTH_NAME.length; i++) {
            if (Character.toLowerCase(input.get(at + i)) != LENGTH_NAME[i]) {
                return false;
            }
        }
        return true;
    }

    long startedNanos() {
        return startedNanos;
    }

    int status() {
        return status;
    }

    /** Bytes of the last response's body. */
    long received() {
        return received;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
