package io.kintsugi.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One keep-alive connection that waits for each answer and keeps its body; opened anew when the server has closed it.
 */
final class PlainClient implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int MILLIS_WITHOUT_ANSWER = 60_000;

    private final URI endpoint;
    private Socket socket;
    private InputStream input;

    PlainClient(URI endpoint) throws IOException {
        this.endpoint = endpoint;
        open();
    }

    /**
     * An answer.
     *
     * @param etag as it was sent, quotes included; empty when there was none
     * @param length that the head tells, which for a HEAD is not the body's
     */
    record Answer(int status, String etag, long length, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** Sends a request, whose head says how long the body is, and reads the answer. */
    Answer send(byte[] head, byte[] body) throws IOException {
        OutputStream output = socket.getOutputStream();
        output.write(head);
        output.write(body);
        output.flush();
        return read(head[0] == 'H');
    }

    private Answer read(boolean headOnly) throws IOException {
        String statusLine = line();
        int status = Integer.parseInt(statusLine.substring(9, 12));
        String etag = "";
        long length = 0;
        boolean closes = false;
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            String value = line.substring(colon + 1).strip();
            switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
                case "etag" -> etag = value;
                case "content-length" -> length = Long.parseLong(value);
                case "connection" -> closes = value.equalsIgnoreCase("close");
                default -> {
                    // of no interest
                }
            }
        }
        byte[] body = headOnly || status == 204 ? new byte[0] : input.readNBytes((int) length);
        if (!headOnly && status != 204 && body.length < length) {
            throw new EOFException("the server closed the connection within a body of " + length + " bytes");
        }
        if (closes) {
            close();
            open();
        }
        return new Answer(status, etag, length, body);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = input.read(); c != '\n'; c = input.read()) {
            if (c < 0) {
                throw new EOFException("the server closed the connection within the head of an answer");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    private void open() throws IOException {
        socket = new Socket(endpoint.getHost(), endpoint.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(MILLIS_WITHOUT_ANSWER);
        input = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
