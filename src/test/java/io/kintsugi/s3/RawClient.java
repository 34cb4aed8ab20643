package io.kintsugi.s3;

import io.kintsugi.iam.TestSigner;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/** A client that speaks HTTP/1.1 byte by byte, so that it can do what no client would. */
final class RawClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 100_000;

    private final Socket socket;
    private final InputStream in;
    private long longestPauseNanos;

    /** @param headers by lower-case name */
    record Response(int status, Map<String, String> headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** The error code in the body. */
        String code() {
            String text = text();
            int start = text.indexOf("<Code>") + 6;
            return start < 6 ? "" : text.substring(start, text.indexOf("</Code>"));
        }
    }

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    RawClient send(String text) throws IOException {
        return send(TestSigner.latin1(text));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** A request head with a line for each header, and the empty line. */
    RawClient head(String method, String target, Map<String, String> headers) throws IOException {
        return send(headOf(method, target, headers));
    }

    /** The text of {@link #head}: what must be sent at once, as the server may close behind the first of it. */
    static String headOf(String method, String target, Map<String, String> headers) {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.append("\r\n").toString();
    }

    Response receive() throws IOException {
        return receive(true);
    }

    /** @param hasBody false for the answer to a HEAD */
    Response receive(boolean hasBody) throws IOException {
        return receive(hasBody, in::readNBytes);
    }

    /** Reads the body a piece at a time, with pauses. */
    Response receiveSlowly(int pieceBytes, Duration pause) throws IOException {
        return receive(true, length -> {
            byte[] body = new byte[length];
            int read = 0;
            long since = System.nanoTime();
            for (int last = 1; last > 0 && read < length; read += last) {
                LockSupport.parkNanos(pause.toNanos());
                last = in.readNBytes(body, read, Math.min(pieceBytes, length - read));
                longestPauseNanos = Math.max(longestPauseNanos, System.nanoTime() - since);
                since = System.nanoTime();
            }
            return Arrays.copyOf(body, read);
        });
    }

    /**
     * Between two pieces that {@link #receiveSlowly} has read: longer than it was told to where the machine is busy.
     */
    Duration longestPause() {
        return Duration.ofNanos(longestPauseNanos);
    }

    /** Reads whatever comes and forgets it, as long as it is wanted; tells each time how much that was. */
    void forget(BooleanSupplier wanted, IntConsumer read) throws IOException {
        byte[] bytes = new byte[64 << 10];
        while (wanted.getAsBoolean()) {
            int count = in.read(bytes);
            if (count < 0) {
                throw new EOFException("the connection was closed");
            }
            read.accept(count);
        }
    }

    /** Reads a body of that length, or what there is of it. */
    private interface Body {
        byte[] read(int length) throws IOException;
    }

    private Response receive(boolean hasBody, Body way) throws IOException {
        int status = Integer.parseInt(line().split(" ")[1]);
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = hasBody ? Integer.parseInt(headers.getOrDefault("content-length", "0")) : 0;
        byte[] body = way.read(length);
        if (body.length < length) {
            throw new EOFException("the body has " + body.length + " of " + length + " bytes");
        }
        return new Response(status, headers, body);
    }

    /** Whether the server closes the connection without another byte. */
    boolean isClosedByServer() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection was closed after '" + line + "'");
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
